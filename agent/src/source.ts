/** What stands at the kernel's place: `ebpf` and `mock` offer this, the rest is the same code. */
import type { PacketTap } from './capture/packet-tap.ts'
import type { TraceRows } from './kernel/tracing/trace-tables.ts'
import type { DiagMessage } from './sockets/diag-row.ts'
import type { Direction, HookCounters } from '@netscope/core/slot.ts'
import type { RttHistogram } from '@netscope/core/status.ts'

/** The flow entries, in place: memory that the counting program writes and we read. */
export interface FlowTable {
  /** Number of entries that exist. */
  readonly capacity: number
  /** capacity × SLOT_BYTES bytes, live; see core/src/slot.ts for the layout and handedOut for the limit. */
  readonly slots: Uint8Array
  /** capacity × OWNER_BYTES bytes, live, with the limit of slots: the sockets of the senders. */
  readonly owners: Uint8Array
  /**
   * Only slots [0, handedOut) have ever been in use, and only their bytes may be touched; at most
   * `capacity`. Recycled slots are used before fresh ones, so this is the most that were in use at once.
   */
  handedOut(): number
  /** Removes `count` keys (KEY_BYTES each, one after the other) from the look-up table; unknown ones are ignored. */
  remove(keys: Uint8Array, count: number): void
  /** Gives back slots that the caller has zeroed, at the earliest one tick after `remove`. */
  recycle(slots: Uint32Array, count: number): void
}

export type ListName = 'allow' | 'deny'

/** The kernel's lists. Prefixes are PREFIX_BYTES each: u32 length in bits (IPv4 from 96), 16 address bytes. */
export interface ListTable {
  /** Adds prefixes and returns when the next packet will be judged by them. Throws when they do not fit. */
  add(list: ListName, prefixes: Uint8Array, count: number): void
  remove(list: ListName, prefixes: Uint8Array, count: number): void
  /** Number of entries that fit in each list. */
  readonly capacity: number
}

/** A limit of rate in the kernel's terms (bpf/limit.h). */
export interface KernelLimit {
  nsPerPacket: number
  burstNs: number
  kind: 'syn' | 'all'
}

/** What the kernel does about attacks besides the lists. Prefixes are PREFIX_BYTES; changes are in force at once. */
export interface ResponseTable {
  /** Limits that fit. */
  readonly limitCapacity: number
  /** Adds or replaces; its sources begin with full buckets. */
  setLimit(prefix: Uint8Array, limit: KernelLimit): void
  removeLimit(prefix: Uint8Array): void
  /** What the limit of this prefix has dropped. */
  limitDrops(prefix: Uint8Array): Traffic
  /** Pinned prefixes that fit. */
  readonly pinCapacity: number
  /** `count` prefixes, one after the other, that no deny entry and no limit reaches. */
  pin(prefixes: Uint8Array, count: number): void
  unpin(prefixes: Uint8Array, count: number): void
  /** Whether senders are told that established TCP connections are dropped. */
  setResets(on: boolean): void
}

export interface EventCounts {
  sent: number
  skipped: number
  lost: number
}

/** Packet events: produced only while watched. */
export interface EventRing {
  watch(on: boolean, eventsPerSecond: number): void
  /** Calls `on` with whole records (EVENT_BYTES each), valid only during the call; returns their number. */
  drain(on: (records: Uint8Array, count: number) => void): number
  counts(): EventCounts
}

/** Frames to be decoded (bpf/observe.h), always produced unless switched off. */
export interface ObservationRing {
  /**
   * Which frames are handed over from now on, in flows that begin from now on. `maxPerSecond` of each kind; 0: none.
   * `hopsPerSecond`: samples of the stations between which new flows go; without it there are none.
   */
  observe(settings: { maxPerSecond: number; http: boolean; hopsPerSecond?: number }): void
  /**
   * Calls `on` with one record after the other (OBSERVATION in core/src/slot.ts, and the frame), valid only during the
   * call; returns their number.
   */
  drain(on: (record: Uint8Array) => void): number
  counts(): EventCounts
}

/** One interface as the operating system sees it. Counters are those of /sys/class/net/NAME/statistics. */
export interface Interface {
  ifindex: number
  name: string
  kind: 'physical' | 'loopback' | 'veth' | 'bridge' | 'bond' | 'vlan' | 'tunnel' | 'tun' | 'other'
  /** How we count there; undefined with `reason` when we don't. */
  attached?: 'tcx' | 'clsact' | 'mock'
  reason?: string
  /** Whether its flows belong to the host's totals: a bridge's or a tunnel's packets pass a leaf too. */
  leaf: boolean
  /** Interface counters when we attached, and now. */
  before: InterfaceCounters
  now: InterfaceCounters
}

export interface InterfaceCounters {
  rxPackets: number
  rxBytes: number
  txPackets: number
  txBytes: number
}

/** A kernel capability that was probed at start. */
export interface Capability {
  name: string
  ok: boolean
  /** Why not, and what would make it work. */
  reason?: string
  /** All that users were promised works without it. */
  isExtra?: true
}

export interface Traffic {
  packets: number
  bytes: number
}

/** The sockets of this host, in place: memory that the socket programs write and we read. */
export interface SocketTable {
  readonly capacity: number
  /** capacity × SOCKET_BYTES bytes, live; see agent/src/sockets/socket-slot.ts. Only those below handedOut may be touched. */
  readonly slots: Uint8Array
  handedOut(): number
  /** Gives back slots of closed sockets that the caller has zeroed. */
  recycle(slots: Uint32Array, count: number): void
  /** Sockets that found no slot, since start. */
  overflow(): number
  /** Round trip times since start, by class of peer; classes without samples are left out. */
  rtt(): RttHistogram[]
}

/** The sockets of this network namespace by NETLINK_SOCK_DIAG. */
export interface SocketEnder {
  /** Connected sockets, 6 TCP or 17 UDP, as the caller's filter picks them while they are visited. */
  find(protocol: number, wants: (socket: DiagMessage) => boolean): DiagSocket[]
  /** Ends one; returns 0, or the negative errno. */
  end(socket: DiagSocket): number
  /** Established TCP connections at this local port. */
  peersAt(port: number): Peer[]
}

/** A connection by its other end. */
export interface Peer {
  /** 16 bytes. */
  address: Uint8Array
  /** Of the socket, its two halves. */
  cookie: readonly [low: number, high: number]
  /** Its program has it; false: it waits in the listener's queue. */
  isAccepted: boolean
}

/** What names a socket for the kernel. */
export interface DiagSocket {
  family: number
  protocol: number
  /** struct inet_diag_sockid */
  id: Uint8Array
}

export interface Source {
  readonly name: 'ebpf' | 'mock'
  readonly table: FlowTable
  readonly lists: ListTable
  /** Absent where nothing is judged. */
  readonly response?: ResponseTable
  readonly events: EventRing
  readonly observations: ObservationRing
  /** Copies whole packets; absent where there are none. */
  readonly packets?: PacketTap
  /** Our network namespace: its cookie, as in `struct socket_owner`, and its inode; 0 where it is not known. */
  readonly netns?: { cookie: bigint; inode: number }
  /** Absent where no program sees sockets: captures, the mock network, a kernel that refuses the programs. */
  readonly sockets?: SocketTable
  /** Visits every TCP socket of this network namespace, those that are older than the programs included. */
  dumpTcpSockets?(visit: (socket: DiagMessage) => void): void
  /** Ends sockets and tells whose connections are SSH's; absent where there are no sockets. */
  readonly socketEnder?: SocketEnder
  /** What tracing saw since the last read; absent where the kernel allows none. */
  readonly readTraces?: (() => TraceRows) | undefined
  capabilities(): Capability[]
  interfaces(): Interface[]
  /** Everything that flow entries don't tell, per interface and direction, summed over CPUs. */
  hookCounters(): { ifindex: number; direction: Direction; counters: HookCounters }[]
  /** Packets without an entry; index = (direction * 4 + verdict) * 5 + protocol class. */
  overflow(): Traffic[]
  /** Nanoseconds of the clock that stamps slots and events. */
  nowNs(): number
  /** Milliseconds since 1970 when that clock was 0; re-measured every few seconds. */
  wallOffsetMs(): number
  start(): Promise<void>
  /** Detaches and frees everything; `table.slots` must not be touched afterwards. */
  stop(): Promise<void>
}
