/** Moments of an action, a policy, a feed; null: never. */
import { formatAge, formatDateTime, formatDuration } from '../format/time.ts'

const never = <span className='faint'>never</span>
const told = (at: string, text: string) => (
  <span title={formatDateTime(Date.parse(at))}>{text}</span>
)

export const ago = (at: string | null) =>
  at === null ? never : told(at, `${formatAge(Date.now() - Date.parse(at))} ago`)

export const left = (until: string | null) => {
  if (until === null) return never
  const ms = Date.parse(until) - Date.now()
  return told(until, ms > 0 ? `in ${formatAge(ms)}` : 'now')
}

/** `39 min 05 s`, as long as there is any. */
export const exactlyLeft = (until: string) =>
  told(until, formatDuration(Date.parse(until) - Date.now()))
