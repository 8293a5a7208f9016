/** Layout of `struct flow_slot` in 32-bit words, for reading the slots in place (little-endian). */
import { ENRICHMENT_BYTES } from '@netscope/core/enrichment.ts'
import { KEY, KEY_BYTES, OWNER_BYTES, SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'

export const WORDS = SLOT_BYTES / 4
export const OWNER_WORDS = OWNER_BYTES / 4
export const ENRICHMENT_WORDS = ENRICHMENT_BYTES / 4
export const KEY_WORDS = KEY_BYTES / 4
export const U32 = 4294967296

/** Pairs of u64: low word of index 0; +1 its high word, +2 the low word of index 1. */
export const PACKETS = SLOT.packets / 4
export const BYTES = SLOT.bytes / 4
export const DROPPED_PACKETS = SLOT.droppedPackets / 4
export const DROPPED_BYTES = SLOT.droppedBytes / 4

/** Verdict, client, path of lo, path of hi: one byte each. */
export const JUDGED = SLOT.verdict / 4
/** TCP flags of lo, of hi, state: one byte each. */
export const FLAGS = SLOT.tcpFlags / 4
export const STATE_SHIFT = 8 * (SLOT.state - SLOT.tcpFlags)
export const STATE_MASK = 0xff << STATE_SHIFT

/** Pairs of u32. */
export const SYN = SLOT.syn / 4
export const SYN_ACK = SLOT.synAck / 4
export const RST = SLOT.rst / 4

export const KEY_AT = SLOT.key / 4
export const LO_ADDRESS = KEY_AT + KEY.loAddr / 4
/** Port of lo in the low half, of hi in the high half. */
export const PORTS = KEY_AT + KEY.loPort / 4
export const IFINDEX = KEY_AT + KEY.ifindex / 4
/** Protocol in the lowest byte, `fragment` in the next. */
export const PROTOCOL = KEY_AT + KEY.protocol / 4

/** The u64 at word `at` of memory that others write: read again when its high word moved meanwhile. */
export const readU64 = (words: Uint32Array, at: number): number => {
  for (;;) {
    const high = words[at + 1]!
    const low = words[at]!
    if (words[at + 1] === high) return low + high * U32
  }
}
