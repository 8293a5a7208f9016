/** The columns of the table of lists. */
import type { Column } from '../output/table.ts'
import { formatDuration, formatTime } from '../output/units.ts'
import type { ListRow } from './list-pages.ts'

const expiry = (expiresAtMs: number, nowMs: number): string =>
  expiresAtMs === 0 ? 'never' : `in ${formatDuration(Math.max(0, expiresAtMs - nowMs))}`

export const listColumns = (nowMs: number): Column<ListRow>[] => [
  { title: 'LIST', text: ({ list }) => list },
  { title: 'ADDRESS', text: ({ prefix }) => prefix },
  { title: 'REASON', least: 12, text: ({ reason }) => reason },
  { title: 'ORIGIN', dropOrder: 3, text: ({ origin }) => origin },
  { title: 'BY', dropOrder: 2, least: 8, text: ({ author }) => author },
  {
    title: 'SINCE',
    dropOrder: 1,
    text: ({ createdAtMs }) => formatTime(new Date(createdAtMs).toISOString(), nowMs).slice(0, -4),
  },
  { title: 'ENDS', text: ({ expiresAtMs }) => expiry(expiresAtMs, nowMs) },
]
