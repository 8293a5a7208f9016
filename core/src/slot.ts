/** Layout of the kernel's binary contract (`bpf/flow.h`), in bytes; a test compares it through BTF. */

export const SLOT_BYTES = 192
export const KEY_BYTES = 48
export const EVENT_BYTES = 64
export const PREFIX_BYTES = 20
export const LIMIT_BYTES = 40

/** Offsets in `struct flow_slot`. A pair holds what the lower endpoint sent, then the higher one. */
export const SLOT = {
  packets: 0,
  bytes: 16,
  lastNs: 32,
  listGen: 48,
  verdict: 52,
  client: 53,
  path: 54,
  tcpFlags: 56,
  state: 58,
  observe: 59,
  index: 60,
  firstNs: 64,
  droppedPackets: 80,
  droppedBytes: 96,
  syn: 112,
  synAck: 120,
  fin: 128,
  rst: 136,
  key: 144,
} as const

/** `struct flow_owner`: two u64 cookies, of the sockets that the two sides send from. */
export const OWNER_BYTES = 16

/** Offsets in `struct flow_key`, from the start of the key. */
export const KEY = {
  loAddr: 0,
  hiAddr: 16,
  loPort: 32,
  hiPort: 34,
  vlan: 36,
  innerVlan: 38,
  ifindex: 40,
  protocol: 44,
  fragment: 45,
} as const

/** Offsets in `struct packet_event`. */
export const EVENT = {
  timeNs: 0,
  srcAddr: 8,
  dstAddr: 24,
  srcPort: 40,
  dstPort: 42,
  ifindex: 44,
  bytes: 48,
  packets: 52,
  vlan: 54,
  protocol: 56,
  verdict: 57,
  direction: 58,
  tcpFlags: 59,
} as const

/** Bytes of `struct observation`, behind which `captured` bytes of the frame lie. */
export const OBSERVATION_BYTES = 80

/** Offsets in `struct observation`. */
export const OBSERVATION = {
  timeNs: 0,
  slot: 8,
  frameBytes: 12,
  captured: 16,
  segments: 18,
  vlan: 20,
  kind: 22,
  direction: 23,
  linkHeaderBytes: 24,
  fromHi: 25,
  key: 28,
} as const

/** `enum observed_kind`: index = the kernel's number. */
export const OBSERVED_KINDS = [
  '',
  'dns',
  'names',
  'dhcp',
  'ndp',
  'arp',
  'tls',
  'quic',
  'http',
  'hop',
] as const
export type ObservedKind = (typeof OBSERVED_KINDS)[number]

/** Offsets in `struct observation_counters`. */
export const OBSERVATION_COUNTERS = { sent: 8, skipped: 16, lost: 24 } as const

/** Offsets in `struct control`. */
export const CONTROL = {
  listGen: 0,
  allowEntries: 4,
  denyEntries: 8,
  watch: 12,
  eventsPer10ms: 16,
  sshPorts: 20,
  quietPort: 36,
  observeHttp: 38,
  observePer10ms: 40,
  hopsPer10ms: 44,
  limitEntries: 48,
  pinnedEntries: 52,
  resets: 56,
  freeTail: 64,
  freeHead: 68,
  handedOut: 72,
} as const

/** Offsets in `struct limit`. */
export const LIMIT = {
  nsPerPacket: 0,
  burstNs: 8,
  droppedPackets: 16,
  droppedBytes: 24,
  id: 32,
  kind: 36,
} as const

/** `enum limit_kind`; index = the kernel's number. */
export const LIMIT_KINDS = ['', 'syn', 'all'] as const

/** `enum verdict`; the names are what users see. */
export const VERDICTS = ['PASS', 'DROP', 'SKIP', 'SSH'] as const
export type Verdict = (typeof VERDICTS)[number]

/** `enum direction`, seen from the host's interface (IPFIX element 61). */
export const DIRECTIONS = ['INGRESS', 'EGRESS'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** `enum protocol_class`: the values of the label `proto` of the totals. */
export const PROTOCOL_CLASSES = ['TCP', 'UDP', 'ICMP', 'ICMPv6', 'OTHER'] as const
export type ProtocolClass = (typeof PROTOCOL_CLASSES)[number]

export const SLOT_FREE = 0
export const SLOT_LIVE = 1
export const SLOT_ORPHAN = 2

export const PATH_SEEN = 1
export const PATH_EGRESS = 2
export const PATH_FORWARDED = 4
export const PATH_OWNED = 8
export const PATH_LIMITED = 16

/** The u64 counters of `struct hook_counters`, in order. */
export const HOOK_COUNTERS = [
  'notIpPackets',
  'notIpBytes',
  'malformedPackets',
  'malformedBytes',
  'overflowPackets',
  'overflowBytes',
  'hairpinPackets',
  'hairpinBytes',
  'droppedPackets',
  'droppedBytes',
  'segmentPackets',
  'segmentBytes',
  'linkBytes',
  'limitedPackets',
  'limitedBytes',
  'resetPackets',
] as const
export type HookCounters = Record<(typeof HOOK_COUNTERS)[number], number>
