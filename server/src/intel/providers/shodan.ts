/** Shodan, endpoint `host`: what answers on an address. The key is part of the URL. */
import { textAt, textsAt, timeAt } from '../json-fields.ts'
import { factsOf, failure, isFailure, readObject } from './provider.ts'
import type { Provider } from './provider.ts'
import { judgeHost } from './shodan-tags.ts'

export const shodan: Provider = {
  name: 'shodan',
  title: 'Shodan',
  key: 'required',
  baseUrl: 'https://api.shodan.io',
  ipv6: true,
  quota: { perMinute: 30, perDay: 1000, perMonth: 0 },
  gapMs: 1000,
  weight: 50,
  request: (base, ip, key) => ({
    url: `${base}/shodan/host/${encodeURIComponent(ip)}?key=${encodeURIComponent(key)}&minify=true&history=false`,
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
    // Every attribute may be missing, but not all that says that it is about a host.
    if (!['ip_str', 'ip', 'ports', 'data'].some((name) => object[name] !== undefined))
      return failure(response, 'its answer is about no host')
    const ports = textsAt(object, 'ports')
    const tags = textsAt(object, 'tags')
    const facts = factsOf({
      ports,
      names: textsAt(object, 'hostnames'),
      country: textAt(object, 'country_code'),
      provider: textAt(object, 'isp') || textAt(object, 'org'),
      system: textAt(object, 'os'),
      tags,
      vulnerabilities: textsAt(object, 'vulns'),
    })
    return judgeHost({ tags, ports, seenMs: timeAt(object, 'last_update'), facts })
  },
}
