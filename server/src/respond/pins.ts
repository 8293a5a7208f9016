/** Tells agents what the server knows to be protected, so that their kernels let it pass whatever the lists say. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { prefixesOverlap } from '@netscope/core/query/prefix-test.ts'
import { MAX_PINNED } from '@netscope/core/wire-response.ts'
import type { PinnedAddress } from '@netscope/core/wire-response.ts'
import type { Agent, Agents } from '../agents.ts'
import type { Commands } from '../commands.ts'
import type { Protected, ProtectedAddress } from './protected.ts'

export interface Pins {
  /** An agent is there, or what is protected may have changed. */
  tell(agent?: Agent): void
  /**
   * Before a block of the prefix: what is protected within it, but for what an admin insists on. Resolves once every agent that
   * is there, or the one that is named, has confirmed that it lets them pass; `refusal`: why one does not, or empty.
   */
  ensure(prefix: Prefix, agent: string): Promise<{ within: ProtectedAddress[]; refusal: string }>
}

export interface PinsDeps {
  protected: Pick<Protected, 'all' | 'within' | 'isComplete'>
  agents: Agents
  commands: Pick<Commands, 'send'>
  /** Addresses and prefixes that an admin insists on blocking, canonical. */
  insisted(): readonly string[]
  /** Milliseconds since 1970. */
  now(): number
}

/** After an agent has not taken them. */
const RETRY_MS = 5000
const MAX_WHY = 200

const holds = (wide: Prefix, narrow: Prefix): boolean =>
  wide.length <= narrow.length && prefixesOverlap(wide, narrow)

/** Without those that an admin insists on; each prefix once. */
const notInsisted = (
  all: readonly ProtectedAddress[],
  insisted: readonly string[],
): PinnedAddress[] => {
  const but = insisted.map(parsePrefix)
  const isInsisted = ({ prefix, canOverride }: ProtectedAddress): boolean => {
    if (!canOverride || but.length === 0) return false
    const parsed = parsePrefix(prefix)
    return but.some((one) => holds(one, parsed))
  }
  const pinned = new Map<string, string>()
  for (const of of all)
    if (!pinned.has(of.prefix) && !isInsisted(of))
      pinned.set(of.prefix, `${of.kind}: ${of.reason}`.slice(0, MAX_WHY))
  return [...pinned].map(([prefix, why]) => ({ prefix, why }))
}

/** As many as an agent takes, the gravest first. */
export const pinnedOf = (
  all: readonly ProtectedAddress[],
  insisted: readonly string[],
): PinnedAddress[] => notInsisted(all, insisted).slice(0, MAX_PINNED)

interface Told {
  text: string
  /** What it has confirmed. */
  confirmed: ReadonlySet<string>
  /** Settles with its answer. */
  answered: Promise<void>
  /** Why it has not taken them; empty: it has, or has not answered. */
  problem: string
  atMs: number
}

export const createPins = (deps: PinsDeps): Pins => {
  const { agents, commands, now } = deps
  /** By the connection of the agent. */
  const told = new WeakMap<object, Told>()

  const send = (agent: Agent, pinned: PinnedAddress[], except: string[], text: string): Told => {
    const before = told.get(agent.link!)
    const one: Told = {
      ...{ text, problem: '', atMs: now(), answered: Promise.resolve() },
      confirmed: before?.confirmed ?? new Set(),
    }
    const command = { name: 'pin.set' as const, pinned, ...(except.length > 0 && { except }) }
    one.answered = commands.send(agent, command).then(
      () => void (one.confirmed = new Set(pinned.map(({ prefix }) => prefix))),
      (error: unknown) => {
        // What is away or older lives without until the next try.
        one.problem = error instanceof Error ? error.message : String(error)
      },
    )
    told.set(agent.link!, one)
    return one
  }

  /** undefined: it is away. */
  const tellOne = (agent: Agent, pinned: PinnedAddress[], except: string[]): Told | undefined => {
    if (!agent.link) return undefined
    const known = told.get(agent.link)
    const names = pinned.map(({ prefix }) => prefix).toSorted()
    const text = JSON.stringify([names, except])
    if (known?.text === text && (known.problem === '' || now() - known.atMs < RETRY_MS))
      return known
    // Nothing to tell, unless it still has what it was told once.
    const isNothing = names.length === 0 && !known && !agent.status?.lifelines?.pinned
    return isNothing ? undefined : send(agent, pinned, except, text)
  }

  const wanted = () => {
    const except = [...deps.insisted()]
    return { except, pinned: pinnedOf(deps.protected.all(), except) }
  }

  const whyNot = async (agent: Agent, within: readonly PinnedAddress[]): Promise<string> => {
    const { pinned, except } = wanted()
    const one = tellOne(agent, pinned, except)
    await one?.answered
    // Whoever is away gets its pins before its lists.
    if (!agent.link) return ''
    const missing = within.find(({ prefix }) => !one?.confirmed.has(prefix))
    if (!missing) return ''
    const why = one?.problem || `it pins ${MAX_PINNED} addresses already`
    return `${missing.prefix} is protected and within it, and ${agent.name} does not keep it reachable: ${why}`
  }

  return {
    tell(agent) {
      const { pinned, except } = wanted()
      for (const one of agent ? [agent] : agents.connected) tellOne(one, pinned, except)
    },
    async ensure(prefix, name) {
      const insisted = deps.insisted()
      const all = deps.protected.within(prefix)
      const needed = notInsisted(all, insisted)
      const names = new Set(needed.map(({ prefix }) => prefix))
      const within = all.filter((of) => names.has(of.prefix))
      if (within.length === 0) return { within, refusal: '' }
      if (!deps.protected.isComplete())
        return { within, refusal: 'more addresses are protected than can be remembered' }
      const asked = agents.connected.filter((agent) => name === '' || agent.name === name)
      const answers = await Promise.all(asked.map((agent) => whyNot(agent, needed)))
      return { within, refusal: answers.find((why) => why !== '') ?? '' }
    },
  }
}
