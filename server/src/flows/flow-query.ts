/** Filter, sort and page over flow records: only the page is decoded. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { decodeFlow } from '@netscope/core/flow.ts'
import type { Flow, FlowReader } from '@netscope/core/flow.ts'
import type { FlowTest } from './flow-match.ts'
import { sortedPage } from './page.ts'
import type { RecordSet } from './record-set.ts'
import type { SortKey } from './sort-key.ts'

/** A flow as the API shows it. */
export interface FlowRow extends Flow {
  agent: string
  /** True when the agent is away, or has not confirmed the flow since it came back. */
  stale: boolean
}

export interface FlowPage {
  /** Number of matching flows. */
  total: number
  flows: FlowRow[]
}

export interface FlowQuery {
  test: FlowTest
  key: SortKey
  descending: boolean
  offset: number
  limit: number
}

/** Longest time that a query keeps the event loop to itself, ms. */
const SLICE_MS = 10
const RECORDS_PER_LOOK = 512

export const queryFlows = async (
  sets: readonly RecordSet[],
  query: FlowQuery,
): Promise<FlowPage> => {
  const found = await collect(sets, query)
  const order = sortedPage(found.positions.length, query.offset, query.limit, found.compare)
  const flows: FlowRow[] = []
  for (const index of order) {
    const row = rowAt(sets[found.setOf[index] ?? 0], found.positions[index] ?? 0, query.test)
    if (row) flows.push(row)
  }
  return { total: found.positions.length, flows }
}

interface Found {
  setOf: number[]
  positions: number[]
  compare(a: number, b: number): number
}

const collect = async (
  sets: readonly RecordSet[],
  { test, key, descending }: FlowQuery,
): Promise<Found> => {
  const setOf: number[] = []
  const positions: number[] = []
  const keys: (number | string)[] = []
  let sliceEnd = performance.now() + SLICE_MS
  for (const [index, set] of sets.entries()) {
    for (let position = 0; position < set.size; position++) {
      if (position % RECORDS_PER_LOOK === 0 && performance.now() > sliceEnd) {
        await nextTurn()
        sliceEnd = performance.now() + SLICE_MS
      }
      const reader = set.at(position)
      if (!reader || !test(reader)) continue
      setOf.push(index)
      positions.push(position)
      keys.push(key(reader))
    }
  }
  return { setOf, positions, compare: compareBy(keys, descending) }
}

/** Equal keys keep the order in which they were found, so that pages do not overlap. */
const compareBy = (keys: (number | string)[], descending: boolean) => {
  const sign = descending ? -1 : 1
  return (a: number, b: number): number => {
    const [x, y] = [keys[a] as number, keys[b] as number]
    return x < y ? -sign : x > y ? sign : a - b
  }
}

/** A record may have changed hands while the query gave way to others: it is tested again. */
const rowAt = (
  set: RecordSet | undefined,
  position: number,
  test: FlowTest,
): FlowRow | undefined => {
  const reader: FlowReader | undefined = set?.at(position)
  if (!set || !reader || !test(reader)) return undefined
  return { ...decodeFlow(reader), agent: reader.context.agent, stale: set.isStale(position) }
}
