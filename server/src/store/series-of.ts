/** Amounts over time, of everything or of the heaviest keys of a field. */
import type { GroupKey, Series, SeriesRequest } from './flow-store.ts'
import { createKeyOf, fieldsOfGroup, groupColumn } from './group-column.ts'
import { measureSql } from './roll-ups.ts'
import { select } from './selection.ts'
import type { HistorySource, SelectedRows } from './selection.ts'
import { topOf } from './top-of.ts'

interface Steps {
  startSecond: number
  stepSeconds: number
  count: number
}

const stepsOf = ({ fromMs, toMs, stepMs }: SeriesRequest): Steps => {
  const stepSeconds = Math.max(1, Math.round(stepMs / 1000))
  const startSecond = Math.floor(fromMs / 1000 / stepSeconds) * stepSeconds
  const count = Math.max(0, Math.ceil((toMs / 1000 - startSecond) / stepSeconds))
  return { startSecond, stepSeconds, count }
}

const stepSql = ({ startSecond, stepSeconds }: Steps): string =>
  `(f."second" - ${startSecond}) // ${stepSeconds}`

const ofPart = (
  { segment, rollUp, from }: SelectedRows,
  { by, measure }: SeriesRequest,
  steps: Steps,
): string[] => {
  const value = `sum(${measureSql(measure, segment.catalog, rollUp)}) AS "value"`
  if (by === undefined) {
    return [`SELECT ${stepSql(steps)} AS "step", ${value} FROM ${from} GROUP BY ALL`]
  }
  return fieldsOfGroup(by).map(([field, condition]) => {
    const { raw, shared } = groupColumn(field, segment)
    const groups =
      `SELECT ${stepSql(steps)} AS "step", ${raw}, ${value} ` +
      `FROM ${from} AND ${condition} GROUP BY ALL`
    return `SELECT g."step", ${shared}, g."value" FROM (${groups}) g`
  })
}

export const seriesOf = async (source: HistorySource, request: SeriesRequest): Promise<Series> => {
  const steps = stepsOf(request)
  const base = { startMs: steps.startSecond * 1000, stepMs: steps.stepSeconds * 1000 }
  const { by } = request
  const fields = by ? fieldsOfGroup(by).map(([field]) => field) : []
  const selection = select(source, request, { fields, stepSeconds: steps.stepSeconds })
  const [first] = selection.parts
  const top = by === undefined ? undefined : await topOf(source, { ...request, by })
  const lines = new Map<GroupKey | undefined, number[]>()
  const line = (key: GroupKey | undefined): number[] => {
    const known = lines.get(key) ?? Array.from({ length: steps.count }, () => 0)
    lines.set(key, known)
    return known
  }
  for (const { key } of top?.rows ?? []) line(key)
  if (!by) line(undefined)
  if (!first) return { ...base, lines: named(lines) }
  const keyOf = by && createKeyOf(by)
  const keys = by ? `, ${groupColumn(fields[0]!, first.segment).keys}` : ''
  const parts = selection.parts.flatMap((part) => ofPart(part, request, steps))
  const rows = await source.engine.read(
    `SELECT "step"${keys}, sum("value") AS "value" FROM (${parts.join(' UNION ALL ')}) GROUP BY ALL`,
    selection.parameters,
  )
  for (const row of rows) {
    const key = keyOf?.(row)
    const values = key === undefined || !lines.has(key) ? line(undefined) : line(key)
    const step = Number(row['step'])
    values[step] = (values[step] ?? 0) + Number(row['value'])
  }
  return { ...base, lines: named(lines) }
}

const named = (lines: ReadonlyMap<GroupKey | undefined, number[]>): Series['lines'] =>
  [...lines].map(([key, values]) => ({ ...(key !== undefined && { key }), values }))
