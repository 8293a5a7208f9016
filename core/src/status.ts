/** What the agent tells every second besides flows: totals, coverage, losses, top addresses, lists, health. */
import type { Direction, ProtocolClass, Verdict } from './slot.ts'

export interface Status {
  timeMs: number
  /** Since start, over leaf interfaces (each packet of the host once). Dropped packets are in action DROP. */
  totals: {
    protocol: ProtocolClass
    direction: Direction
    action: Verdict
    packets: number
    bytes: number
  }[]
  /** Averages over the last 60 s (or since start if shorter), host totals. */
  packetsPerSecond: number
  bytesPerSecond: number
  /** Over the last second; points of the traffic chart. */
  lastSecond: {
    rxBytes: number
    txBytes: number
    rxPackets: number
    txPackets: number
    droppedPackets: number
  }
  /** Distinct source addresses in the last 60 s; `activeIpsAtLeast` true when the table was full. */
  activeIps: number
  activeIpsAtLeast: boolean
  activeFlows: number
  /** Per source address over the last 60 s, the top by packets. */
  topIps: IpActivity[]
  interfaces: InterfaceStatus[]
  coverage: Coverage
  flowTable: { used: number; capacity: number; overflowPackets: number; overflowBytes: number }
  /** TCP sockets of this host since start, all network namespaces; absent where no program sees sockets. */
  tcp?: TcpTotals
  /** Round trip times of TCP sockets since start, by class of peer. */
  rtt: RttHistogram[]
  /** Packets that the kernel dropped, our lists apart, since start by interface and reason; absent without tracing. */
  drops?: DropTotal[]
  /** DNS servers that answered here, the busiest. */
  dns: DnsServer[]
  /** Entries of the socket table. */
  sockets: { used: number; capacity: number; overflow: number }
  /**
   * Packets handed to the decoders (DNS, TLS, ARP …): sent by the kernel; over the limit; lost, because the ring was
   * full or because what was read of them could not be handed to the server.
   */
  observations: { sent: number; skipped: number; lost: number }
  events: { watched: boolean; sent: number; skipped: number; lost: number }
  lists: Record<'allow' | 'deny', { entries: number; capacity: number }>
  /** Limits of rate in force, and what they dropped since start; absent where there can be none. */
  limits?: { entries: number; capacity: number; droppedPackets: number; droppedBytes: number }
  /** The last packets, kept before anybody asks; absent where there is no capture ring. */
  captureRing?: CaptureRingStatus
  /** What must never be cut off from this host: the agent pins it above every deny entry. */
  lifelines?: Lifelines
  /** `isExtra`: without it nothing is degraded. */
  capabilities: { name: string; ok: boolean; reason?: string; isExtra?: boolean }[]
  /** Every reason why something is not as it should be, in words for people; empty = healthy. */
  degraded: string[]
  agent: {
    rssBytes: number
    cpuSeconds: number
    uplinkDroppedRecords: number
    uplinkQueuedBytes: number
  }
  /** Kernel program run time (only with kernel.bpf_stats_enabled). */
  programs: { name: string; runs: number; runNs: number }[]
}

export interface CaptureRingStatus {
  /** Of memory. */
  bytes: number
  /** Bytes that are kept of a packet. */
  snapLength: number
  /** That it holds now. */
  packets: number
  /** Milliseconds since 1970 when the oldest one came. */
  sinceMs: number
  /** Packets since start that found no room on their way to it. */
  lostPackets: number
}

/** At most 64 addresses of each kind, in canonical text. */
export interface Lifelines {
  /** Peers of connections to the configured SSH ports that are signed in, and of those of which that cannot be told. */
  sshPeers: string[]
  /** Further ones that may be signed in: it is not known yet. Absent from older agents. */
  sshUnsure?: string[]
  own: string[]
  gateways: string[]
  dnsServers: string[]
  /** The server as the agent reaches it; empty over a Unix socket. */
  servers: string[]
  /** Further addresses that the server had pinned. */
  pinned: number
  /** What could not be read, in words for people. */
  problems: string[]
}

/** Sums over all sockets since start; payload bytes, segments. */
export interface TcpTotals {
  sentBytes: number
  receivedBytes: number
  /** Segments sent again, and how many times that happened (one event may be many segments). */
  retransmits: number
  retransmitEvents: number
  rttSamples: number
  /** Packets that the kernel dropped, by tracing; absent without it. */
  drops?: number
  connects: number
  accepts: number
  refused: number
  timedOut: number
  /** Sockets that are established now. */
  established: number
}

export interface DropTotal {
  /** Empty where it is not known. */
  interface: string
  /** The kernel's name for it, such as QDISC_DROP. */
  reason: string
  packets: number
  bytes: number
}

export const PEER_CLASSES = ['loopback', 'link-local', 'private', 'public'] as const
export type PeerClass = (typeof PEER_CLASSES)[number]

/** Bucket i counts samples below (4 + i % 4) * 2^(floor(i / 4) - 2) + its width microseconds (core/src/rtt-bucket.ts). */
export interface RttHistogram {
  peer: PeerClass
  counts: number[]
  sumUs: number
}

/** What a DNS server answered to this host and those behind it. */
export interface DnsServer {
  server: string
  queries: number
  answers: number
  unanswered: number
  /** Answers by name of the return code: NOERROR, NXDOMAIN … */
  rcodes: Record<string, number>
  latencySumMs: number
}

export interface IpActivity {
  ip: string
  packetsPerSecond: number
  bytesPerSecond: number
  /** Distinct destination ports it sent to. */
  uniqueDstPorts: number
  synCount: number
  synAckCount: number
}

export interface InterfaceStatus {
  name: string
  ifindex: number
  kind: string
  attached?: string
  reason?: string
  leaf: boolean
  rxBytesPerSecond: number
  txBytesPerSecond: number
  coverage?: Coverage
}

/** Reconciliation of our counts with the interface counters since attach, every 10 s. */
export interface Coverage {
  /** Counted / expected, 0 to 1; undefined before the first reconciliation or without traffic. */
  packets?: number
  bytes?: number
  /** What the flow entries do not hold, by cause. */
  missing: {
    cause: 'table full' | 'not IP' | 'malformed' | 'unexplained'
    packets: number
    bytes: number
  }[]
}
