/** Which records a question is about, as SQL of each segment that may hold some. */
import type { DuckDBValue } from '@duckdb/node-api'
import { sqlOf } from '@netscope/core/query/sql.ts'
import type { Query } from '@netscope/core/query/query.ts'
import { columnSql, LAST_US } from './column-sql.ts'
import type { Engine } from './engine.ts'
import type { Segment } from './segment.ts'
import type { Segments } from './segments.ts'

export interface HistorySource {
  engine: Engine
  segments: Segments
  /** Milliseconds since 1970. */
  now(): number
}

export interface RangeRequest {
  query?: Query
  fromMs: number
  toMs: number
}

export interface Selection {
  segments: readonly Segment[]
  /** What follows FROM for the records of a segment. */
  from(segment: Segment): string
  parameters: DuckDBValue[]
}

const SECOND_MS = 1000

/** Whole seconds are compared alone, so that the engine can skip by them; the rest of a range exactly. */
const timeConditions = ({ fromMs, toMs }: RangeRequest): string[] => {
  const conditions = [
    `f."second" >= ${Math.max(0, Math.floor(fromMs / SECOND_MS))}`,
    `f."second" < ${Math.max(0, Math.ceil(toMs / SECOND_MS))}`,
  ]
  if (fromMs % SECOND_MS !== 0) conditions.push(`${LAST_US} >= ${Math.ceil(fromMs * 1000)}`)
  if (toMs % SECOND_MS !== 0) conditions.push(`${LAST_US} < ${Math.ceil(toMs * 1000)}`)
  return conditions
}

export const select = ({ segments, now }: HistorySource, request: RangeRequest): Selection => {
  const { query, fromMs, toMs } = request
  const inRange = segments.all.filter(
    ({ rows, firstSecond, lastSecond }) =>
      rows > 0 && lastSecond * SECOND_MS >= fromMs - SECOND_MS && firstSecond * SECOND_MS < toMs,
  )
  const time = timeConditions(request)
  const nowMs = now()
  const whereOf = ({ catalog }: Segment) =>
    query && sqlOf(query, (name) => columnSql(name, catalog), nowMs)
  const [some] = segments.all
  return {
    segments: inRange,
    from(segment) {
      const conditions = [...time, ...(query ? [whereOf(segment)!.sql] : [])]
      return `${segment.catalog}.flows f WHERE ${conditions.join(' AND ')}`
    },
    parameters: (some && whereOf(some)?.parameters) ?? [],
  }
}
