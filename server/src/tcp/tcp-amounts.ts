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

/** Where the sides' amounts lie, and which of AMOUNTS each adds to. Of drops there is one for both sides. */
const SIDES = [
  { offset: ENRICHMENT.sentBytes, amount: 0, bytes: 8 },
  { offset: ENRICHMENT.sentBytes + 8, amount: 0, bytes: 8 },
  { offset: ENRICHMENT.receivedBytes, amount: 1, bytes: 8 },
  { offset: ENRICHMENT.receivedBytes + 8, amount: 1, bytes: 8 },
  { offset: ENRICHMENT.retransmits, amount: 2, bytes: 4 },
  { offset: ENRICHMENT.retransmits + 4, amount: 2, bytes: 4 },
  { offset: ENRICHMENT.rttSamples, amount: 3, bytes: 4 },
  { offset: ENRICHMENT.rttSamples + 4, amount: 3, bytes: 4 },
  { offset: ENRICHMENT.drops, amount: 4, bytes: 4 },
] as const

export const SIDE_AMOUNTS = SIDES.length
/** Index into AMOUNTS of each side's amount. */
export const AMOUNT_OF_SIDE: readonly number[] = SIDES.map(({ amount }) => amount)

/** Reads the amounts of the sides of the record at `at`; false when there are none. */
export const readSideAmounts = (view: DataView, at: number, into: number[]): boolean => {
  let any = false
  for (let i = 0; i < SIDES.length; i++) {
    const side = SIDES[i] as (typeof SIDES)[number]
    const from = at + RECORD_ENRICHMENT + side.offset
    const low = view.getUint32(from, true)
    const value = side.bytes === 8 ? low + view.getUint32(from + 4, true) * 4294967296 : low
    into[i] = value
    if (value !== 0) any = true
  }
  return any
}

/** The larger smoothed RTT of the two sides, microseconds; 0 unknown. */
export const readRttUs = (view: DataView, at: number): number => {
  const from = at + RECORD_ENRICHMENT + ENRICHMENT.srttUs
  return Math.max(view.getUint32(from, true), view.getUint32(from + 4, true))
}
