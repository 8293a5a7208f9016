/** Tests of to whom addresses belong, with the databases that came with us. */
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createGeo } from './geo.ts'
import type { Geo } from './geo.ts'

const NO_FILES = { countryDatabase: '', asnDatabase: '' }
const log = { warn: vi.fn<() => void>() }

const special = createGeo({ named: [], ...NO_FILES }, { log })

test.each([
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'shared by carrier NAT'],
  ['127.0.0.1', 'loopback'],
  ['169.254.9.9', 'link-local'],
  ['192.0.2.1', 'documentation'],
  ['224.0.0.251', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['250.0.0.1', 'reserved'],
  ['::1', 'loopback'],
  ['::', 'unspecified'],
  ['fd00::1', 'private'],
  ['fe80::1', 'link-local'],
  ['ff02::fb', 'multicast'],
  ['2001:db8::1', 'documentation'],
])('%s is %s', (ip, name) => {
  expect(special.find(ip)).toEqual({ network: '', special: name, country: '', asn: 0, asName: '' })
})

test('text that is no address belongs to nobody', () => {
  expect(['', 'localhost', '10.0.0.0/8', '1.2.3'].map((text) => special.find(text))).toEqual(
    Array(4).fill(undefined),
  )
})

test('networks that people named keep their name, the longest prefix first', () => {
  const named = ['office=10.1.0.0/16', 'iot=10.1.9.0/24', 'branch=2001:db8:7::/48']
  const geo = createGeo({ named, ...NO_FILES }, { log })
  const names = ['10.1.2.3', '10.1.9.3', '10.2.0.1', '2001:db8:7::9']
  expect(names.map((ip) => geo.find(ip)?.network)).toEqual(['office', 'iot', '', 'branch'])
})

describe('with the databases that came with us', () => {
  let geo: Geo
  beforeAll(async () => {
    geo = createGeo({ named: [], ...NO_FILES }, { log })
    await geo.ready()
  }, 30_000)

  test.each([
    ['8.8.8.8', 'US', 15_169, /google/i],
    ['1.1.1.1', 'AU', 13_335, /cloudflare/i],
    ['193.0.6.139', 'NL', 3333, /ripe/i],
    ['2001:4860:4860::8888', 'US', 15_169, /google/i],
    ['2001:67c:2e8:22::c100:68b', 'NL', 3333, /ripe/i],
  ])('%s lies in %s, in AS%i', (ip, country, asn, name) => {
    const place = geo.find(ip)
    expect(place).toMatchObject({ asn, special: '' })
    expect(place?.asName).toMatch(name)
    // Anycast: registries differ about who has it where.
    if (ip !== '1.1.1.1') expect(place?.country).toBe(country)
  })

  test('says what it has read, and of when', () => {
    expect(geo.databases()).toMatchObject([
      { kind: 'country', source: '@ip-location-db/geo-whois-asn-country-mmdb' },
      { kind: 'asn', source: '@ip-location-db/asn' },
    ])
    for (const { builtAtMs } of geo.databases()) expect(builtAtMs).toBe(Date.UTC(2026, 5, 17))
  })
})

test('a database that is missing is said once, and the rest is known all the same', async () => {
  const missing = { countryDatabase: '/nonexistent.mmdb', asnDatabase: '/nonexistent.mmdb' }
  const own = { warn: vi.fn<() => void>() }
  const geo = createGeo({ named: ['office=10.1.0.0/16'], ...missing }, { log: own })
  await geo.ready()
  await geo.ready()
  expect(own.warn).toHaveBeenCalledTimes(2)
  expect(geo.find('8.8.8.8')).toMatchObject({ country: '', asn: 0 })
  expect(geo.find('10.1.0.1')?.network).toBe('office')
})
