/** Every answer of the reference that a provider can give, good, bad and hostile. */
import { describe, expect, test } from 'vitest'
import type { ProviderResponse } from '../answer.ts'
import { abuseIpdb } from './abuseipdb.ts'
import { greyNoise } from './greynoise.ts'
import { internetDb } from './internetdb.ts'
import { PROVIDERS } from './providers.ts'
import { shodan } from './shodan.ts'
import { virusTotal } from './virustotal.ts'

const AT_MS = Date.UTC(2026, 0, 15, 12)
const json = (status: number, value: unknown, headers = {}): ProviderResponse => ({
  ...{ status, atMs: AT_MS },
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})
const page = (status: number, headers = {}): ProviderResponse => ({
  ...{ status, atMs: AT_MS },
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: '<html><head><title>401 Authorization Required</title></head></html>',
})

describe('AbuseIPDB', () => {
  const data = {
    ...{ ipAddress: '118.25.6.39', isPublic: true, isWhitelisted: null, isTor: false },
    ...{ abuseConfidenceScore: 84, countryCode: 'CN', isp: 'Tencent', hostnames: [] },
    ...{ totalReports: 12, numDistinctUsers: 7, lastReportedAt: '2026-01-10T20:55:14+00:00' },
  }
  test('gives its confidence', () => {
    expect(abuseIpdb.read(json(200, { data }))).toMatchObject({
      kind: 'verdict',
      verdict: { probability: 0.84, trust: 0, seenMs: Date.parse('2026-01-10T20:55:14Z') },
    })
  })
  test('what is null or not there is left out, an exit of Tor is said', () => {
    const sparse = {
      abuseConfidenceScore: 100,
      totalReports: 1,
      countryCode: null,
      usageType: null,
    }
    const read = abuseIpdb.read(
      json(200, { data: { ...sparse, domain: null, lastReportedAt: null, isTor: true } }),
    )
    expect(read).toMatchObject({
      verdict: {
        ...{ probability: 1, trust: 0, seenMs: 0, facts: [] },
        reasons: [expect.stringContaining('100 of 100') as string, 'it is an exit of Tor'],
      },
    })
  })
  test('without any report it knows nothing', () => {
    const none = { ...data, abuseConfidenceScore: 0, totalReports: 0, lastReportedAt: null }
    expect(abuseIpdb.read(json(200, { data: none })).kind).toBe('unknown')
  })
  test('trusted addresses speak for themselves', () => {
    const trusted = { ...data, isWhitelisted: true, totalReports: 0, abuseConfidenceScore: 0 }
    expect(abuseIpdb.read(json(200, { data: trusted }))).toMatchObject({ verdict: { trust: 1 } })
  })
  test.each([
    [401, 'Authentication failed. Your API key is either missing, incorrect, or revoked.', 'key'],
    [422, 'The ip address must be a valid IPv4 or IPv6 address (e.g. 8.8.8.8).', 'broken'],
    [429, 'Daily rate limit of 1000 requests exceeded for this endpoint.', 'quota'],
  ])('%i tells why', (status, detail, cause) => {
    const errors = [{ detail, status, source: { parameter: 'ipAddress' } }]
    const headers = { 'retry-after': '29241', 'x-ratelimit-remaining': '0' }
    expect(abuseIpdb.read(json(status, { errors }, headers))).toEqual({
      ...{ kind: 'failed', cause, reason: detail },
      ...(status === 429 && { retryAfterMs: 29_241_000 }),
    })
  })
  test('a 429 as a page still names the quota and the time', () => {
    expect(abuseIpdb.read(page(429, { 'retry-after': '60' }))).toMatchObject({
      ...{ cause: 'quota', retryAfterMs: 60_000 },
      reason: expect.stringContaining('429 with a page of HTML') as string,
    })
  })
})

describe('VirusTotal', () => {
  const answer = (attributes: object) => json(200, { data: { id: '1.2.3.4', attributes } })
  test('three engines count, two are noise', () => {
    const stats = (malicious: number) => ({
      malicious,
      suspicious: 1,
      harmless: 60,
      undetected: 30,
    })
    const read = (malicious: number) =>
      virusTotal.read(answer({ last_analysis_stats: stats(malicious), as_owner: 'X' }))
    expect(read(2)).toMatchObject({ verdict: { probability: 0 } })
    const three = read(3)
    expect(three.kind === 'verdict' && three.verdict.probability).toBeCloseTo(3 / 64 / 0.33)
    expect(read(60)).toMatchObject({ verdict: { probability: 1 } })
  })
  test.each([[{}], [{ last_analysis_stats: null }], [{ last_analysis_stats: { malicious: 'x' } }]])(
    'without attributes %j it knows nothing',
    (attributes) => expect(virusTotal.read(answer(attributes)).kind).toBe('unknown'),
  )
  test.each([
    [400, 'BadRequestError', 'broken'],
    [400, 'InvalidArgumentError', 'broken'],
    [401, 'WrongCredentialsError', 'key'],
    [401, 'AuthenticationRequiredError', 'key'],
    [401, 'UserNotActiveError', 'key'],
    [403, 'ForbiddenError', 'key'],
    [429, 'TooManyRequestsError', 'quota'],
    [429, 'QuotaExceededError', 'quota'],
    [503, 'TransientError', 'broken'],
    [504, 'DeadlineExceededError', 'broken'],
  ])('%i %s tells why', (status, code, cause) => {
    const error = { code, message: 'in words' }
    expect(virusTotal.read(json(status, { error }))).toMatchObject({
      ...{ kind: 'failed', cause, reason: `${code}: in words` },
    })
  })
  test('404 is a miss', () => {
    const error = { code: 'NotFoundError', message: 'not found' }
    expect(virusTotal.read(json(404, { error })).kind).toBe('unknown')
  })
})

describe('Shodan', () => {
  test('judges by tags; ports and holes are context', () => {
    const host = {
      ...{ ip_str: '1.2.3.4', ports: [22, 443], tags: ['c2'], vulns: ['CVE-2024-1'], os: null },
      last_update: '2021-01-22T08:49:35.190817',
    }
    expect(shodan.read(json(200, host))).toMatchObject({
      verdict: { probability: 1, seenMs: Date.parse('2021-01-22T08:49:35.190Z') },
    })
    expect(shodan.read(json(200, { ports: [22] }))).toMatchObject({ kind: 'context' })
  })
  test('a wrong key is a page of nginx or JSON', () => {
    expect(shodan.read(page(401))).toMatchObject({ cause: 'key', reason: 'Invalid API key' })
    expect(shodan.read(json(401, { error: 'Unauthorized' }))).toMatchObject({ cause: 'key' })
  })
  test('200 with an error is an error, 404 a miss, 502 may pass', () => {
    expect(shodan.read(json(200, { error: 'Access denied' })).kind).toBe('failed')
    const none = { error: 'No information available for that IP.' }
    expect(shodan.read(json(404, none)).kind).toBe('unknown')
    expect(shodan.read(page(502))).toMatchObject({ cause: 'broken' })
  })
})

test.each([
  [internetDb, { ip: '1.1.1.1', ports: [80], cpes: [], hostnames: [], tags: [], vulns: [] }],
  [shodan, { ip_str: '1.1.1.1', ports: [80], tags: ['cloud'], vulns: ['CVE-2024-1'] }],
])(
  'ports, names and holes without a telling tag are no verdict, which would be a 0: %#',
  (of, body) => {
    const read = of.read(json(200, body))
    expect(read).toMatchObject({ kind: 'context', reasons: ['1 open ports were seen'] })
    expect(read.kind === 'context' && read.facts[0]).toEqual({ name: 'ports', value: '80' })
  },
)

test.each([
  [abuseIpdb, { data: {} }],
  [abuseIpdb, { errors: [{ detail: 'so sorry', status: 200 }] }],
  [virusTotal, { error: { code: 'TransientError', message: 'so sorry' } }],
  [shodan, { error: 'so sorry' }],
  [shodan, {}],
  [internetDb, { detail: 'so sorry' }],
  [internetDb, {}],
  [greyNoise, { message: 'so sorry' }],
  [greyNoise, {}],
])('200 with what is no answer is a failure, and no miss: %#', (of, body) => {
  expect(of.read(json(200, body))).toMatchObject({ kind: 'failed', cause: 'broken' })
})

test.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  '%s: 402 is the account, a page of 403, 404, 500 or 200 is none of its answers',
  (_name, of) => {
    expect(of.read(json(402, {}))).toMatchObject({ kind: 'failed', cause: 'key' })
    expect(of.read(page(403))).toMatchObject({ kind: 'failed', cause: 'key' })
    for (const status of [200, 404, 500, 502])
      expect(of.read(page(status))).toMatchObject({ kind: 'failed', cause: 'broken' })
  },
)

test.each([
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': 'Thu, 15 Jan 2026 12:01:00 GMT' }, 60_000],
  [{ 'x-ratelimit-reset': String(AT_MS / 1000 + 90) }, 90_000],
  [{ 'x-ratelimit-limit': '1000' }, undefined],
])('429 with %j says when', (headers, retryAfterMs) => {
  for (const of of PROVIDERS) {
    const read = of.read(json(429, { message: 'slowly' }, headers))
    expect(read).toMatchObject({ kind: 'failed', cause: 'quota' })
    expect(read.kind === 'failed' && read.retryAfterMs).toBe(retryAfterMs)
  }
})

test('InternetDB: ports, and a miss', () => {
  const known = { ip: '1.1.1.1', ports: [80], cpes: [], hostnames: [], tags: ['tor'], vulns: [] }
  expect(internetDb.read(json(200, known))).toMatchObject({ verdict: { probability: 0.3 } })
  expect(internetDb.read(json(404, { detail: 'No information available' })).kind).toBe('unknown')
})

describe('GreyNoise', () => {
  const base = { ip: '1.2.3.4', noise: true, riot: false, name: 'unknown', last_seen: '2026-01-01' }
  test.each([
    ['malicious', 1, 0],
    ['unknown', 0.3, 0],
    ['benign', 0, 0.5],
  ])('noise that is %s', (classification, probability, trust) => {
    const read = greyNoise.read(json(200, { ...base, classification, message: 'Success' }))
    expect(read).toMatchObject({ verdict: { probability, trust } })
  })
  test('a common service is trusted', () => {
    const riot = { ...base, noise: false, riot: true, classification: 'benign', name: 'Google' }
    expect(greyNoise.read(json(200, riot))).toMatchObject({ verdict: { trust: 0.8 } })
  })
  test('404 is a miss, 400 and 429 are none', () => {
    const miss = { ip: '1.2.3.4', noise: false, riot: false, message: 'IP not observed' }
    expect(greyNoise.read(json(404, miss)).kind).toBe('unknown')
    const limited = { plan: 'unauthenticated', 'rate-limit': '50', message: 'limit reached' }
    expect(greyNoise.read(json(429, limited))).toMatchObject({ cause: 'quota' })
    expect(greyNoise.read(json(400, { message: 'not a valid routable IPv4' }))).toMatchObject({
      cause: 'broken',
    })
  })
})

const HOSTILE: readonly string[] = [
  ...['', 'null', '[]', '"text"', '{"data":null}', '{"data":{"attributes":[]}}', '{', '\u0000'],
  ...['{"data":{"abuseConfidenceScore":"NaN"}}', '{"tags":{"length":9}}', '{"ports":"all"}'],
  `{"message":"${'x'.repeat(10_000)}\\u0007","noise":true}`,
]
test.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  '%s takes whatever comes',
  (_name, provider) => {
    for (const body of HOSTILE)
      for (const status of [200, 302, 404, 418, 500]) {
        const read = provider.read({ status, headers: {}, body, atMs: AT_MS })
        if (read.kind === 'failed') expect(read.reason.length).toBeLessThanOrEqual(300)
        else expect(JSON.stringify(read).length).toBeLessThan(2000)
      }
  },
)
