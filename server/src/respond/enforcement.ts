/** What an action does in the kernels: entries of the deny list, limits of rate, ended connections, and their counters. */
import type { ListEntry } from '@netscope/core/wire.ts'
import { Type } from 'typebox'
import { Compile } from 'typebox/schema'
import type { Agent, Agents } from '../agents.ts'
import type { Commands } from '../commands.ts'
import type { DesiredEntry, DesiredLists } from '../fleet/desired-lists.ts'
import type { ListSync, Outcome } from '../fleet/list-sync.ts'
import type { Action, Verification } from './action.ts'

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
  /** False: the entry is somebody else's by now. */
  unblock(action: Action): Promise<boolean>
  /** Agents that judge by it. */
  limit(action: Action): Promise<string[]>
  unlimit(action: Action): Promise<void>
  terminate(action: Action): Promise<Ended>
  /** undefined: no agent can tell. */
  verify(action: Action): Promise<Verification | undefined>
}

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
  }),
)

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

export const createEnforcement = (deps: EnforcementDeps): Enforcement => {
  const { lists, listSync, agents, commands } = deps

  const agentsOf = ({ agent }: Action): Agent[] =>
    agents.connected.filter(({ name }) => agent === '' || name === agent)

  /** Of each agent that is there: its answer, or what went wrong. */
  const ask = async (action: Action, body: Parameters<Commands['send']>[1]) => {
    const asked = agentsOf(action)
    const answers = await Promise.allSettled(asked.map((agent) => commands.send(agent, body)))
    return asked.map((agent, i) => ({ agent: agent.name, answer: answers[i]! }))
  }

  const present: Enforcement['present'] = (target, agent) =>
    lists.entriesOf('deny', target).find((entry) => entry.agent === agent)

  const isOurs = (action: Action, entry: DesiredEntry): boolean =>
    entry.origin === action.origin && entry.expiresAtMs === action.expiresAtMs

  return {
    present,
    block(action) {
      const { target, agent, reason, origin, author, expiresAtMs } = action
      const beganMs = expiresAtMs - action.forSeconds * 1000
      const createdAtMs = action.forSeconds > 0 ? beganMs : action.createdAtMs
      const entry: ListEntry = {
        ...{ prefix: target, reason: reason.slice(0, 200), origin, author },
        ...{ createdAtMs, expiresAtMs },
      }
      return listSync.add('deny', { ...entry, agent })
    },
    async unblock(action) {
      const entry = present(action.target, action.agent)
      if (!entry || !isOurs(action, entry)) return false
      await listSync.remove('deny', action.target, action.agent)
      return true
    },
    async limit(action) {
      const { rateLimit } = action.do
      if (!rateLimit) return []
      const limit = {
        prefix: action.target,
        packetsPerSecond: rateLimit.packetsPerSecond,
        burst: rateLimit.burst,
        kind: rateLimit.of === 'syn' ? ('syn' as const) : ('all' as const),
        reason: action.reason.slice(0, 200),
        origin: action.origin,
        author: action.author,
        expiresAtMs: action.expiresAtMs,
      }
      const told = await ask(action, { name: 'limit.add', limits: [limit] })
      const failed = told.find(({ answer }) => answer.status === 'rejected')
      const done = told.filter(({ answer }) => answer.status === 'fulfilled')
      if (done.length === 0 && failed?.answer.status === 'rejected') throw failed.answer.reason
      return done.map(({ agent }) => agent)
    },
    async unlimit(action) {
      await ask(action, { name: 'limit.remove', prefixes: [action.target] })
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
      const found: Verification = {
        ...{ sinceMs: Infinity, atMs: 0, passedPackets: 0, droppedPackets: 0, agents: [] },
      }
      for (const { agent, answer } of told) {
        if (answer.status === 'rejected' || !verification.Check(answer.value)) continue
        const { sinceMs, nowMs, passedPackets, droppedPackets } = answer.value
        found.sinceMs = Math.min(found.sinceMs, sinceMs)
        found.atMs = Math.max(found.atMs, nowMs)
        found.passedPackets += passedPackets
        found.droppedPackets += droppedPackets
        found.agents.push(agent)
      }
      return found.agents.length > 0 ? found : undefined
    },
  }
}
