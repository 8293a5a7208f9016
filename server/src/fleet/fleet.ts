/** The fleet: who may connect, what a new agent gets, what each is to have in force, and how all of them are. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { formatJoinToken, formatServerAddress } from '@netscope/core/server-address.ts'
import type { ServerAddress } from '@netscope/core/server-address.ts'
import { UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import type { Logger } from 'pino'
import type { Agent, Agents } from '../agents.ts'
import type { Commands } from '../commands.ts'
import { LOCAL } from '../ingest/serve-agent.ts'
import type { Admission } from '../ingest/serve-agent.ts'
import type { ListsHealth, ListSync } from './list-sync.ts'
import type { Member, Roster } from './roster.ts'

export interface FleetConfig {
  /** As agents reach the server; absent: it takes none of other machines. */
  address?: ServerAddress
  /** Of its certificate. */
  fingerprint: string
}

export interface FleetDeps {
  roster: Roster
  agents: Agents
  commands: Commands
  lists: ListSync
  log: Logger
}

/** How an agent is; `state`: connected, away, or joined but never seen since the server started. */
export interface AgentHealth {
  name: string
  hostname: string
  version: string
  source?: string
  state: 'connected' | 'away'
  isLocal: boolean
  from: string
  lastSeenMs: number
  startedAtMs?: number
  joinedAtMs?: number
  credentialSinceMs?: number
  protocol: number
  clock?: { offsetMs: number; roundTripMs: number }
  lists?: ListsHealth
  capabilities: { name: string; ok: boolean; reason?: string }[]
  degraded: string[]
}

export interface Invited {
  token: string
  expiresAtMs: number
  /** Address that the token names. */
  server: string
}

export interface Fleet {
  readonly admission: Admission
  /** An agent has said hello and is taken. */
  connected(agent: Agent): void
  /** The token is told once. Throws `fleet.off` or `fleet.name-taken`. */
  invite(of: { name: string; by: string; expiresInMs: number }): Invited
  /** Of all agents that there are to be, here or away. */
  names(): string[]
  list(): AgentHealth[]
  /** Its credential counts no more and its connection is closed. Throws `fleet.no-agent`. */
  remove(name: string): AgentHealth
}

export const createFleet = (config: FleetConfig, deps: FleetDeps): Fleet => {
  const { roster, agents, commands, lists, log } = deps

  const live = (name: string): Agent | undefined => agents.all.find((agent) => agent.name === name)

  const admission: Admission = {
    admit: (hello, from) => {
      const { agent, credential } = hello
      if (from === LOCAL) {
        if (roster.has(agent)) throw new NetscopeError('fleet.name-taken', { agent })
      } else {
        const known = credential === undefined ? undefined : roster.memberOf(credential)
        if (known === undefined) throw new NetscopeError('fleet.unknown', { agent })
        if (known !== agent) throw new NetscopeError('fleet.other-name', { agent, known })
      }
      const other = live(agent)
      if (other?.link && other.hello.startedAtMs > hello.startedAtMs)
        throw new NetscopeError('fleet.twice', { agent, from: other.from })
    },
    join: (request, from) => {
      const isTaken = (name: string) => live(name)?.from === LOCAL
      const joined = roster.join(request, from, isTaken)
      live(joined.agent)?.link?.close()
      return joined
    },
  }

  /** The agent keeps the new secret first, and uses it from its next connection on. */
  const rotate = (agent: Agent): void => {
    const credential = roster.rotate(agent.name)
    if (credential === undefined) return
    commands.send(agent, { name: 'credential.replace', credential }).catch((err: unknown) => {
      log.warn({ err, agent: agent.name }, 'the agent has not taken a new credential')
    })
  }

  const names = (): string[] =>
    [...new Set([...roster.all(), ...agents.all].map(({ name }) => name))].toSorted()

  const list = (): AgentHealth[] => {
    const members = new Map(roster.all().map((member) => [member.name, member]))
    return names().map((name) => healthOf(name, live(name), members.get(name), lists))
  }

  return {
    admission,
    connected: (agent) => {
      lists.connected(agent)
      if (!roster.has(agent.name)) return
      roster.seen(agent.name, agent.hello.version)
      rotate(agent)
    },
    invite: ({ name, by, expiresInMs }) => {
      const { address, fingerprint } = config
      if (!address) throw new NetscopeError('fleet.off')
      if (live(name)?.from === LOCAL) throw new NetscopeError('fleet.name-taken', { agent: name })
      const { secret, expiresAtMs } = roster.invite({ name, by, expiresInMs })
      const token = formatJoinToken({ server: address, fingerprint, secret })
      return { token, expiresAtMs, server: formatServerAddress(address) }
    },
    names,
    list,
    remove: (name) => {
      const found = list().find((agent) => agent.name === name)
      if (!found) throw new NetscopeError('fleet.no-agent', { agent: name })
      roster.remove(name)
      agents.forget(name)
      return found
    },
  }
}

const healthOf = (
  name: string,
  agent: Agent | undefined,
  member: Member | undefined,
  lists: ListSync,
): AgentHealth => ({
  name,
  hostname: agent?.hello.hostname ?? member?.hostname ?? '',
  version: agent?.hello.version ?? member?.version ?? '',
  state: agent?.link ? 'connected' : 'away',
  isLocal: !member,
  from: agent?.from ?? member?.joinedFrom ?? '',
  lastSeenMs: Math.max(agent?.lastSeenMs ?? 0, member?.lastSeenMs ?? 0),
  protocol: agent?.hello.protocol ?? UPLINK_PROTOCOL,
  capabilities: agent?.status?.capabilities ?? [],
  degraded: degradedOf(agent),
  ...(agent && {
    source: agent.hello.source,
    startedAtMs: agent.hello.startedAtMs,
    lists: lists.health(agent),
    ...(agent.clock && { clock: agent.clock }),
  }),
  ...(member && { joinedAtMs: member.joinedAtMs, credentialSinceMs: member.rotatedAtMs }),
})

/** More than this is told as a reason why something is not as it should be. */
const SKEW_LIMIT_MS = 2000

const degradedOf = (agent: Agent | undefined): string[] => {
  if (!agent) return ['It has not connected since the server started.']
  const skew = agent.clock?.offsetMs ?? 0
  const seconds = Math.abs(skew / 1000).toFixed(1)
  return [
    ...(agent.link ? [] : ['It is away.']),
    ...(Math.abs(skew) > SKEW_LIMIT_MS
      ? [`Its clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} ours: set it by NTP.`]
      : []),
    ...(agent.status?.degraded ?? []),
  ]
}
