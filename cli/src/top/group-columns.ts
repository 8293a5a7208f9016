/** Columns of `netscope top`. */
import type { Column } from '../output/table.ts'
import { formatLatency, formatRate } from '../output/units.ts'
import { GROUPINGS, type Group, type GroupBy } from './groups.ts'

export const groupColumns = (by: GroupBy): Column<Group>[] => [
  { title: GROUPINGS[by].title, least: 12, text: ({ label }) => label },
  { title: 'RATE IN', right: true, text: ({ inPerSecond }) => formatRate(inPerSecond) },
  { title: 'RATE OUT', right: true, text: ({ outPerSecond }) => formatRate(outPerSecond) },
  { title: 'PACKETS', right: true, dropOrder: 3, text: ({ packets }) => String(packets) },
  { title: 'FLOWS', right: true, text: ({ flows }) => String(flows) },
  { title: 'RETRANS', right: true, dropOrder: 1, text: ({ retransmits }) => String(retransmits) },
  {
    title: 'MAX RTT',
    right: true,
    dropOrder: 2,
    text: ({ maxRttMs }) => (maxRttMs > 0 ? formatLatency(maxRttMs) : ''),
  },
]
