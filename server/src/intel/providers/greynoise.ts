/** GreyNoise Community: whether an address scans the whole internet, or belongs to a service that everybody uses. */
import { textAt, timeAt } from '../json-fields.ts'
import { factsOf, failure, isFailure, readObject } from './provider.ts'
import type { Provider } from './provider.ts'

/** Who scans everybody, and is neither known as good nor as bad. */
const NOISE = 0.3

export const greyNoise: Provider = {
  name: 'greynoise',
  title: 'GreyNoise Community',
  key: 'optional',
  baseUrl: 'https://api.greynoise.io',
  ipv6: false,
  // Without a key some tens a week, cut over time.
  quota: { perMinute: 1, perDay: 5, perMonth: 50 },
  weight: 70,
  request: (base, ip, key) => ({
    url: `${base}/v3/community/${encodeURIComponent(ip)}`,
    headers: { accept: 'application/json', ...(key !== '' && { key }) },
  }),
  read(response) {
    const object = readObject(response)
    if (isFailure(object)) return object
    const message = textAt(object, 'message')
    // A miss is a 404 with a body that says so.
    if (response.status === 404)
      return { kind: 'unknown', reason: message || 'it was not observed' }
    if (response.status !== 200)
      return failure(response, message || `it answered ${response.status}`)
    const classification = textAt(object, 'classification')
    const [isNoise, isRiot] = [object['noise'] === true, object['riot'] === true]
    if (typeof object['noise'] !== 'boolean' && typeof object['riot'] !== 'boolean')
      return failure(response, message || 'its answer has neither noise nor riot')
    if (!isNoise && !isRiot) return { kind: 'unknown', reason: message || 'it was not observed' }
    const name = textAt(object, 'name')
    const reasons = [
      ...(isNoise ? [`it scans the internet, classified as ${classification || 'unknown'}`] : []),
      ...(isRiot ? [`it belongs to a common service${name && `: ${name}`}`] : []),
    ]
    const isBenign = classification === 'benign'
    return {
      kind: 'verdict',
      verdict: {
        probability: probabilityOf(classification, isNoise),
        trust: isRiot ? 0.8 : isBenign ? 0.5 : 0,
        seenMs: timeAt(object, 'last_seen'),
        reasons,
        facts: factsOf({ name, link: textAt(object, 'link') }),
      },
    }
  },
}

const probabilityOf = (classification: string, isNoise: boolean): number => {
  if (classification === 'malicious') return 1
  return isNoise && classification !== 'benign' ? NOISE : 0
}
