/** Flows summed by the values of fields. */
import type { Column } from '../output/table.ts'
import { formatBytes, formatLatency } from '../output/units.ts'
import { fieldOf, type Field, type FlowRow } from './field.ts'

export interface Sum {
  /** Value of each field that is summed by. */
  by: Record<string, string | number>
  flows: number
  packets: number
  bytes: number
  retransmits: number
  /** By our lists and by the kernel. */
  drops: number
  /** Highest smoothed round trip time that a socket measures, 0 unknown. */
  maxRttMs: number
}

export interface Aggregate {
  add(flow: FlowRow): void
  /** Most bytes first. */
  sums(): Sum[]
  columns: Column<Sum>[]
}

const emptySum = (by: Sum['by']): Sum => ({
  by,
  flows: 0,
  packets: 0,
  bytes: 0,
  retransmits: 0,
  drops: 0,
  maxRttMs: 0,
})

const addTo = (sum: Sum, flow: FlowRow): void => {
  sum.flows++
  sum.packets += flow.srcPackets + flow.dstPackets
  sum.bytes += flow.srcBytes + flow.dstBytes
  sum.retransmits += flow.srcRetransmits + flow.dstRetransmits
  sum.drops += flow.srcDroppedPackets + flow.dstDroppedPackets + flow.kernelDrops
  sum.maxRttMs = Math.max(sum.maxRttMs, flow.srcRttMs, flow.dstRttMs)
}

/** A flow with several values, such as the processes of its two sides, counts for each of them. */
const distinct = (values: readonly (string | number)[]): (string | number)[] => {
  const known = values.filter((value) => value !== '' && value !== 0)
  return known.length === 0 ? [values[0] ?? ''] : [...new Set(known)]
}

const combinations = (fields: readonly Field[], flow: FlowRow): Sum['by'][] =>
  fields.reduce<Sum['by'][]>(
    (all, field) =>
      all.flatMap((by) =>
        distinct(field.values(flow)).map((value) => ({ ...by, [field.name]: value })),
      ),
    [{}],
  )

const sumColumns = (fields: readonly Field[]): Column<Sum>[] => [
  ...fields.map(({ name }): Column<Sum> => ({
    title: name,
    least: 12,
    text: ({ by }) => String(by[name] ?? '') || '-',
  })),
  { title: 'FLOWS', right: true, text: ({ flows }) => String(flows) },
  { title: 'PACKETS', right: true, dropOrder: 1, text: ({ packets }) => String(packets) },
  { title: 'BYTES', right: true, text: ({ bytes }) => formatBytes(bytes) },
  { title: 'RETRANS', right: true, dropOrder: 2, text: ({ retransmits }) => String(retransmits) },
  { title: 'DROPS', right: true, dropOrder: 3, text: ({ drops }) => String(drops) },
  {
    title: 'MAX RTT',
    right: true,
    dropOrder: 4,
    text: ({ maxRttMs }) => (maxRttMs > 0 ? formatLatency(maxRttMs) : ''),
  },
]

/** `list`: names of fields, separated by commas; throws `filter.invalid`. */
export const createAggregate = (list: string): Aggregate => {
  const fields = list.split(',').map((name) => fieldOf(name.trim(), '--aggregate-by'))
  const sums = new Map<string, Sum>()
  return {
    add(flow) {
      for (const by of combinations(fields, flow)) {
        const key = JSON.stringify(Object.values(by))
        const sum = sums.get(key) ?? emptySum(by)
        sums.set(key, sum)
        addTo(sum, flow)
      }
    },
    sums: () => [...sums.values()].toSorted((a, b) => b.bytes - a.bytes),
    columns: sumColumns(fields),
  }
}
