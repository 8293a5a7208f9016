/** What an alert is part of: its own history, the story with others, and what is related. */
import { useCallback } from 'react'
import { type Alert, fetchHistory, fetchIncident, fetchRelated } from '../api/alerts.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { formatRoute } from '../route.ts'
import { Timeline } from './timeline.tsx'

const AGAIN_MS = 3000

const BECAUSE = {
  incident: 'of the same story',
  source: 'by the same source',
  target: 'to the same target',
  'target-became-source': 'by the target itself',
} as const

export const StorySection = ({ alert: { id, incident, workflow } }: { alert: Alert }) => {
  const ask = useCallback(async () => {
    const [{ changes }, { related }, story] = await Promise.all([
      fetchHistory(id),
      fetchRelated(id),
      // Alerts are removed one by one, and the first names the story.
      fetchIncident(incident).catch(() => undefined),
    ])
    return { changes, related, story }
  }, [id, incident])
  // What people did is seen at once.
  const { answer } = usePolled([id, incident, workflow.at].join(' '), ask, AGAIN_MS)
  if (!answer) return null
  const { changes, related, story } = answer
  const others = (story?.alerts.length ?? 1) - 1
  return (
    <>
      <section>
        <h3>History</h3>
        <Timeline steps={changes.map((change) => ({ ...change, alert: '' }))} />
      </section>
      {story && others > 0 ? (
        <section>
          <h3>The story</h3>
          <p>
            It is one with {formatExact(others)} other {others === 1 ? 'alert' : 'alerts'}:{' '}
            <a href={formatRoute('alerts', { part: 'incidents', incident })}>
              the incident and its timeline
            </a>
          </p>
        </section>
      ) : null}
      {related.length > 0 ? (
        <section>
          <h3>Related</h3>
          <ul className='device-items'>
            {related.map(({ because, alert: other }) => (
              <li key={other.id}>
                <a href={formatRoute('alerts', { alert: other.id })}>{other.title}</a>{' '}
                <span className='faint'>{BECAUSE[because]}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  )
}
