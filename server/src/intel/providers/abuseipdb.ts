/** AbuseIPDB v2, endpoint `check` (docs.abuseipdb.com): reports of the last 90 days by whoever was attacked. */
import { isObject, itemsAt, numberAt, objectAt, textAt, textsAt, timeAt } from '../json-fields.ts'
import { factsOf, failure, isFailure, readObject } from './provider.ts'
import type { Provider } from './provider.ts'

const MAX_AGE_DAYS = 90

export const abuseIpdb: Provider = {
  name: 'abuseipdb',
  title: 'AbuseIPDB',
  key: 'required',
  baseUrl: 'https://api.abuseipdb.com/api/v2',
  ipv6: true,
  quota: { perMinute: 60, perDay: 1000, perMonth: 0 },
  weight: 80,
  request: (base, ip, key) => ({
    url: `${base}/check?ipAddress=${encodeURIComponent(ip)}&maxAgeInDays=${MAX_AGE_DAYS}`,
    // Without Accept a 429 is HTML.
    headers: { Key: key, Accept: 'application/json' },
  }),
  read(response) {
    const object = readObject(response)
    if (isFailure(object)) return object
    const [first] = itemsAt(object, 'errors')
    if (response.status !== 200 || isObject(first)) {
      const detail = isObject(first) ? textAt(first, 'detail') : ''
      return failure(response, detail || `it answered ${response.status}`)
    }
    const data = objectAt(object, 'data')
    const score = numberAt(data, 'abuseConfidenceScore')
    if (score === undefined) return failure(response, 'its answer has no abuseConfidenceScore')
    const total = numberAt(data, 'totalReports') ?? 0
    const users = numberAt(data, 'numDistinctUsers') ?? 0
    const isTrusted = data['isWhitelisted'] === true
    if (total === 0 && !isTrusted)
      return { kind: 'unknown', reason: `nobody has reported it in ${MAX_AGE_DAYS} days` }
    const reasons = [
      `confidence of abuse ${score} of 100, from ${total} reports by ${users} in ${MAX_AGE_DAYS} days`,
    ]
    if (isTrusted) reasons.push('it is on their list of trusted addresses')
    if (data['isTor'] === true) reasons.push('it is an exit of Tor')
    return {
      kind: 'verdict',
      verdict: {
        probability: Math.min(1, Math.max(0, score / 100)),
        trust: isTrusted ? 1 : 0,
        seenMs: timeAt(data, 'lastReportedAt'),
        reasons,
        facts: factsOf({
          country: textAt(data, 'countryCode'),
          provider: textAt(data, 'isp'),
          domain: textAt(data, 'domain'),
          use: textAt(data, 'usageType'),
          names: textsAt(data, 'hostnames'),
        }),
      },
    }
  },
}
