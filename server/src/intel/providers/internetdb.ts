/** Shodan InternetDB: ports, software and tags of an IPv4 address, without a key, refreshed weekly; not for commercial use. */
import { itemsAt, textAt, textsAt } from '../json-fields.ts'
import { factsOf, failure, isFailure, readObject } from './provider.ts'
import type { Provider } from './provider.ts'
import { judgeHost } from './shodan-tags.ts'

export const internetDb: Provider = {
  name: 'internetdb',
  title: 'Shodan InternetDB',
  key: 'none',
  baseUrl: 'https://internetdb.shodan.io',
  ipv6: false,
  quota: { perMinute: 30, perDay: 5000, perMonth: 0 },
  gapMs: 1000,
  weight: 40,
  request: (base, ip) => ({
    url: `${base}/${encodeURIComponent(ip)}`,
    headers: { accept: 'application/json' },
  }),
  read(response) {
    const object = readObject(response)
    if (isFailure(object)) return object
    const detail = textAt(object, 'detail')
    if (response.status === 404) return { kind: 'unknown', reason: detail || 'nothing is known' }
    if (response.status !== 200)
      return failure(response, detail || `it answered ${response.status}`)
    if (itemsAt(object, 'ports') !== object['ports'])
      return failure(response, detail || 'its answer has no ports')
    const ports = textsAt(object, 'ports')
    const tags = textsAt(object, 'tags')
    const facts = factsOf({
      ports,
      tags,
      names: textsAt(object, 'hostnames'),
      software: textsAt(object, 'cpes'),
      vulnerabilities: textsAt(object, 'vulns'),
    })
    return judgeHost({ tags, ports, seenMs: 0, facts })
  },
}
