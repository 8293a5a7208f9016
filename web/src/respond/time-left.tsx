/** Moments of an action, a policy, a feed. */
import { formatAge, formatDateTime } from '../format/time.ts'

export const Ago = ({ at }: { at: string | null }) =>
  at === null ? (
    <span className='faint'>never</span>
  ) : (
    <span title={formatDateTime(Date.parse(at))}>{formatAge(Date.now() - Date.parse(at))} ago</span>
  )

/** null: never. */
export const Left = ({ until }: { until: string | null }) =>
  until === null ? (
    <span className='faint'>never</span>
  ) : (
    <span title={formatDateTime(Date.parse(until))}>{leftOf(Date.parse(until) - Date.now())}</span>
  )

const leftOf = (ms: number): string => (ms > 0 ? `in ${formatAge(ms)}` : 'now')
