/**
 * What the tracker keeps per slot: 32 bytes beside the kernel's 192, one array, no object and no
 * allocation per flow.
 */
import type { FlowTable } from '../source.ts'
import { ENRICHMENT_WORDS, OWNER_WORDS, WORDS } from './slot-words.ts'

/** Words of a flow's state, and where they are. */
export const STATE = 8
/** Counted so far, one word per side: the low 32 bits. */
export const SEEN_PACKETS = 0
export const SEEN_BYTES = 2
/** Second at which the flow ends if it stays silent. */
export const EXPIRY = 4
/** Bits below, protocol class, and from BASE_SHIFT the first cell of the flow in the totals. */
export const META = 5
/** High words of SEEN_BYTES, 16 bits per side. */
export const SEEN_BYTES_HIGH = 6
/** Why it ended: index into ENDS. */
export const END = 7

/** META of a slot that is free, or taken by the kernel and not seen yet, is 0. */
export const LIVE = 1
/** Moved since its last report with rate 0: owes one more when it falls silent. */
export const RATED = 2
/** Key removed; waits for stragglers, then for the uplink to accept its last record. */
export const REMOVED = 4
/** Had the verdict DROP at least once. */
export const DROPS = 8
/** Not reported yet, or refused. */
export const DUE = 16
/** The condenser has not looked at it yet. */
export const FRESH = 32
/** The condenser has taken it: it is never reported, and summed up when it ends. */
export const TAKEN = 64
/** Protocol class (core/src/slot.ts), three bits. */
export const CLASS_SHIFT = 8
export const BASE_SHIFT = 16

export interface FlowMemory {
  readonly capacity: number
  /** The kernel's slots, WORDS each. */
  readonly slots: Uint32Array
  /** Sockets of the senders, OWNER_WORDS each. */
  readonly owners: Uint32Array
  /** What the agent adds, ENRICHMENT_WORDS each (core/src/enrichment.ts). */
  readonly enrichment: Uint32Array
  /** STATE words per slot. */
  readonly state: Uint32Array
  /** Dropped and counted as such so far, two per slot. */
  readonly droppedPackets: Float64Array
  readonly droppedBytes: Float64Array
}

/** State for `capacity` slots; untouched parts cost no memory. */
export const createFlowMemory = ({ capacity, slots, owners }: FlowTable): FlowMemory => ({
  capacity,
  slots: new Uint32Array(slots.buffer, slots.byteOffset, capacity * WORDS),
  owners: new Uint32Array(owners.buffer, owners.byteOffset, capacity * OWNER_WORDS),
  enrichment: new Uint32Array(capacity * ENRICHMENT_WORDS),
  state: new Uint32Array(capacity * STATE),
  droppedPackets: new Float64Array(2 * capacity),
  droppedBytes: new Float64Array(2 * capacity),
})

/** Protocol class of a flow, from its META. */
export const classOf = (meta: number): number => (meta >>> CLASS_SHIFT) & 7
