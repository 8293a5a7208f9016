/** The filter that is offered to suppress what is like an alert. */
import { quoteValue } from '@netscope/core/query/parse-value.ts'
import type { Alert } from '../api/alerts.ts'

type Parties = Pick<Alert, 'id' | 'detector' | 'src' | 'srcMac' | 'dst' | 'dstMac' | 'dstName'>

/**
 * The narrowest that holds for the next one like this: whatever is known of the target is in it, as of a resolver the
 * domain. A `*` in a name, which anybody may send, would stand for any text: then it holds for this alert alone.
 */
export const suppressionFilter = (alert: Parties): string => {
  const { id, detector, src, srcMac, dst, dstMac, dstName } = alert
  return [
    `detector = "${detector}"`,
    src ? `src = ${src}` : srcMac ? `srcMac = "${srcMac}"` : '',
    dst ? `dst = ${dst}` : '',
    dstMac ? `dstMac = "${dstMac}"` : '',
    dstName ? `dstName = ${quoteValue(dstName)}` : '',
    dstName.includes('*') ? `id = ${quoteValue(id)}` : '',
  ]
    .filter(Boolean)
    .join(' and ')
}
