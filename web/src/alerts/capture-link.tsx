/** The packets of an alert: a link, and how many there are of when. */
import type { Alert } from '../api/alerts.ts'
import { formatExact } from '../format/quantity.ts'
import { formatDateTime } from '../format/time.ts'

export const CaptureLink = ({ alert: { id, src, dst, capture } }: { alert: Alert }) =>
  capture ? (
    <section>
      <h3>Packets</h3>
      <p>
        <a href={`/api/v1/alerts/${encodeURIComponent(id)}/capture`} download>
          Packets of {src || dst} (pcapng)
        </a>
        {': '}
        {captureWords(capture)}
      </p>
      {capture.notes.map((note) => (
        <p key={note} className='faint'>
          {note}
        </p>
      ))}
    </section>
  ) : null

type Capture = NonNullable<Alert['capture']>

/** How many, from when to when, and how many of them are from before the alert. */
export const captureWords = ({
  packets,
  packetsBefore,
  firstAt,
  lastAt,
  lostPackets,
}: Capture): string => {
  const time = (iso: string) => formatDateTime(Date.parse(iso)).slice(0, 23)
  const span = firstAt && lastAt ? `, ${time(firstAt)} to ${time(lastAt)}` : ''
  const before = packetsBefore > 0 ? `, ${formatExact(packetsBefore)} from before the alert` : ''
  const lost = lostPackets > 0 ? `, up to ${formatExact(lostPackets)} more were lost` : ''
  return `${formatExact(packets)}${span}${before}${lost}`
}
