/** What an action does in the kernels: entries of the deny list, limits of rate, ended connections, and their counters. */
import { Type } from 'typebox'
import { Compile } from 'typebox/schema'
import type { Agent, Agents } from '../agents.ts'
import type { Commands } from '../commands.ts'
import type { DesiredEntry, DesiredLists } from '../fleet/desired-lists.ts'
import type { ListSync, Outcome } from '../fleet/list-sync.ts'
import { entryOf } from './action.ts'
import type { Action, CoveredEntry, Verification } from './action.ts'

export interface Ended {
  /** Sockets of these machines. */
  ended: number
  /** Connections that pass through them. */
  forwarded: number
  /** What did not work, in words. */
  problems: string[]
}

export interface Enforcement {
  /** What is on the deny list for these very agents. */
  present(target: string, agent: string): DesiredEntry | undefined
  block(action: Action): Promise<Outcome>
  /** Whether the entry is the action's own. */
  isOurs(action: Action, entry: CoveredEntry): boolean
  /** Takes it off, or puts in its place what is left of others; undefined: the entry is somebody else's by now. */
  unblock(action: Action, left: CoveredEntry | undefined): Promise<Outcome | undefined>
  limit(action: Action): Promise<Outcome>
  /** At one agent; the action has one. */
  limitAt(agent: Agent, action: Action): Promise<void>
  /** `left`: others with a limit of the same target. Returns agents that learn it when they are back. */
  unlimit(action: Action, left: readonly Action[]): Promise<string[]>
  terminate(action: Action): Promise<Ended>
  verify(action: Action): Promise<Told>
}

/** What agents tell of a block. */
export interface Told {
  /** undefined: no agent can tell. */
  found: Verification | undefined
  /** Agents that count from now on. */
  begun: string[]
  /** Agents that it is for and that are not there. */
  away: string[]
}

/** Who has counted for less has begun when it was asked. */
const LEAST_COUNTED_MS = 500

export interface EnforcementDeps {
  lists: Pick<DesiredLists, 'entriesOf'>
  listSync: Pick<ListSync, 'add' | 'remove'>
  agents: Agents
  commands: Pick<Commands, 'send'>
}

const terminated = Compile(
  Type.Object({
    ended: Type.Number(),
    failed: Type.Array(Type.Object({ reason: Type.String(), count: Type.Number() })),
    forwarded: Type.Object({ connections: Type.Number(), fate: Type.String() }),
  }),
)
const verification = Compile(
  Type.Object({
    sinceMs: Type.Number(),
    nowMs: Type.Number(),
    passedPackets: Type.Number(),
    droppedPackets: Type.Number(),
    sshPackets: Type.Optional(Type.Number()),
  }),
)

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

export const createEnforcement = (deps: EnforcementDeps): Enforcement => {
  const { lists, listSync, agents, commands } = deps

  const isFor = ({ agent }: Action, name: string): boolean => agent === '' || name === agent
  const agentsOf = (action: Action): Agent[] =>
    agents.connected.filter(({ name }) => isFor(action, name))
  const awayOf = (action: Action): string[] =>
    agents.all.filter(({ name, link }) => !link && isFor(action, name)).map(({ name }) => name)
  /** A change of the lists is told to all agents, but means nothing to the others. */
  const onlyFor = (action: Action, { confirmed, pending }: Outcome): Outcome => ({
    confirmed: confirmed.filter((name) => isFor(action, name)),
    pending: pending.filter((name) => isFor(action, name)),
  })

  /** Of each agent that is there: its answer, or what went wrong. */
  const ask = async (action: Action, body: Parameters<Commands['send']>[1]) => {
    const asked = agentsOf(action)
    const answers = await Promise.allSettled(asked.map((agent) => commands.send(agent, body)))
    return asked.map((agent, i) => ({ agent: agent.name, answer: answers[i]! }))
  }

  const present: Enforcement['present'] = (target, agent) =>
    lists.entriesOf('deny', target).find((entry) => entry.agent === agent)

  const isOurs: Enforcement['isOurs'] = (action, entry) =>
    entry.origin === action.origin && entry.expiresAtMs === action.expiresAtMs

  const put = async (action: Action, entry: CoveredEntry): Promise<Outcome> => {
    const { target: prefix, agent } = action
    return onlyFor(action, await listSync.add('deny', { prefix, ...entry, agent }))
  }

  const limitOf = (action: Action) => {
    const { packetsPerSecond, burst, of } = action.do.rateLimit!
    return {
      prefix: action.target,
      ...{ packetsPerSecond, burst, kind: of === 'syn' ? ('syn' as const) : ('all' as const) },
      ...{ reason: action.reason.slice(0, 200), origin: action.origin, author: action.author },
      expiresAtMs: action.expiresAtMs,
    }
  }

  const limit = async (action: Action): Promise<Outcome> => {
    const told = await ask(action, { name: 'limit.add', limits: [limitOf(action)] })
    const failed = told.find(({ answer }) => answer.status === 'rejected')
    const done = told.filter(({ answer }) => answer.status === 'fulfilled')
    if (done.length === 0 && failed?.answer.status === 'rejected') throw failed.answer.reason
    return { confirmed: done.map(({ agent }) => agent), pending: awayOf(action) }
  }

  return {
    present,
    isOurs,
    block: (action) => put(action, entryOf(action)),
    async unblock(action, left) {
      const entry = present(action.target, action.agent)
      if (!entry || !isOurs(action, entry)) return undefined
      if (left) return put(action, left)
      const gone = await listSync.remove('deny', action.target, action.agent)
      return onlyFor(action, gone ?? { confirmed: [], pending: [] })
    },
    limit,
    async limitAt(agent, action) {
      await commands.send(agent, { name: 'limit.add', limits: [limitOf(action)] })
    },
    async unlimit(action, left) {
      await ask(action, { name: 'limit.remove', prefixes: [action.target] })
      for (const other of left) await limit(other)
      return awayOf(action)
    },
    async terminate(action) {
      const sum: Ended = { ended: 0, forwarded: 0, problems: [] }
      for (const { agent, answer } of await ask(action, {
        name: 'terminate',
        prefix: action.target,
      })) {
        if (answer.status === 'rejected') sum.problems.push(`${agent}: ${messageOf(answer.reason)}`)
        else if (terminated.Check(answer.value)) {
          const { ended, failed, forwarded } = answer.value
          sum.ended += ended
          sum.forwarded += forwarded.connections
          for (const { reason, count } of failed) sum.problems.push(`${agent}: ${count}: ${reason}`)
          if (forwarded.connections > 0)
            sum.problems.push(`${agent}: ${forwarded.connections} forwarded: ${forwarded.fate}`)
        }
      }
      return sum
    },
    async verify(action) {
      const told = await ask(action, { name: 'verify', prefix: action.target })
      const found: Verification & { sshPackets: number } = {
        ...{ sinceMs: Infinity, atMs: 0, passedPackets: 0, droppedPackets: 0, sshPackets: 0 },
        agents: [],
      }
      const begun: string[] = []
      for (const { agent, answer } of told) {
        if (answer.status === 'rejected' || !verification.Check(answer.value)) continue
        const { sinceMs, nowMs, passedPackets, droppedPackets, sshPackets = 0 } = answer.value
        if (nowMs - sinceMs < LEAST_COUNTED_MS) {
          begun.push(agent)
          continue
        }
        found.sinceMs = Math.min(found.sinceMs, sinceMs)
        found.atMs = Math.max(found.atMs, nowMs)
        found.passedPackets += passedPackets
        found.droppedPackets += droppedPackets
        found.sshPackets += sshPackets
        found.agents.push(agent)
      }
      const isTold = found.agents.length > 0
      return { found: isTold ? found : undefined, begun, away: awayOf(action) }
    },
  }
}
