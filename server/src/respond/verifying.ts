/** Asks the kernels' counters whether a block holds: when it is due, and once more those who were away then. */
import type { Action, Verification } from './action.ts'
import type { Actions, Actor } from './actions.ts'
import type { Enforcement } from './enforcement.ts'

export interface VerifyingDeps {
  actions: Pick<Actions, 'open' | 'step' | 'save'>
  enforcement: Pick<Enforcement, 'verify'>
  actorOf(action: Action): Actor
  /** Milliseconds since 1970. */
  now(): number
}

export interface Verifying {
  /** It is in force: asked after a while, unless it was. */
  watch(action: Action): void
  /** An agent judges by the lists again. */
  returned(agent: string): void
  isDue(action: Action): boolean
  verify(action: Action): Promise<void>
}

/** Who is asked first counts from then on; asked so often at most, because an agent counts for a bounded number of blocks. */
const MOST_ASKED = 3
/** Of an agent that is back: those that were made last, as each costs it a walk through its flows. */
const MOST_OF_RETURNED = 64

export const createVerifying = (
  { verifySeconds }: { verifySeconds: number },
  { actions, enforcement, actorOf, now }: VerifyingDeps,
): Verifying => {
  const due = new WeakMap<Action, { atMs: number; asks: number }>()

  const isBlock = ({ inForce, do: { block } }: Action): boolean => inForce && block !== 'no'

  return {
    watch(action) {
      if (action.verification === null)
        due.set(action, { atMs: now() + verifySeconds * 1000, asks: MOST_ASKED })
    },
    returned(agent) {
      const untold = [...actions.open.values()].filter(
        (action) =>
          isBlock(action) &&
          (action.agent === '' || action.agent === agent) &&
          !action.verification?.agents.includes(agent) &&
          !due.has(action),
      )
      for (const action of untold.slice(-MOST_OF_RETURNED))
        due.set(action, { atMs: now(), asks: MOST_ASKED })
    },
    isDue: (action) => (due.get(action)?.atMs ?? Infinity) <= now(),
    async verify(action) {
      const asks = (due.get(action)?.asks ?? 1) - 1
      due.delete(action)
      if (!isBlock(action)) return
      const { found, begun, away } = await enforcement.verify(action)
      if (!action.inForce) return
      const isAgain = begun.length > 0 && asks > 0
      if (isAgain) due.set(action, { atMs: now() + verifySeconds * 1000, asks })
      const before = action.verification
      if (!found) {
        if (isAgain || before) return
        return actions.step(action, 'note', 'no agent could tell whether it holds', actorOf(action))
      }
      action.verification = found
      // Of those who have told before nothing new is said.
      if (before && found.agents.every((name) => before.agents.includes(name)))
        return actions.save(action)
      const words = `${wordsOf(found)}${untoldText([...away, ...begun])}`
      const state = found.passedPackets === 0 ? 'verified' : 'failed'
      actions.step(action, state, words, actorOf(action))
    },
  }
}

const wordsOf = ({
  passedPackets,
  droppedPackets,
  sinceMs,
  atMs,
  sshPackets = 0,
}: Verification) => {
  const seconds = Math.round((atMs - sinceMs) / 1000)
  const ssh =
    sshPackets > 0
      ? `; besides ${sshPackets} to or from SSH ports, which are never dropped (network.sshPorts)`
      : ''
  return `${passedPackets} packets passed in ${seconds} s, ${droppedPackets} dropped${ssh}`
}

const untoldText = (untold: readonly string[]): string =>
  untold.length > 0 ? `; ${untold.join(', ')} could not tell yet` : ''
