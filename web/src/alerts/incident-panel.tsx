/** One story: its alerts, and what happened one after the other. */
import { useCallback } from 'react'
import { fetchIncident } from '../api/alerts.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatRoute } from '../route.ts'
import { Drawer } from '../ui/drawer.tsx'
import { Notice } from '../ui/notice.tsx'
import { Severity, State } from './alert-columns.tsx'
import { Timeline } from './timeline.tsx'

const AGAIN_MS = 3000

export const IncidentPanel = ({ id, onClose }: { id: string; onClose: () => void }) => {
  const ask = useCallback(() => fetchIncident(id), [id])
  const { answer, error } = usePolled(id, ask, AGAIN_MS)
  return (
    <Drawer
      title={answer?.incident.title ?? 'Incident'}
      subtitle={answer?.incident.detectors.join(', ') ?? ''}
      onClose={onClose}
    >
      {answer ? (
        <>
          <section>
            <h3>Alerts</h3>
            <ul className='device-items'>
              {answer.alerts.map((alert) => (
                <li key={alert.id}>
                  <Severity alert={alert} />{' '}
                  <a href={formatRoute('alerts', { alert: alert.id })}>{alert.title}</a>{' '}
                  <State state={alert.state} />
                </li>
              ))}
            </ul>
          </section>
          <section>
            <h3>Timeline</h3>
            <Timeline steps={answer.timeline} />
          </section>
        </>
      ) : error ? (
        <Notice title='This incident cannot be shown' tone='bad'>
          {error}
        </Notice>
      ) : null}
    </Drawer>
  )
}
