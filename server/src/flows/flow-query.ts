/** Filter, sort and page over flow records: only the page is decoded. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { decodeFlow } from '@netscope/core/flow.ts'
import type { Flow } from '@netscope/core/flow.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
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
  const order = sortedPage(found.count, query.offset, query.limit, found.compare)
  const flows: FlowRow[] = []
  for (const index of order) {
    const row = rowAt(sets[found.setOf[index] ?? 0], found.positions[index] ?? 0, query.test)
    if (row) flows.push(row)
  }
  return { total: found.count, flows }
}

interface Found {
  count: number
  setOf: Uint16Array
  positions: Uint32Array
  compare(a: number, b: number): number
}

/** 14 bytes per record, outside of the heap: a second's queries leave little to collect. */
const collect = async (
  sets: readonly RecordSet[],
  { test, key, descending }: FlowQuery,
): Promise<Found> => {
  const sizes = sets.map(({ size }) => size)
  const room = sizes.reduce((sum, size) => sum + size, 0)
  const setOf = new Uint16Array(room)
  const positions = new Uint32Array(room)
  const numbers = new Float64Array(key.type === 'number' ? room : 0)
  const texts: string[] = []
  let count = 0
  let sliceEnd = performance.now() + SLICE_MS
  for (const [index, set] of sets.entries()) {
    const size = sizes[index] ?? 0
    for (let position = 0; position < size; position++) {
      if (position % RECORDS_PER_LOOK === 0 && performance.now() > sliceEnd) {
        await nextTurn()
        sliceEnd = performance.now() + SLICE_MS
      }
      const reader = set.at(position)
      if (!reader || !test(reader)) continue
      setOf[count] = index
      positions[count] = position
      if (key.type === 'number') numbers[count] = key.read(reader)
      else texts.push(key.read(reader))
      count++
    }
  }
  const compare =
    key.type === 'number' ? compareBy(numbers, descending) : compareBy(texts, descending)
  return { count, setOf, positions, compare }
}

/** Equal keys keep the order in which they were found, so that pages do not overlap. */
const compareBy = (keys: ArrayLike<number | string>, descending: boolean) => {
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
