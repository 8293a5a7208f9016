/** How providers are asked: each request as their documents want it, and no faster or more often than they allow. */
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { intelSection } from '@netscope/core/config/intel.ts'
import type { IntelSection } from '@netscope/core/config/intel.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOutgoing } from '../outgoing/outgoing.ts'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { createAnswerStore } from './answer-store.ts'
import { createAsker } from './asker.ts'
import type { Asker } from './asker.ts'
import { createLedger } from './ledger.ts'
import { usedProviders } from './provider-settings.ts'

const KEY = 'secret key/+&'
const START = Date.UTC(2026, 0, 15, 12)
let state: State
let server: ReturnType<typeof createServer>
let requests: IncomingMessage[]
let answer: { status: number; body: string | Buffer; headers?: Record<string, string> }
let nowMs: number
let slept: number[]
let logged: string

beforeEach(async () => {
  ;[requests, slept, logged, nowMs] = [[], [], '', START]
  answer = { status: 404, body: '{}' }
  state = openState({ path: ':memory:' })
  server = createServer((request, response) => {
    requests.push(request)
    response.writeHead(answer.status, answer.headers ?? {}).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.close()
  state.close()
})

const NAMES = ['abuseipdb', 'virustotal', 'shodan', 'internetdb', 'greynoise']
const askerOf = (name: string, given: Partial<IntelSection> = {}): Asker => {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`
  const config = {
    ...defaultsOf(intelSection),
    ...{ abuseipdbKey: KEY, virustotalKey: KEY, shodanKey: KEY, greynoiseKey: KEY },
    ...{ keyless: ['internetdb'], baseUrls: NAMES.map((one) => `${one}=${base}/`) },
    ...given,
  }
  const now = () => nowMs
  const [used] = usedProviders(config).filter(({ provider }) => provider.name === name)
  return createAsker(used!, config, {
    outgoing: createOutgoing({ allow: ['127.0.0.1'] }),
    ledger: createLedger(state, now),
    answers: createAnswerStore(state),
    now,
    sleep: async (ms) => void slept.push(ms),
    log: pino({}, { write: (line: string) => void (logged += line) }),
  })
}
const reasonOf = async (work: Promise<unknown>): Promise<string> => String(await work)

describe('the request of', () => {
  const IP = '185.220.101.1'
  const ASKED: readonly (readonly [string, string, Record<string, string | undefined>])[] = [
    [
      'abuseipdb',
      `/base/check?ipAddress=${IP}&maxAgeInDays=90`,
      { key: KEY, accept: 'application/json' },
    ],
    ['virustotal', `/base/ip_addresses/${IP}`, { 'x-apikey': KEY }],
    [
      'shodan',
      `/base/shodan/host/${IP}?key=secret%20key%2F%2B%26&minify=true&history=false`,
      { accept: 'application/json' },
    ],
    ['internetdb', `/base/${IP}`, { key: undefined, 'x-apikey': undefined }],
    ['greynoise', `/base/v3/community/${IP}`, { key: KEY }],
  ]
  test.each(ASKED)('%s', async (name, path, headers) => {
    await askerOf(name).ask(IP)
    const [request] = requests
    expect([request?.method, request?.url]).toEqual(['GET', path])
    for (const [header, value] of Object.entries(headers))
      expect(request?.headers[header]).toBe(value)
    expect(request?.headers['user-agent']).toBe('netscope')
  })

  test('GreyNoise without a key has none', async () => {
    await askerOf('greynoise', { greynoiseKey: '', keyless: ['greynoise'] }).ask(IP)
    expect(requests[0]?.headers['key']).toBeUndefined()
  })

  test('IPv6 keeps its colons apart, and who knows none of it is not asked', async () => {
    await askerOf('abuseipdb').ask('2a00:1450::1')
    expect(requests[0]?.url).toContain('ipAddress=2a00%3A1450%3A%3A1&')
    for (const name of ['internetdb', 'greynoise'])
      expect(await reasonOf(askerOf(name).ask('2a00:1450::1'))).toBe('it knows no IPv6 addresses')
    expect(requests).toHaveLength(1)
  })
})

describe('an answer', () => {
  const body = JSON.stringify({ data: { abuseConfidenceScore: 40, totalReports: 2 } })
  test.each([
    ['with a mark of byte order', Buffer.from(`\uFEFF${body}`), {}],
    ['that is packed', gzipSync(body), { 'content-encoding': 'gzip' }],
    ['of a wrong type', Buffer.from(body), { 'content-type': 'text/html' }],
  ])('%s is read', async (_what, bytes, headers) => {
    answer = { status: 200, body: bytes, headers }
    expect(await askerOf('abuseipdb').ask('8.8.8.8')).toMatchObject({
      answer: { kind: 'verdict', verdict: { probability: 0.4 } },
    })
  })
  test('that breaks off within its JSON is a failure, and one beyond 2 MiB is', async () => {
    answer = { status: 200, body: body.slice(0, -3) }
    expect(await reasonOf(askerOf('abuseipdb').ask('8.8.8.8'))).toContain('no JSON object')
    answer = { status: 200, body: `${body}${' '.repeat(3 << 20)}` }
    expect(await reasonOf(askerOf('abuseipdb').ask('8.8.8.8'))).toContain('longer than')
  })
  test('that leads to another host is not followed', async () => {
    answer = { status: 302, body: '', headers: { location: 'http://127.0.0.2/' } }
    expect(await reasonOf(askerOf('abuseipdb').ask('8.8.8.8'))).toContain('not followed')
  })
  test('that holds the key shows it to nobody', async () => {
    const error = `Invalid API key: ${KEY} (${encodeURIComponent(KEY)})`
    answer = { status: 401, body: JSON.stringify({ error }) }
    const reason = await reasonOf(askerOf('shodan').ask('8.8.8.8'))
    expect(reason).toBe('Invalid API key: *** (***)')
    expect(logged).toContain('***')
    expect(logged).not.toContain('secret')
  })
})

describe('a provider is asked', () => {
  const ask = (asker: Asker, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => asker.ask(`8.8.8.${i}`)))

  test('no more within any sixty seconds than a minute allows', async () => {
    nowMs = START + 59_000
    const asker = askerOf('virustotal')
    await ask(asker, 4)
    nowMs += 2000
    expect(await reasonOf(asker.ask('1.1.1.1'))).toContain(
      '4 look-ups of this minute are used up until 2026-01-15T12:01:59',
    )
    expect(requests).toHaveLength(4)
    nowMs += 58_000
    await asker.ask('1.1.1.1')
    expect(requests).toHaveLength(5)
  })

  test('once a second where it wants that, and who would wait long is told so', async () => {
    answer = { status: 404, body: '{"detail":"No information available"}' }
    const asker = askerOf('internetdb')
    const answers = await ask(asker, 9)
    expect(answers.filter((of) => typeof of === 'string')).toEqual(
      Array.from({ length: 3 }, () => 'it is asked once a second, and too many wait'),
    )
    expect(slept).toEqual([1000, 2000, 3000, 4000, 5000])
    expect(requests).toHaveLength(6)
  })

  test('not at all while it says that none remain', async () => {
    const reset = String(START / 1000 + 600)
    answer = {
      ...{ status: 200, body: '{"data":{"abuseConfidenceScore":0,"totalReports":0}}' },
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    }
    const asker = askerOf('abuseipdb')
    await asker.ask('8.8.8.8')
    expect(await reasonOf(askerOf('abuseipdb').ask('8.8.4.4'))).toContain(
      'until 2026-01-15T12:10:00.000Z: it says that none of its look-ups remain',
    )
    nowMs += 600_000
    await asker.ask('8.8.4.4')
    expect(requests).toHaveLength(2)
  })

  test.each([[{}], [{ 'retry-after': '0' }], [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' }]])(
    'less and less while it refuses without a time to come: %j',
    async (headers) => {
      answer = {
        status: 429,
        headers,
        body: '{"error":{"code":"QuotaExceededError","message":"x"}}',
      }
      const asker = askerOf('virustotal')
      const untils: number[] = []
      for (let i = 0; i < 8; i++) {
        await asker.ask('8.8.8.8')
        const until = createLedger(state, () => nowMs).paused('virustotal')?.untilMs ?? 0
        untils.push((until - nowMs) / 60_000)
        nowMs = until
      }
      expect(untils).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    },
  )
})
