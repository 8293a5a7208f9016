/** Actions that are carried out on lists in memory, by an agent that confirms what it is told. */
import { createAudit } from '../auth/audit.ts'
import type { Agent } from '../agents.ts'
import type { CommandBody } from '../commands.ts'
import { createDesiredLists } from '../fleet/desired-lists.ts'
import { openState } from '../state/open-state.ts'
import type { Action } from './action.ts'
import { createActionStore } from './action-store.ts'
import { createActions, policyActor } from './actions.ts'
import { createCarryOut } from './carry-out.ts'
import { createEnforcement } from './enforcement.ts'

export const MINUTE_MS = 60_000
export const TARGET = '192.0.2.7'
export const BY = policyActor('test')

export const createCarryOutRig = () => {
  const clock = { nowMs: 1e12, elapsedMs: 0 }
  const now = () => clock.nowMs
  const state = openState({ path: ':memory:' })
  const lists = createDesiredLists({ state, now })
  const sent: CommandBody[] = []
  const at = { hold: Promise.resolve(), held: [] as { prefix: string; origin: string }[] }
  const agent = { name: 'a', link: {} } as Agent
  const commands = {
    send: async (_agent: Agent, body: CommandBody): Promise<Record<string, unknown>> => {
      sent.push(body)
      return body.name === 'limit.get' ? { limits: at.held } : {}
    },
  }
  const outcome = { confirmed: ['a'], pending: [] as string[] }
  const enforcement = createEnforcement({
    lists,
    listSync: {
      add: async (list, entry) => {
        lists.add(list, [entry])
        await at.hold
        return outcome
      },
      remove: (list, prefix, of) => {
        const removed = lists.remove(list, [prefix], of)
        return at.hold.then(() => ({ ...outcome, removed }))
      },
    },
    agents: { all: [agent], connected: [agent] } as never,
    commands,
  })
  const store = createActionStore(state)
  /** As a server that has just started. */
  const start = () => {
    const actions = createActions({ store, state, audit: createAudit(state, now), now })
    const carryOut = createCarryOut(
      { verifySeconds: 10 },
      {
        ...{ actions, enforcement, now, elapsedMs: () => clock.elapsedMs },
        protected: { hit: () => undefined },
        pins: { ensure: async () => ({ within: [], refusal: '' }) },
        extras: () => undefined,
        log: { warn: () => undefined },
      },
    )
    const brokenOff = actions.load()
    carryOut.resume([...actions.open.values()], brokenOff)
    /** Begins one; `done` when it is in force or refused. */
    const begin = (origin: string, minutes: number, given: Partial<Action> = {}) => {
      const action = actions.begin(
        {
          ...{ policy: origin, mode: 'enforce', alert: 'x', title: '', target: TARGET, agent: '' },
          do: {
            ...{ block: 'address', at: 'all', rateLimit: null, terminate: false },
            ...{ captureSeconds: 0, notify: false },
          },
          ...{ expiresAtMs: now() + minutes * MINUTE_MS, forSeconds: minutes * 60 },
          ...{ isSpoofable: false, reason: '', author: 'x', preview: null, verification: null },
          ...{ terminated: null, latencyMs: null, origin, ...given },
        },
        ...(['approved', '', BY] as const),
      )
      return { action, done: carryOut.run(action, BY, now()) }
    }
    const run = async (...of: Parameters<typeof begin>): Promise<Action> => {
      const { action, done } = begin(...of)
      await done
      return action
    }
    return { actions, carryOut, begin, run, brokenOff }
  }
  const denied = () =>
    lists.entriesOf('deny', TARGET).map(({ origin, expiresAtMs }) => [origin, expiresAtMs])
  const pass = (ms: number, elapsedMs = ms) => {
    clock.nowMs += ms
    clock.elapsedMs += elapsedMs
  }
  return { lists, sent, at, outcome, agent, commands, enforcement, store, start, denied, pass, now }
}
