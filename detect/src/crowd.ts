/** The incidents of a detector that have no place of their own, as one that is as severe as the worst of them. */
import type { Finding } from './detection.ts'
import { createDistinctCount } from './distinct-count.ts'

export interface Crowd {
  /** The finding as one of the common incident. */
  join(finding: Finding): Finding
}

/** No detector has a key that begins so. */
export const CROWD_KEY = '+ more'
/** A count is exact up to here. */
const EXACT = 64

export const createCrowd = (): Crowd => {
  const keys = createDistinctCount()
  let worst: Finding | undefined

  return {
    join(finding) {
      keys.add(finding.key)
      if (!worst || finding.severity > worst.severity) worst = finding
      const count = keys.value()
      const { title, severity, confidence, technique, evidence } = worst
      return {
        ...finding,
        key: CROWD_KEY,
        title: `${count > EXACT ? 'about ' : ''}${count} more, the worst: ${title}`,
        severity,
        confidence,
        technique,
        direction: worst.direction,
        source: {},
        target: {},
        evidence: {
          ...evidence,
          reason: `more began within the hour than are told one by one; of the worst: ${evidence.reason}`,
          facts: [
            {
              name: 'incidents without a place of their own',
              value: count,
              ...(count > EXACT && { unit: '± 3 %' }),
            },
            ...evidence.facts,
          ],
        },
      }
    },
  }
}
