/** Look-ups against providers on local servers: cache, quota, coalescing, breaker, what is never sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { intelSection } from '@netscope/core/config/intel.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createOutgoing } from '../outgoing/outgoing.ts'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { createAnswerStore } from './answer-store.ts'
import { createAsker } from './asker.ts'
import type { Listing } from './feeds/feed.ts'
import { createLedger } from './ledger.ts'
import { createLookUps } from './look-ups.ts'
import { usedProviders } from './provider-settings.ts'

const IP = '185.220.101.1'
const KEY = 'k'.repeat(80)
let asked: string[]
let answer: (path: string) => [status: number, body: string, headers?: Record<string, string>]
let server: ReturnType<typeof createServer>
let state: State
let nowMs: number
let logged: string
let listed: Listing[]

beforeEach(async () => {
  ;[asked, logged, listed, nowMs] = [[], '', [], Date.UTC(2026, 0, 15)]
  state = openState({ path: ':memory:' })
  server = createServer((request, response) => {
    asked.push(`${request.url} ${String(request.headers['key'] ?? request.headers['x-apikey'])}`)
    const [status, body, headers = {}] = answer(request.url ?? '')
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.close()
  state.close()
})

const create = (given: object = {}) => {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = {
    ...defaultsOf(intelSection),
    ...{ abuseipdbKey: KEY, baseUrls: [`abuseipdb=${base}/abuse`, `internetdb=${base}/idb`] },
    ...given,
  }
  const now = () => nowMs
  const answers = createAnswerStore(state)
  const deps = {
    outgoing: createOutgoing({ allow: ['127.0.0.1'] }),
    ledger: createLedger(state, now),
    log: pino({}, { write: (line: string) => void (logged += line) }),
  }
  const askers = usedProviders(config).map((used) =>
    createAsker(used, config, { ...deps, answers, now }),
  )
  const isOurs = (ip: string) => ip === '9.9.9.9'
  return createLookUps(config, { askers, answers, listedOn: () => listed, isOurs, now })
}
const abuse = (score: number): [number, string] => [
  200,
  JSON.stringify({ data: { abuseConfidenceScore: score, totalReports: 5, numDistinctUsers: 3 } }),
]
const sourceOf = (report: Awaited<ReturnType<ReturnType<typeof create>['lookUp']>>, name: string) =>
  report.sources.find(({ source }) => source === name)

test('asks once, remembers, and shows the arithmetic', async () => {
  answer = () => abuse(100)
  const { lookUp, riskOf } = create()
  expect(riskOf(IP)).toBeUndefined()
  const report = await lookUp(IP, 'everybody')
  expect(report).toMatchObject({ risk: 80, asked: ['abuseipdb'] })
  expect(report.arithmetic).toContain('[abuseipdb]')
  expect(asked).toEqual([`/abuse/check?ipAddress=${IP}&maxAgeInDays=90 ${KEY}`])
  expect(sourceOf(report, 'virustotal')).toMatchObject({ state: 'not-asked' })
  await create().lookUp(IP, 'everybody')
  expect(asked).toHaveLength(1)
  expect(riskOf(IP)).toBe(80)
  nowMs += 25 * 3_600_000
  await lookUp(IP, 'everybody')
  expect(asked).toHaveLength(2)
})

test('many that ask at once cost one look-up', async () => {
  answer = () => abuse(50)
  const { lookUp } = create()
  await Promise.all(Array.from({ length: 20 }, () => lookUp(IP, 'everybody')))
  expect(asked).toHaveLength(1)
})

test('a miss is remembered and leaves the risk unknown', async () => {
  answer = () => [404, '{"detail":"No information available"}']
  const { lookUp } = create({ abuseipdbKey: '', keyless: ['internetdb'] })
  expect(await lookUp(IP, 'everybody')).toMatchObject({ risk: undefined })
  expect(sourceOf(await lookUp(IP, 'everybody'), 'internetdb')?.state).toBe('unknown')
  expect(asked).toHaveLength(1)
})

test.each([
  '10.0.0.1',
  '127.0.0.1',
  '169.254.169.254',
  'fe80::1',
  'fd00::1',
  '224.0.0.1',
  '9.9.9.9',
])('%s is sent to nobody', async (ip) => {
  answer = () => abuse(100)
  await expect(create().lookUp(ip, 'everybody')).rejects.toMatchObject({ code: 'intel.not-public' })
  expect(asked).toEqual([])
})

test('a quota that the provider says is used up is left alone, also after a restart', async () => {
  const errors = [{ detail: 'Daily rate limit of 1000 requests exceeded', status: 429 }]
  answer = () => [429, JSON.stringify({ errors }), { 'retry-after': '600' }]
  const report = await create().lookUp(IP, 'everybody')
  expect(sourceOf(report, 'abuseipdb')).toMatchObject({
    ...{ state: 'failed', reasons: ['Daily rate limit of 1000 requests exceeded'] },
  })
  const again = await create().lookUp('8.8.8.8', 'everybody')
  expect(sourceOf(again, 'abuseipdb')?.reasons[0]).toContain('wants to be left alone until 2026')
  expect(asked).toHaveLength(1)
  nowMs += 601_000
  await create().lookUp('8.8.8.8', 'everybody')
  expect(asked).toHaveLength(2)
})

test('our own bound holds', async () => {
  answer = () => abuse(10)
  const { lookUp } = create({ quotas: ['abuseipdb=2/0/0'] })
  for (const ip of ['8.8.8.8', '8.8.4.4', '1.1.1.1']) await lookUp(ip, 'everybody')
  expect(asked).toHaveLength(2)
  expect(sourceOf(await lookUp('1.1.1.1', 'nobody'), 'abuseipdb')?.reasons[0]).toContain(
    '2 look-ups of this minute are used up',
  )
})

test('who answers with pages again and again is left alone, then tried', async () => {
  answer = () => [502, '<html>bad gateway</html>']
  const { lookUp } = create()
  for (let i = 1; i <= 8; i++) await lookUp(`8.8.8.${i}`, 'everybody')
  expect(asked).toHaveLength(5)
  nowMs += 61_000
  answer = () => abuse(10)
  expect((await lookUp('8.8.8.8', 'everybody')).risk).toBe(8)
  await lookUp('8.8.8.9', 'everybody')
  expect(asked).toHaveLength(7)
})

test('spends nothing where the answer can change no decision', async () => {
  answer = () => abuse(100)
  listed = [{ feed: 'feodo', kind: 'c2', weight: 95, fetchedMs: nowMs }]
  const config = { keyless: ['internetdb'], abuseipdbKey: '' }
  expect(await create(config).lookUp(IP, 'decisive')).toMatchObject({ risk: 95, asked: [] })
  listed = []
  expect(await create(config).lookUp(IP, 'decisive')).toMatchObject({ asked: [] })
  expect(await create().lookUp(IP, 'decisive')).toMatchObject({ asked: ['abuseipdb'] })
})

test('no key is in a log or an answer', async () => {
  answer = () => [401, '<html>nginx</html>']
  const report = await create({ shodanKey: KEY, baseUrls: [] }).lookUp(IP, 'nobody')
  const { lookUp } = create()
  const asked401 = await lookUp(IP, 'everybody')
  expect(logged).toContain('did not answer')
  expect(logged + JSON.stringify([report, asked401])).not.toContain(KEY)
})
