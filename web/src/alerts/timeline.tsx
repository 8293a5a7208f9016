/** What has become of alerts, the oldest first: began, what people said, ended. */
import { formatDateTime, withLocalTimes } from '../format/time.ts'
import { formatRoute } from '../route.ts'

export interface TimelineStep {
  at: string
  change: string
  detail: string
  author: string
  /** Of which alert; empty: of the one that is shown. */
  alert: string
}

/** Who is not a person. */
const ITSELF = 'netscope'

export const Timeline = ({ steps }: { steps: readonly TimelineStep[] }) => (
  <ol className='timeline'>
    {steps.map((step) => (
      <li key={[step.at, step.alert, step.change, step.detail].join(' ')}>
        <time dateTime={step.at}>{formatDateTime(Date.parse(step.at)).slice(0, 19)}</time>{' '}
        <b>{step.change.replace('-', ' ')}</b> <Detail step={step} />{' '}
        {step.author === ITSELF ? null : <span className='faint'>by {step.author}</span>}
      </li>
    ))}
  </ol>
)

/** Where it is of several alerts, with a way to the one: its title, or what somebody said. */
const Detail = ({ step: { alert, detail, author } }: { step: TimelineStep }) => {
  const text = withLocalTimes(detail)
  if (!alert) return text
  const href = formatRoute('alerts', { alert })
  if (author === ITSELF) return <a href={href}>{text || 'its alert'}</a>
  return (
    <>
      {text} <a href={href}>its alert</a>
    </>
  )
}
