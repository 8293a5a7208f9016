/** What agents tell of their machines that must never be cut off. */
import type { Lifelines } from '@netscope/core/status.ts'
import type { Agent } from '../agents.ts'
import { LOCAL } from '../ingest/serve-agent.ts'
import type { ProtectedKind, ToldAddress } from './protected.ts'

const of = (
  agent: string,
  kind: ProtectedKind,
  prefixes: readonly string[],
  reason: string,
): ToldAddress[] => prefixes.map((prefix) => ({ prefix, kind, reason, agent }))

const unsureReason = (agent: string): string =>
  `perhaps an SSH session to ${agent} from there: it will be known soon`

const ofLifelines = (agent: string, lines: Lifelines): ToldAddress[] => [
  ...of(agent, 'own', lines.own, `address of ${agent} itself`),
  ...of(agent, 'gateway', lines.gateways, `default gateway of ${agent}`),
  ...of(agent, 'dns', lines.dnsServers, `DNS server of ${agent}`),
  ...of(agent, 'server', lines.servers, `this server as ${agent} reaches it`),
  ...of(agent, 'operator', lines.sshPeers, `SSH session to ${agent} from there`),
  ...of(agent, 'operator', lines.sshUnsure ?? [], unsureReason(agent)).map((told) => ({
    ...told,
    isUnsure: true as const,
  })),
]

/** What the server has seen by itself: of agents that do not tell. */
const ownAddresses = (addresses: Iterable<string>): ToldAddress[] =>
  of('', 'own', [...addresses], 'a machine with an agent sends from there')

/** Whom agents that are there tell of; what those that are away told stays for its time. */
export const toldAddresses = (
  connected: readonly Agent[],
  own: () => Iterable<string>,
): ToldAddress[] => [
  ...connected.flatMap((agent) => [
    ...(agent.status?.lifelines ? ofLifelines(agent.name, agent.status.lifelines) : []),
    ...(agent.from === LOCAL
      ? []
      : of(
          '',
          'agent',
          [agent.from.replace(/^::ffff:/, '')],
          `the agent ${agent.name} connects from there`,
        )),
  ]),
  // One that has just come will tell: until then what it told before counts.
  ...(connected.some(({ status }) => status && !status.lifelines) ? ownAddresses(own()) : []),
]
