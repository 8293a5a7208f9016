/** The packets of an alert: a link, how many there are of when, and what the agent says of them. */
import type { Alert } from '../api/alerts.ts'
import { captureWords } from './capture-words.ts'

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
