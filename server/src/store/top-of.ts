/** The heaviest keys of a field: summed up in each segment, then over all of them. */
import type { Top, TopRequest } from './flow-store.ts'
import { createKeyOf, fieldsOfGroup, groupColumn } from './group-column.ts'
import { measureSql } from './roll-ups.ts'
import { select } from './selection.ts'
import type { HistorySource, SelectedRows } from './selection.ts'

const SUMS = ['bytes', 'packets', 'flows'] as const

const ofPart = ({ segment, rollUp, from }: SelectedRows, request: TopRequest): string[] => {
  const sums = [...SUMS, request.measure].map(
    (measure, index) => `sum(${measureSql(measure, segment.catalog, rollUp)}) AS "m${index}"`,
  )
  return fieldsOfGroup(request.by).map(([field, condition]) => {
    const { raw, shared } = groupColumn(field, segment)
    const groups = `SELECT ${raw}, ${sums.join(', ')} FROM ${from} AND ${condition} GROUP BY ALL`
    return `SELECT ${shared}, g."m0", g."m1", g."m2", g."m3" FROM (${groups}) g`
  })
}

export const topOf = async (source: HistorySource, request: TopRequest): Promise<Top> => {
  const keyOf = createKeyOf(request.by)
  const fields = fieldsOfGroup(request.by).map(([field]) => field)
  const selection = select(source, request, { fields })
  const [first] = selection.parts
  if (!first) return { rows: [] }
  const { keys } = groupColumn(fields[0]!, first.segment)
  const parts = selection.parts.flatMap((part) => ofPart(part, request))
  const rows = await source.engine.read(
    `SELECT ${keys}, sum("m0") AS "bytes", sum("m1") AS "packets", sum("m2") AS "flows", sum("m3") AS "value" ` +
      `FROM (${parts.join(' UNION ALL ')}) GROUP BY ${keys} ` +
      `ORDER BY "value" DESC, ${keys} LIMIT ${Math.trunc(request.limit)}`,
    selection.parameters,
  )
  return {
    rows: rows.map((row) => ({
      key: keyOf(row),
      bytes: Number(row['bytes']),
      packets: Number(row['packets']),
      flows: Number(row['flows']),
      value: Number(row['value']),
    })),
  }
}
