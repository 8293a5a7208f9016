/** The schema of the status that an agent tells every second. */
import { RTT_BUCKETS } from '@netscope/core/rtt-bucket.ts'
import { DIRECTIONS, PROTOCOL_CLASSES, VERDICTS } from '@netscope/core/slot.ts'
import { PEER_CLASSES } from '@netscope/core/status.ts'
import { Type } from 'typebox'
import { count, id, list, name, sentence } from './json-values.ts'

const coverage = Type.Object({
  packets: Type.Optional(Type.Number()),
  bytes: Type.Optional(Type.Number()),
  missing: list(
    Type.Object({
      cause: Type.Enum(['table full', 'not IP', 'malformed', 'unexplained']),
      packets: Type.Number(),
      bytes: Type.Number(),
    }),
  ),
})

const tcp = Type.Object({
  sentBytes: count,
  receivedBytes: count,
  retransmits: count,
  retransmitEvents: count,
  rttSamples: count,
  drops: Type.Optional(count),
  connects: count,
  accepts: count,
  refused: count,
  timedOut: count,
  established: count,
})

const rtt = Type.Object({
  peer: Type.Enum([...PEER_CLASSES]),
  counts: Type.Array(count, { maxItems: RTT_BUCKETS }),
  sumUs: count,
})

const dnsServer = Type.Object({
  server: name,
  queries: count,
  answers: count,
  unanswered: count,
  rcodes: Type.Record(Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }), count, {
    maxProperties: 64,
    additionalProperties: false,
  }),
  latencySumMs: count,
})

const entries = Type.Object({ entries: count, capacity: count })

const addresses = Type.Array(name, { maxItems: 64 })
const captureRing = Type.Object({
  bytes: count,
  snapLength: count,
  packets: count,
  sinceMs: Type.Number(),
  lostPackets: count,
})
const lifelines = Type.Object({
  sshPeers: addresses,
  sshUnsure: Type.Optional(addresses),
  own: addresses,
  gateways: addresses,
  dnsServers: addresses,
  servers: addresses,
  pinned: count,
  problems: list(sentence),
})
const limits = Type.Object({
  entries: count,
  capacity: count,
  droppedPackets: count,
  droppedBytes: count,
})

/** What `Status` of core/src/status.ts must look like. */
export const statusSchema = Type.Object({
  timeMs: Type.Number(),
  totals: list(
    Type.Object({
      protocol: Type.Enum([...PROTOCOL_CLASSES]),
      direction: Type.Enum([...DIRECTIONS]),
      action: Type.Enum([...VERDICTS]),
      packets: count,
      bytes: count,
    }),
  ),
  packetsPerSecond: count,
  bytesPerSecond: count,
  lastSecond: Type.Object({
    rxBytes: count,
    txBytes: count,
    rxPackets: count,
    txPackets: count,
    droppedPackets: count,
  }),
  activeIps: count,
  activeIpsAtLeast: Type.Boolean(),
  activeFlows: count,
  topIps: list(
    Type.Object({
      ip: name,
      packetsPerSecond: count,
      bytesPerSecond: count,
      uniqueDstPorts: count,
      synCount: count,
      synAckCount: count,
    }),
  ),
  interfaces: list(
    Type.Object({
      name,
      ifindex: id,
      kind: name,
      attached: Type.Optional(name),
      reason: Type.Optional(sentence),
      leaf: Type.Boolean(),
      rxBytesPerSecond: count,
      txBytesPerSecond: count,
      coverage: Type.Optional(coverage),
    }),
  ),
  coverage,
  flowTable: Type.Object({
    used: count,
    capacity: count,
    overflowPackets: count,
    overflowBytes: count,
  }),
  tcp: Type.Optional(tcp),
  rtt: Type.Array(rtt, { maxItems: PEER_CLASSES.length }),
  drops: Type.Optional(
    Type.Array(Type.Object({ interface: name, reason: name, packets: count, bytes: count }), {
      maxItems: 1024,
    }),
  ),
  dns: Type.Array(dnsServer, { maxItems: 256 }),
  sockets: Type.Object({ used: count, capacity: count, overflow: count }),
  observations: Type.Object({ sent: count, skipped: count, lost: count }),
  events: Type.Object({ watched: Type.Boolean(), sent: count, skipped: count, lost: count }),
  lists: Type.Object({ allow: entries, deny: entries }),
  limits: Type.Optional(limits),
  captureRing: Type.Optional(captureRing),
  lifelines: Type.Optional(lifelines),
  capabilities: list(
    Type.Object({
      name,
      ok: Type.Boolean(),
      isExtra: Type.Optional(Type.Boolean()),
      reason: Type.Optional(sentence),
    }),
  ),
  degraded: list(sentence),
  agent: Type.Object({
    rssBytes: count,
    cpuSeconds: count,
    uplinkDroppedRecords: count,
    uplinkQueuedBytes: count,
  }),
  programs: list(Type.Object({ name, runs: count, runNs: count })),
})
