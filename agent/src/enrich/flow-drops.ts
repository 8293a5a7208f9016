/** Packets that the kernel dropped, by 5-tuple, until the flow that they belong to is reported; by tracing. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { FlowMemory } from '../flows/flow-memory.ts'
import { ENRICHMENT_WORDS, KEY_AT, PROTOCOL, WORDS } from '../flows/slot-words.ts'
import type { DropRow } from '../kernel/tracing/trace-rows.ts'

/** Tuples kept; the oldest go first. */
const MAX_TUPLES = 16_384
/** Flows live longer without a packet, but a drop without a report for so long is nobody's. */
const KEEP_TICKS = 600
/** First words of a key: addresses and ports. */
const ENDPOINT_WORDS = 9
const DROPS = ENRICHMENT.drops / 4
const REASON = ENRICHMENT.dropReason / 4

interface Dropped {
  packets: number
  byReason: Map<string, number>
  tick: number
}

export interface FlowDrops {
  /** Takes in what came since the last tick. */
  take(rows: readonly DropRow[]): void
  /** Writes the drops of the slot's flow into its enrichment. */
  enrich(slot: number): void
  /** The slot's flow has ended: the next one of its 5-tuple begins without drops. */
  forget(slot: number): void
}

export const createFlowDrops = (
  { slots, enrichment }: Pick<FlowMemory, 'slots' | 'enrichment'>,
  textId: (text: string) => number,
): FlowDrops => {
  const byTuple = new Map<string, Dropped>()
  const bytes = Buffer.from(slots.buffer, slots.byteOffset, slots.byteLength)
  let ticks = 0

  const forgetOld = (): void => {
    for (const [tuple, { tick }] of byTuple) {
      if (byTuple.size <= MAX_TUPLES && ticks - tick < KEEP_TICKS) return
      byTuple.delete(tuple)
    }
  }

  const keyOfSlot = (slot: number): string =>
    keyOf(bytes, 4 * (slot * WORDS + KEY_AT), slots[slot * WORDS + PROTOCOL]! & 0xff)

  return {
    take(rows) {
      ticks++
      for (const { tuple, packets, reason } of rows) {
        const key = keyOf(Buffer.from(tuple.endpoints), 0, tuple.protocol)
        const known = byTuple.get(key) ?? { packets: 0, byReason: new Map(), tick: 0 }
        known.packets += packets
        known.byReason.set(reason, (known.byReason.get(reason) ?? 0) + packets)
        known.tick = ticks
        // Those without a drop for the longest time come first.
        byTuple.delete(key)
        byTuple.set(key, known)
      }
      forgetOld()
    },
    enrich(slot) {
      if (byTuple.size === 0) return
      const dropped = byTuple.get(keyOfSlot(slot))
      if (!dropped) return
      enrichment[slot * ENRICHMENT_WORDS + DROPS] = dropped.packets
      enrichment[slot * ENRICHMENT_WORDS + REASON] = textId(mostOften(dropped.byReason))
    },
    forget(slot) {
      if (byTuple.size > 0) byTuple.delete(keyOfSlot(slot))
    },
  }
}

/** A duplicate that a loss has led to is dropped as well: what happened more often says more. */
const mostOften = (byReason: ReadonlyMap<string, number>): string =>
  [...byReason].reduce((a, b) => (b[1] > a[1] ? b : a))[0]

const keyOf = (bytes: Buffer, at: number, protocol: number): string =>
  `${protocol} ${bytes.toString('latin1', at, at + 4 * ENDPOINT_WORDS)}`
