/** VirusTotal v3 (docs.virustotal.com): what some ninety engines say of an address; every attribute may be missing. */
import { numberAt, objectAt, textAt, textsAt, timeAt } from '../json-fields.ts'
import { factsOf, failure, isFailure, readObject } from './provider.ts'
import type { Provider } from './provider.ts'

/** One or two engines of ninety are noise. */
const LEAST_ENGINES = 3

export const virusTotal: Provider = {
  name: 'virustotal',
  title: 'VirusTotal',
  key: 'required',
  baseUrl: 'https://www.virustotal.com/api/v3',
  ipv6: true,
  quota: { perMinute: 4, perDay: 500, perMonth: 15_500 },
  weight: 90,
  request: (base, ip, key) => ({
    url: `${base}/ip_addresses/${encodeURIComponent(ip)}`,
    headers: { 'x-apikey': key, accept: 'application/json' },
  }),
  read(response) {
    const object = readObject(response)
    if (isFailure(object)) return object
    if (response.status !== 200 || 'error' in object) {
      const error = objectAt(object, 'error')
      if (response.status === 404) return { kind: 'unknown', reason: 'it does not know it' }
      const words = [textAt(error, 'code'), textAt(error, 'message')].filter((word) => word !== '')
      return failure(response, words.join(': ') || `it answered ${response.status}`)
    }
    const attributes = objectAt(objectAt(object, 'data'), 'attributes')
    const stats = objectAt(attributes, 'last_analysis_stats')
    const count = (name: string) => Math.max(0, numberAt(stats, name) ?? 0)
    const [malicious, suspicious] = [count('malicious'), count('suspicious')]
    const judging = malicious + suspicious + count('harmless')
    if (judging === 0) return { kind: 'unknown', reason: 'no engine has judged it' }
    const counts = malicious >= LEAST_ENGINES
    // A third of those with an opinion is as sure as it gets: most call everything harmless.
    const probability = counts ? Math.min(1, malicious / judging / 0.33) : 0
    const reasons = [
      `${malicious} of ${judging} engines with an opinion call it malicious, ${suspicious} suspicious`,
    ]
    if (!counts && malicious > 0) reasons.push(`fewer than ${LEAST_ENGINES} count as noise`)
    const reputation = numberAt(attributes, 'reputation')
    return {
      kind: 'verdict',
      verdict: {
        probability,
        trust: 0,
        seenMs: timeAt(attributes, 'last_analysis_date'),
        reasons,
        facts: factsOf({
          country: textAt(attributes, 'country'),
          provider: textAt(attributes, 'as_owner'),
          network: textAt(attributes, 'network'),
          reputation: reputation === undefined ? '' : String(reputation),
          tags: textsAt(attributes, 'tags'),
        }),
      },
    }
  },
}
