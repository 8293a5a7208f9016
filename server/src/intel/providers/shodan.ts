/** Shodan, endpoint `host`: what answers on an address. The key is part of the URL. */
import { textAt, textsAt, timeAt } from '../json-fields.ts'
import { factsOf, failure, isFailure, readObject } from './provider.ts'
import type { Provider } from './provider.ts'
import { judgeTags } from './shodan-tags.ts'

export const shodan: Provider = {
  name: 'shodan',
  title: 'Shodan',
  key: 'required',
  baseUrl: 'https://api.shodan.io',
  ipv6: true,
  quota: { perMinute: 30, perDay: 1000, perMonth: 0 },
  weight: 50,
  request: (base, ip, key) => ({
    url: `${base}/shodan/host/${encodeURIComponent(ip)}?key=${encodeURIComponent(key)}&minify=true`,
    headers: { accept: 'application/json' },
  }),
  read(response) {
    const object = readObject(response)
    if (isFailure(object)) {
      // nginx before it answers a wrong key with a page.
      return object.cause === 'key' ? { ...object, reason: 'Invalid API key' } : object
    }
    const error = textAt(object, 'error')
    if (response.status === 404) return { kind: 'unknown', reason: error || 'nothing is known' }
    if (response.status !== 200 || error !== '')
      return failure(response, error || `it answered ${response.status}`)
    const ports = textsAt(object, 'ports')
    const { probability, reasons } = judgeTags(textsAt(object, 'tags'))
    return {
      kind: 'verdict',
      verdict: {
        probability,
        trust: 0,
        seenMs: timeAt(object, 'last_update'),
        reasons: [...reasons, `${ports.length} open ports were seen`],
        facts: factsOf({
          ports,
          names: textsAt(object, 'hostnames'),
          country: textAt(object, 'country_code'),
          provider: textAt(object, 'isp') || textAt(object, 'org'),
          system: textAt(object, 'os'),
          tags: textsAt(object, 'tags'),
          vulnerabilities: textsAt(object, 'vulns'),
        }),
      },
    }
  },
}
