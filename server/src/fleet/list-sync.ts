/**
 * Brings the desired lists to the agents: whole to one that has another state, by changes to the rest, in order for
 * each. An agent keeps what it has got on its own disk, so that it is in force while we are away.
 */
import type { ErrorCode } from '@netscope/core/errors.ts'
import type { ListEntry, ListName, ListsRevision } from '@netscope/core/wire.ts'
import { Type } from 'typebox'
import { Compile } from 'typebox/schema'
import type { Logger } from 'pino'
import type { Agent, Agents } from '../agents.ts'
import { AgentError } from '../commands.ts'
import type { Commands } from '../commands.ts'
import type { DesiredEntry, DesiredLists } from './desired-lists.ts'

/** How an agent is with the lists. */
export interface ListsHealth {
  desiredRevision: number
  /** What the agent has confirmed, if anything. */
  confirmedRevision?: number
  inForce: boolean
  /** Why not, if something went wrong. */
  problem?: string
}

/** What became of a change. */
export interface Outcome {
  /** Agents that judge by it. */
  confirmed: string[]
  /** Agents that get it as soon as they can. */
  pending: string[]
}

export interface ListSync {
  /** An agent is there: sees to it that it has the lists. */
  connected(agent: Agent): void
  add(list: ListName, entry: DesiredEntry): Promise<Outcome>
  /** Whoever it is for, unless `agent` says: then the others keep theirs. undefined: it was not on the list. */
  remove(
    list: ListName,
    prefix: string,
    agent?: string,
  ): Promise<(Outcome & { removed: DesiredEntry[] }) | undefined>
  /**
   * Many at once, additions before removals, in parts between which other changes get their turn. Resolves when every agent
   * that is there has them. Throws what an agent refuses for good, such as `list.full`: the part that it refused is undone.
   */
  change(
    list: ListName,
    change: { add: readonly DesiredEntry[]; remove: readonly string[] },
  ): Promise<Outcome>
  health(agent: Agent): ListsHealth
}

export interface ListSyncDeps {
  lists: DesiredLists
  agents: Agents
  commands: Commands
  log: Logger
}

/** Entries of an agent that are read at a time when it brings lists of its own. */
const ADOPT_PAGE = 5000
/** Entries of a change that an agent gets at a time: it makes some 100,000 a second durable. */
const PART = 4096
/** Parts that are on their way: the next is written here while an agent takes the one before. */
const PARTS_AHEAD = 2
/** After an agent has not taken the lists. */
const RETRY_MS = 5000
/** These say that the agent can't have an entry, now or later: the change is taken back. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'list.full',
  'list.prefix-invalid',
  'list.covers-everything',
  'request.invalid',
])

const entry = Type.Object({
  prefix: Type.String(),
  reason: Type.String(),
  origin: Type.String(),
  author: Type.String(),
  createdAtMs: Type.Number(),
  expiresAtMs: Type.Number(),
})
const page = Compile(Type.Object({ total: Type.Number(), entries: Type.Array(entry) }))

export const createListSync = ({ lists, agents, commands, log }: ListSyncDeps): ListSync => {
  const confirmed = new Map<string, ListsRevision>()
  const problems = new Map<string, string>()
  const queues = new Map<string, Promise<unknown>>()

  const retries = new Map<string, NodeJS.Timeout>()

  /** One after the other for each agent. */
  const inTurn = <T>(agent: Agent, work: () => Promise<T>): Promise<T> => {
    const result = (queues.get(agent.name) ?? Promise.resolve()).then(work, work)
    const settled = result.catch(() => undefined)
    queues.set(agent.name, settled)
    return result
  }

  const sendWhole = async (agent: Agent): Promise<void> => {
    await commands.send(agent, { name: 'lists.begin' })
    // Read before the pages: what changes meanwhile comes as a change, from this state on.
    const state = lists.state()
    for (const { list, entries } of lists.pagesFor(agent.name))
      await commands.send(agent, { name: 'lists.page', list, entries })
    await commands.send(agent, { name: 'lists.end', state })
    confirmed.set(agent.name, state)
    problems.delete(agent.name)
    log.info({ agent: agent.name, revision: state.revision }, 'the agent has the lists')
  }

  /** Lists of an agent that comes from elsewhere, or from before there were desired ones: they become its own here. */
  const adopt = async (agent: Agent): Promise<void> => {
    for (const list of ['allow', 'deny'] as const) {
      for (let offset = 0, total = Infinity; offset < total; offset += ADOPT_PAGE) {
        const command = { name: 'list.get', list, offset, limit: ADOPT_PAGE, match: '' } as const
        const found = await commands.send(agent, command)
        if (!page.Check(found)) throw new Error('list.get has another form than agreed')
        total = found.total
        if (found.entries.length === 0) break
        await keepAdopted(agent, list, found.entries)
      }
    }
  }

  const keepAdopted = async (
    agent: Agent,
    list: ListName,
    entries: readonly ListEntry[],
  ): Promise<void> => {
    const from = lists.state().revision
    const to = lists.add(
      list,
      entries.map((of) => ({ ...of, agent: agent.name })),
    )
    for (const other of agents.connected)
      if (other !== agent) void advance(other, list, [], [], from, to).catch(() => undefined)
  }

  const isCurrent = (agent: Agent): boolean => {
    const [has, wanted] = [confirmed.get(agent.name), lists.state()]
    return has?.server === wanted.server && has.revision === wanted.revision
  }

  const bring = async (agent: Agent): Promise<void> => {
    if (agent.link === undefined) return
    if (isCurrent(agent)) {
      problems.delete(agent.name)
      return
    }
    if (confirmed.get(agent.name)?.server !== lists.state().server) await adopt(agent)
    await sendWhole(agent)
  }

  const failed = (agent: Agent, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error)
    if (agent.link && problems.get(agent.name) !== reason)
      log.warn({ agent: agent.name, reason }, 'the agent has not taken the lists, trying again')
    problems.set(agent.name, reason)
    clearTimeout(retries.get(agent.name))
    retries.set(agent.name, setTimeout(() => start(agent), RETRY_MS).unref())
  }

  /** Brings an agent what it lacks; until that is done nobody waits for it. */
  const start = (agent: Agent): void => {
    inTurn(agent, () => bring(agent)).catch((error: unknown) => failed(agent, error))
  }

  /** Sends a change; to an agent that is not at `from`, everything. */
  const advance = (
    agent: Agent,
    list: ListName,
    add: readonly DesiredEntry[],
    remove: string[],
    from: number,
    to: ListsRevision,
  ): Promise<void> =>
    inTurn(agent, async () => {
      const problem = problems.get(agent.name)
      if (problem !== undefined || !agent.link) throw new Pending(problem ?? 'it is away')
      const known = confirmed.get(agent.name)
      if (known?.server !== to.server || known.revision !== from) return bring(agent)
      const own = add.filter((of) => of.agent === '' || of.agent === agent.name)
      const entries = own.map(({ agent: _for, ...rest }) => rest)
      await commands.send(agent, { name: 'lists.change', list, add: entries, remove, from, to })
      confirmed.set(agent.name, to)
      problems.delete(agent.name)
    })

  /** To every agent; throws what an agent refuses for good, after `undo`. */
  const tellAll = async (
    list: ListName,
    change: { add: readonly DesiredEntry[]; remove: string[] },
    from: number,
    to: ListsRevision,
    undo: () => void,
  ): Promise<Outcome> => {
    const { all } = agents
    const results = await Promise.allSettled(
      all.map((agent) => advance(agent, list, change.add, change.remove, from, to)),
    )
    const outcome: Outcome = { confirmed: [], pending: [] }
    for (const [i, result] of results.entries()) {
      const agent = all[i]!
      if (result.status === 'fulfilled' && agent.link) outcome.confirmed.push(agent.name)
      else outcome.pending.push(agent.name)
      if (result.status === 'fulfilled') continue
      if (!(result.reason instanceof Pending) && !isRefusal(result.reason))
        failed(agent, result.reason)
    }
    const refusal = results.find(
      (result) => result.status === 'rejected' && isRefusal(result.reason),
    )
    if (refusal?.status === 'rejected') {
      undo()
      throw refusal.reason
    }
    return outcome
  }

  const add: ListSync['add'] = async (list, added) => {
    const from = lists.state().revision
    const to = lists.add(list, [added])
    const undo = () => void remove(list, added.prefix).catch(() => undefined)
    return tellAll(list, { add: [added], remove: [] }, from, to, undo)
  }

  const remove: ListSync['remove'] = async (list, prefix, agent) => {
    const from = lists.state().revision
    const removed = lists.remove(list, [prefix], agent)
    if (removed.length === 0) return undefined
    const change = { add: [], remove: [prefix] }
    const outcome = await tellAll(list, change, from, lists.state(), () => undefined)
    // An agent has one entry of a prefix: what others still want of it goes back there.
    for (const left of lists.entriesOf(list, prefix)) await add(list, left)
    return { ...outcome, removed }
  }

  const changePart = (list: ListName, add: DesiredEntry[], gone: string[]): Promise<Outcome> => {
    const from = lists.state().revision
    const to = lists.change(list, { add, remove: gone })
    const added = add.map(({ prefix }) => prefix)
    const undo = () => void (added.length > 0 && changePart(list, [], added).catch(() => undefined))
    return tellAll(list, { add, remove: gone }, from, to, undo)
  }

  const change: ListSync['change'] = async (list, { add, remove }) => {
    const under: Promise<Outcome>[] = []
    let outcome: Outcome = { confirmed: [], pending: [] }
    const next = async () => {
      outcome = (await under.shift()) ?? outcome
    }
    const send = async (part: DesiredEntry[], gone: string[]): Promise<void> => {
      if (under.length >= PARTS_AHEAD) await next()
      const told = changePart(list, part, gone)
      told.catch(() => undefined)
      under.push(told)
    }
    for (let i = 0; i < add.length; i += PART) await send(add.slice(i, i + PART), [])
    for (let i = 0; i < remove.length; i += PART) await send([], remove.slice(i, i + PART))
    while (under.length > 0) await next()
    return outcome
  }

  return {
    change,
    connected: (agent) => {
      const told = agent.hello.lists
      if (told) confirmed.set(agent.name, told)
      else confirmed.delete(agent.name)
      problems.delete(agent.name)
      start(agent)
    },
    add,
    remove,
    health: (agent) => {
      const { revision } = lists.state()
      const [problem, told] = [problems.get(agent.name), confirmed.get(agent.name)]
      return {
        desiredRevision: revision,
        inForce: isCurrent(agent),
        ...(told && { confirmedRevision: told.revision }),
        ...(problem !== undefined && { problem }),
      }
    },
  }
}

/** An agent gets the change with the lists as a whole, as soon as it can. */
class Pending extends Error {}

const isRefusal = (error: unknown): boolean =>
  error instanceof AgentError && REFUSALS.has(error.code)
