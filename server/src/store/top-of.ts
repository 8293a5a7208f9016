/** The heaviest keys of a field: summed up in each segment, then over all of them. */
import type { Top, TopRequest } from './flow-store.ts'
import { createKeyOf, fieldsOfGroup, groupColumn } from './group-column.ts'
import { MEASURE_SQL } from './measure-sql.ts'
import type { Segment } from './segment.ts'
import { select } from './selection.ts'
import type { HistorySource, Selection } from './selection.ts'

const SUMS = ['bytes', 'packets', 'flows'] as const

const ofSegment = (segment: Segment, selection: Selection, request: TopRequest): string[] => {
  const sums = [...SUMS, request.measure].map(
    (measure, index) => `sum(${MEASURE_SQL[measure](segment.catalog)}) AS "m${index}"`,
  )
  return fieldsOfGroup(request.by).map(([field, condition]) => {
    const { raw, shared } = groupColumn(field, segment)
    const groups =
      `SELECT ${raw}, ${sums.join(', ')} ` +
      `FROM ${selection.from(segment)} AND ${condition} GROUP BY ALL`
    return `SELECT ${shared}, g."m0", g."m1", g."m2", g."m3" FROM (${groups}) g`
  })
}

export const topOf = async (source: HistorySource, request: TopRequest): Promise<Top> => {
  const keyOf = createKeyOf(request.by)
  const selection = select(source, request)
  const [first] = selection.segments
  if (!first) return { rows: [] }
  const { keys } = groupColumn(fieldsOfGroup(request.by)[0]![0], first)
  const parts = selection.segments.flatMap((segment) => ofSegment(segment, selection, request))
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
