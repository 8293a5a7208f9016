/**
 * Brings the desired lists to the agents: whole to one that has another state, by changes to the rest, in order for
 * each. An agent keeps what it has got on its own disk, so that it is in force while we are away.
 */
import type { ErrorCode } from '@netscope/core/errors.ts'
import type { ListEntry, ListGroup, ListName, ListsRevision } from '@netscope/core/wire.ts'
import { Type } from 'typebox'
import { Compile } from 'typebox/schema'
import type { Logger } from 'pino'
import type { Agent, Agents } from '../agents.ts'
import { AgentError } from '../commands.ts'
import type { Commands } from '../commands.ts'
import { changeInParts } from './change-in-parts.ts'
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
   * Many at once for all agents, additions before removals, in parts between which other changes get their turn. An agent
   * that has an entry of its own of a prefix keeps that. Resolves when every agent that is there has them. Throws what an
   * agent refuses for good, such as `list.full`: the part that it refused is undone.
   */
  change(
    list: ListName,
    change: { add: readonly ListGroup[]; remove: readonly string[] },
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
      if (other !== agent) void advance(other, list, NOTHING, from, to).catch(() => undefined)
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
    change: AgentChange,
    from: number,
    to: ListsRevision,
  ): Promise<void> =>
    inTurn(agent, async () => {
      const problem = problems.get(agent.name)
      if (problem !== undefined || !agent.link) throw new Pending(problem ?? 'it is away')
      const known = confirmed.get(agent.name)
      if (known?.server !== to.server || known.revision !== from) return bring(agent)
      await commands.send(agent, { name: 'lists.change', list, ...change(agent.name), from, to })
      confirmed.set(agent.name, to)
      problems.delete(agent.name)
    })

  /** To every agent; throws what an agent refuses for good, after `undo`. */
  const tellAll = async (
    list: ListName,
    change: AgentChange,
    from: number,
    to: ListsRevision,
    undo: () => void,
  ): Promise<Outcome> => {
    const { all } = agents
    const results = await Promise.allSettled(
      all.map((agent) => advance(agent, list, change, from, to)),
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
    const { agent: wanted, ...entryOf } = added
    const change: AgentChange = (agent) => {
      return { add: wanted === '' || wanted === agent ? [entryOf] : [], remove: [] }
    }
    return tellAll(list, change, from, to, undo)
  }

  const remove: ListSync['remove'] = async (list, prefix, agent) => {
    const from = lists.state().revision
    const removed = lists.remove(list, [prefix], agent)
    if (removed.length === 0) return undefined
    const change: AgentChange = () => ({ add: [], remove: [prefix] })
    const outcome = await tellAll(list, change, from, lists.state(), () => undefined)
    // An agent has one entry of a prefix: what others still want of it goes back there.
    for (const left of lists.entriesOf(list, prefix)) await add(list, left)
    return { ...outcome, removed }
  }

  const changePart = (
    list: ListName,
    add: ListGroup | undefined,
    gone: string[],
  ): Promise<Outcome> => {
    const from = lists.state().revision
    const to = lists.change(list, { add, remove: gone })
    const owners = lists.ownersOf(list, add?.prefixes ?? gone)
    const without = (agent: string, prefixes: string[]): string[] =>
      owners.size === 0 ? prefixes : prefixes.filter((of) => !owners.get(of)?.has(agent))
    const change: AgentChange = (agent) => ({
      add: add ? [{ ...add, prefixes: without(agent, add.prefixes) }] : [],
      remove: without(agent, gone),
    })
    const undo = () =>
      void (add && changePart(list, undefined, add.prefixes).catch(() => undefined))
    return tellAll(list, change, from, to, undo)
  }

  return {
    change: changeInParts(changePart),
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

/** What a change is for the agent of that name. */
type AgentChange = (agent: string) => {
  add: (Omit<ListEntry, 'createdAtMs'> | ListGroup)[]
  remove: string[]
}

const NOTHING: AgentChange = () => ({ add: [], remove: [] })

/** An agent gets the change with the lists as a whole, as soon as it can. */
class Pending extends Error {}

const isRefusal = (error: unknown): boolean =>
  error instanceof AgentError && REFUSALS.has(error.code)
