/** How many packets a capture of an alert holds, from when to when, and how many of them are from before the alert. */
import type { Alert } from '../api/alerts.ts'
import { formatExact } from '../format/quantity.ts'
import { formatDateTime } from '../format/time.ts'

export const captureWords = ({
  packets,
  packetsBefore,
  firstAt,
  lastAt,
  lostPackets,
}: NonNullable<Alert['capture']>): string => {
  const time = (iso: string) => formatDateTime(Date.parse(iso))
  const span = firstAt && lastAt ? `, ${time(firstAt)} to ${time(lastAt)}` : ''
  const before = packetsBefore > 0 ? `, ${formatExact(packetsBefore)} from before the alert` : ''
  const lost = lostPackets > 0 ? `; up to ${formatExact(lostPackets)} more were lost` : ''
  return `${formatExact(packets)}${span}${before}${lost}`
}
