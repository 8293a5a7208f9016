/** The heaviest keys of a field: summed up in each segment, then over all of them. */
import type { GroupName, StoredFieldName, Top, TopRequest } from './flow-store.ts'
import { groupColumn } from './group-column.ts'
import { MEASURE_SQL } from './measure-sql.ts'
import type { Segment } from './segment.ts'
import { select } from './selection.ts'
import type { HistorySource, Selection } from './selection.ts'

/** Fields that a group name stands for, each with what must hold for it. */
export const fieldsOfGroup = (by: GroupName): [field: StoredFieldName, condition: string][] =>
  by === 'ip'
    ? [
        ['src', 'TRUE'],
        ['dst', 'f."dst" <> f."src"'],
      ]
    : [[by, 'TRUE']]

const SUMS = ['bytes', 'packets', 'flows'] as const

const ofSegment = (segment: Segment, selection: Selection, request: TopRequest): string[] => {
  const sums = [...SUMS, request.measure].map(
    (measure, index) => `sum(${MEASURE_SQL[measure]}) AS "m${index}"`,
  )
  return fieldsOfGroup(request.by).map(([field, condition]) => {
    const { raw, shared } = groupColumn(field, segment)
    const groups =
      `SELECT ${raw} AS "raw", ${sums.join(', ')} ` +
      `FROM ${selection.from(segment)} AND ${condition} GROUP BY ALL`
    return `SELECT ${shared} AS "key", g."m0", g."m1", g."m2", g."m3" FROM (${groups}) g`
  })
}

export const topOf = async (source: HistorySource, request: TopRequest): Promise<Top> => {
  const selection = select(source, request)
  const [first] = selection.segments
  if (!first) return { rows: [] }
  const parts = selection.segments.flatMap((segment) => ofSegment(segment, selection, request))
  const rows = await source.engine.read(
    `SELECT "key", sum("m0") AS "bytes", sum("m1") AS "packets", sum("m2") AS "flows", sum("m3") AS "value" ` +
      `FROM (${parts.join(' UNION ALL ')}) GROUP BY "key" ` +
      `ORDER BY "value" DESC, "key" LIMIT ${Math.trunc(request.limit)}`,
    selection.parameters,
  )
  const { keyOf } = groupColumn(fieldsOfGroup(request.by)[0]![0], first)
  return {
    rows: rows.map(({ key, bytes, packets, flows, value }) => ({
      key: keyOf(key ?? null),
      bytes: Number(bytes),
      packets: Number(packets),
      flows: Number(flows),
      value: Number(value),
    })),
  }
}
