/** Commands with which an agent answers an attack, besides the lists: their arguments and results. */

/** Which connections `terminate` ends: all given ones must hold. */
export interface Termination {
  /** Address or CIDR prefix in canonical text, of either end. */
  prefix: string
  /** Of either end. */
  port?: number
  /** 6 TCP, 17 UDP (connected sockets); absent: both. */
  protocol?: 6 | 17
}

/** What `terminate` answers. */
export interface Terminated {
  /** Sockets that the kernel has ended: of this host, in the agent's network namespace. */
  ended: number
  /** Sockets that it has not, by reason in words for people. */
  failed: { reason: string; count: number }[]
  /** Connections that pass through this host, which has no socket of theirs. */
  forwarded: {
    /** Established ones that are seen now. */
    connections: number
    /** What becomes of them, in words for people. */
    fate: string
  }
}

export type LimitKind = 'syn' | 'all'

/** A token bucket for every source in the prefix: IPv4 by address, IPv6 by /64; each interface by itself. */
export interface Limit {
  /** Address or CIDR prefix in canonical text; the longest that holds a source counts. */
  prefix: string
  /** Above it packets are dropped: 1 to 1,000,000. */
  packetsPerSecond: number
  /** Packets that may come at once: 1 to 1,000,000. */
  burst: number
  /** `syn`: only SYN without ACK. */
  kind: LimitKind
  reason: string
  origin: string
  author: string
  createdAtMs: number
  /** 0: never */
  expiresAtMs: number
}

export type NewLimit = Omit<Limit, 'createdAtMs'>

/** A limit in force, with what it dropped since it was added or the agent began, by the kernel's counters. */
export interface LimitState extends Limit {
  droppedPackets: number
  droppedBytes: number
}

/** What passed and was dropped of the packets to and from a prefix, by the kernel's counters. */
export interface Verification {
  prefix: string
  /** From when on: when its entry came into force if the agent still knows, else when it was first asked for. */
  sinceMs: number
  nowMs: number
  /** Flows of the prefix that were seen since. */
  flows: number
  passedPackets: number
  passedBytes: number
  droppedPackets: number
  droppedBytes: number
  /** Passed at ports that are never dropped; older agents don't count them. */
  sshPackets?: number
  /** Packets since then that found no room in the flow table: whose they were nobody knows. */
  unattributedPackets: number
}

/** Addresses that no deny entry and no limit may reach. */
export interface PinnedAddress {
  /** Address or CIDR prefix in canonical text. */
  prefix: string
  /** Why, in words for people. */
  why: string
}

/** Pinned addresses and limits that an agent takes. */
export const MAX_PINNED = 4096
export const MAX_LIMITS = 4096

/** Results: terminate Terminated · limit.add { added } · limit.remove { removed } · limit.get { limits: LimitState[] } · verify Verification · pin.set {} */
export type ResponseCommand =
  | ({ id: number; name: 'terminate' } & Termination)
  | { id: number; name: 'limit.add'; limits: NewLimit[] }
  | { id: number; name: 'limit.remove'; prefixes: string[] }
  | { id: number; name: 'limit.get' }
  | { id: number; name: 'verify'; prefix: string }
  /**
   * All pinned addresses: those not named are pinned no more. Besides, an agent pins what it reports as `lifelines`, but for
   * those in the prefixes of `except`, which an admin insists on blocking; its own addresses and gateways stay pinned.
   */
  | { id: number; name: 'pin.set'; pinned: PinnedAddress[]; except?: string[] }
