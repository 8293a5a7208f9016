/** A severity as people write it. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'

export const MOST_SEVERE = 100

/** A number, or the least of a label. Throws `query.invalid`. */
export const readSeverity = (text: string): number => {
  const place = SEVERITY_LABELS.findIndex((label) => label === text.toLowerCase())
  if (place >= 0) return place * (MOST_SEVERE / SEVERITY_LABELS.length)
  if (/^\d{1,3}(\.\d+)?$/.test(text) && Number(text) <= MOST_SEVERE) return Number(text)
  throw new NetscopeError('query.invalid', {
    name: 'severity',
    reason: `${JSON.stringify(text)} is none.`,
    allowed: `0 to ${MOST_SEVERE}, or ${SEVERITY_LABELS.join(', ')}`,
  })
}
