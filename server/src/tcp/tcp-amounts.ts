/** What is counted of a TCP connection, and how it lies in a flow record. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { RECORD_ENRICHMENT } from '@netscope/core/flow-record.ts'
import type { TcpTotals } from '@netscope/core/status.ts'

export const AMOUNTS = ['sentBytes', 'receivedBytes', 'retransmits', 'rttSamples', 'drops'] as const
export type Amount = (typeof AMOUNTS)[number]
/** One number for each of AMOUNTS. */
export type Amounts = number[]

export const noAmounts = (): Amounts => AMOUNTS.map(() => 0)

/** Totals of the host in the order of AMOUNTS; undefined where nobody counts it. */
export const totalsOf = (tcp: TcpTotals): (number | undefined)[] => AMOUNTS.map((name) => tcp[name])

/** Where the amounts of both sides lie; of drops there is one for both. The first ones are u64, the others u32. */
const OFFSETS: readonly number[] = [
  ENRICHMENT.sentBytes,
  ENRICHMENT.sentBytes + 8,
  ENRICHMENT.receivedBytes,
  ENRICHMENT.receivedBytes + 8,
  ENRICHMENT.retransmits,
  ENRICHMENT.retransmits + 4,
  ENRICHMENT.rttSamples,
  ENRICHMENT.rttSamples + 4,
  ENRICHMENT.drops,
]
const WIDE_SIDES = 4
export const SIDE_AMOUNTS = 9
/** Index into AMOUNTS of each side's amount. */
export const AMOUNT_OF_SIDE: readonly number[] = [0, 0, 1, 1, 2, 2, 3, 3, 4]

/** Reads the amounts of the sides of the record at `at`; false when there are none. */
export const readSideAmounts = (view: DataView, at: number, into: Float64Array): boolean => {
  const from = at + RECORD_ENRICHMENT
  let sum = 0
  for (let side = 0; side < SIDE_AMOUNTS; side++) {
    const offset = from + (OFFSETS[side] as number)
    let value = view.getUint32(offset, true)
    if (side < WIDE_SIDES) value += view.getUint32(offset + 4, true) * 4294967296
    into[side] = value
    sum += value
  }
  return sum > 0
}

/** The larger smoothed RTT of the two sides, microseconds; 0 unknown. */
export const readRttUs = (view: DataView, at: number): number => {
  const from = at + RECORD_ENRICHMENT + ENRICHMENT.srttUs
  return Math.max(view.getUint32(from, true), view.getUint32(from + 4, true))
}
