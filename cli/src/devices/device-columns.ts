/** The columns of the table of devices. */
import type { Column } from '../output/table.ts'
import { formatDuration, formatRate } from '../output/units.ts'
import type { DeviceRow } from './device-pages.ts'

const PORTS_SHOWN = 5
const SECOND_MS = 1000

const rate = (bitsPerSecond: number): string =>
  bitsPerSecond === 0 ? '' : formatRate(bitsPerSecond / 8)

const ports = ({ open_ports: all }: DeviceRow): string => {
  const more = all.length - PORTS_SHOWN
  return all.slice(0, PORTS_SHOWN).join(',') + (more > 0 ? `+${more}` : '')
}

const seen = ({ last_seen: at, status }: DeviceRow, nowMs: number): string => {
  const ago = Math.max(0, nowMs - Date.parse(at))
  return status === 'online' && ago < SECOND_MS ? 'now' : `${formatDuration(ago)} ago`
}

export const deviceColumns = (nowMs: number): Column<DeviceRow>[] => [
  { title: 'STATUS', text: ({ status }) => status },
  { title: 'ADDRESS', text: ({ ip }) => ip },
  { title: 'NAME', least: 12, text: ({ name, hostname }) => name || hostname },
  { title: 'ROLE', dropOrder: 2, text: ({ role }) => role },
  { title: 'MAC', dropOrder: 3, text: ({ mac }) => mac },
  {
    title: 'VENDOR',
    dropOrder: 5,
    least: 10,
    text: ({ vendor, randomized_mac: isRandom }) => vendor || (isRandom ? '(random MAC)' : ''),
  },
  { title: 'SENDS', right: true, text: ({ bandwidth_tx_bps: bps }) => rate(bps) },
  { title: 'RECEIVES', right: true, text: ({ bandwidth_rx_bps: bps }) => rate(bps) },
  { title: 'PORTS', dropOrder: 4, least: 10, text: ports },
  { title: 'SEEN', dropOrder: 1, right: true, text: (device) => seen(device, nowMs) },
  { title: 'AGENT', dropOrder: 6, text: ({ agent_id: agent }) => agent },
]
