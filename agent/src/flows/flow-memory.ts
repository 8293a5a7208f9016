/** What the tracker keeps per slot, as columns: no object and no allocation per flow. */
import { WORDS } from './slot-words.ts'

/** Bits of `phase`. A slot without bits is free, or taken by the kernel and not seen yet. */
export const LIVE = 1
/** Published with a rate above 0, or due again: owes one update when it falls silent. */
export const RATED = 2
/** Key removed; waits for stragglers, then for the uplink to accept its last record. */
export const REMOVED = 4
/** Had the verdict DROP at least once. */
export const DROPS = 8
/** Protocol class (core/src/slot.ts) in the bits above. */
export const CLASS_SHIFT = 4

export interface FlowMemory {
  readonly capacity: number
  /** The kernel's slots, WORDS each. */
  readonly slots: Uint32Array
  readonly phase: Uint8Array
  /** First cell of the flow in the totals, see totals.ts. */
  readonly base: Uint16Array
  /** Counted so far, two per slot; of packets the low 32 bits. */
  readonly packets: Uint32Array
  readonly bytes: Float64Array
  readonly droppedPackets: Float64Array
  readonly droppedBytes: Float64Array
  /** Second at which the flow ends if it stays silent. */
  readonly expiry: Uint32Array
  /** Second of the last record, 0 = due. */
  readonly published: Uint32Array
  /** Why it ended: index into ENDS. */
  readonly end: Uint8Array
}

/** Columns for `capacity` slots; untouched parts cost no memory. */
export const createFlowMemory = (capacity: number, slots: Uint8Array): FlowMemory => ({
  capacity,
  slots: new Uint32Array(slots.buffer, slots.byteOffset, capacity * WORDS),
  phase: new Uint8Array(capacity),
  base: new Uint16Array(capacity),
  packets: new Uint32Array(2 * capacity),
  bytes: new Float64Array(2 * capacity),
  droppedPackets: new Float64Array(2 * capacity),
  droppedBytes: new Float64Array(2 * capacity),
  expiry: new Uint32Array(capacity),
  published: new Uint32Array(capacity),
  end: new Uint8Array(capacity),
})
