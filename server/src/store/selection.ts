/** Which rows a question is about, as SQL of each segment that may hold some. */
import type { DuckDBValue } from '@duckdb/node-api'
import { sqlOf } from '@netscope/core/query/sql.ts'
import type { Query } from '@netscope/core/query/query.ts'
import { columnSql, LAST_US } from './column-sql.ts'
import type { Engine } from './engine.ts'
import { fieldsIn, rollUpFor } from './roll-ups.ts'
import type { RollUp } from './roll-ups.ts'
import type { Segment } from './segment.ts'
import type { Segments } from './segments.ts'

export interface HistorySource {
  engine: Engine
  segments: Pick<Segments, 'all'>
  /** Milliseconds since 1970. */
  now(): number
}

export interface RangeRequest {
  query?: Query
  fromMs: number
  toMs: number
}

/** Rows of one table. */
export interface SelectedRows {
  segment: Segment
  /** undefined: the records themselves. */
  rollUp: RollUp | undefined
  /** What follows FROM; the row is `f`. */
  from: string
}

export interface Selection {
  parts: readonly SelectedRows[]
  parameters: DuckDBValue[]
}

/** Only for sums: what else is asked for, so that a roll-up may stand for the records. */
export interface SumOf {
  fields: readonly string[]
  /** Seconds of a step of a series; its first one starts at a multiple of it. */
  stepSeconds?: number
}

const SECOND_MS = 1000

/** Whole seconds are compared alone, so that the engine can skip by them; the rest of a range exactly. */
const timeConditions = (fromMs: number, toMs: number): string[] => {
  const conditions = [
    `f."second" >= ${Math.max(0, Math.floor(fromMs / SECOND_MS))}`,
    `f."second" < ${Math.max(0, Math.ceil(toMs / SECOND_MS))}`,
  ]
  if (fromMs % SECOND_MS !== 0) conditions.push(`${LAST_US} >= ${Math.ceil(fromMs * 1000)}`)
  if (toMs % SECOND_MS !== 0) conditions.push(`${LAST_US} < ${Math.ceil(toMs * 1000)}`)
  return conditions
}

interface Stretch {
  rollUp: RollUp | undefined
  fromMs: number
  toMs: number
}

/** Whole steps of the roll-up, and what is left at both ends from the records. */
const stretches = ({ fromMs, toMs }: RangeRequest, rollUp: RollUp | undefined): Stretch[] => {
  const whole = [{ rollUp: undefined, fromMs, toMs }]
  if (!rollUp) return whole
  const stepMs = rollUp.seconds * SECOND_MS
  const first = Math.ceil(fromMs / stepMs) * stepMs
  const last = Math.floor(toMs / stepMs) * stepMs
  if (first >= last) return whole
  return [
    { rollUp: undefined, fromMs, toMs: first },
    { rollUp, fromMs: first, toMs: last },
    { rollUp: undefined, fromMs: last, toMs },
  ].filter((stretch) => stretch.fromMs < stretch.toMs)
}

const holdsSome = (
  { rows, firstSecond, lastSecond }: Segment,
  { fromMs, toMs }: Stretch,
): boolean => rows > 0 && (lastSecond + 1) * SECOND_MS > fromMs && firstSecond * SECOND_MS < toMs

export const select = (
  { segments, now }: HistorySource,
  request: RangeRequest,
  sum?: SumOf,
): Selection => {
  const { query } = request
  const nowMs = now()
  const fields = sum ? [...sum.fields, ...fieldsIn(query)] : []
  const ofSegment = (segment: Segment): SelectedRows[] => {
    const rollUp = sum && rollUpFor(segment, fields, sum.stepSeconds)
    return stretches(request, rollUp)
      .filter((stretch) => holdsSome(segment, stretch))
      .map((stretch) => {
        const conditions = timeConditions(stretch.fromMs, stretch.toMs)
        if (query) conditions.push(whereOf(query, segment, nowMs).sql)
        const table = `${segment.catalog}.${stretch.rollUp?.table ?? 'flows'}`
        const from = `${table} f WHERE ${conditions.join(' AND ')}`
        return { segment, rollUp: stretch.rollUp, from }
      })
  }
  const [some] = segments.all
  return {
    parts: segments.all.flatMap(ofSegment),
    parameters: query && some ? whereOf(query, some, nowMs).parameters : [],
  }
}

const whereOf = (query: Query, { catalog }: Segment, nowMs: number) =>
  sqlOf(query, (name) => columnSql(name, catalog), nowMs)
