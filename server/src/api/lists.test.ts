/** Tests of /blacklist and /whitelist with an agent that keeps lists. */
import { request } from 'node:http'
import type { Command, ListEntry } from '@netscope/core/wire.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FakeAgent } from '../fakes/fake-agent.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
let agent: FakeAgent
let lists: Record<'allow' | 'deny', ListEntry[]>

/** Does what the agent's lists do, on arrays. */
const answer = (command: Command) => {
  const ok = (result: Record<string, unknown>) => ({ ok: true as const, result })
  if (command.name === 'list.get') return ok({ total: 0, entries: [] })
  if (command.name === 'lists.change') {
    const kept = lists[command.list].filter(({ prefix }) => !command.remove.includes(prefix))
    for (const entry of command.add) if ('prefix' in entry) kept.push({ ...entry, createdAtMs: 1 })
    lists[command.list] = kept
    return ok({ state: command.to })
  }
  return ok({})
}

beforeEach(async () => {
  running = await startServer({ commandTimeoutMs: 100 })
  agent = running.agent()
  agent.answer = answer
  lists = { allow: [], deny: [] }
  await agent.start()
  await until(() => agent.commands.some(({ name }) => name === 'lists.end'))
})
afterEach(async () => {
  await agent.stop()
  await running.stop()
})

const ask = async (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  payload?: string,
  type = 'application/json',
) => {
  const headers = { host: '127.0.0.1:8086', ...(payload !== undefined && { 'content-type': type }) }
  const response = await running.server.app.inject({
    method,
    url,
    headers,
    ...(payload !== undefined && { payload }),
  })
  return { status: response.statusCode, body: response.json() }
}
const add = (url: string, body: object) => ask('POST', url, JSON.stringify(body))

test('puts an address on a list, shows it, and takes it off', async () => {
  expect(await add('/blacklist', { ip: '1.2.3.4', reason: 'scans' })).toEqual({
    status: 200,
    body: { ok: true, ip: '1.2.3.4' },
  })
  expect((await ask('GET', '/blacklist')).body).toEqual({
    ips: ['1.2.3.4'],
    total: 1,
    entries: [
      {
        prefix: '1.2.3.4',
        reason: 'scans',
        origin: 'api',
        author: 'local',
        expiresAtMs: 0,
        createdAtMs: expect.any(Number) as number,
      },
    ],
  })
  expect((await ask('GET', '/whitelist')).body).toEqual({ ips: [], total: 0, entries: [] })
  expect(await ask('DELETE', '/blacklist?ip=1.2.3.4')).toEqual({
    status: 200,
    body: { ok: true, ip: '1.2.3.4' },
  })
  expect((await ask('GET', '/blacklist')).body.ips).toEqual([])
})

test.each([
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['192.0.2.77/24', '192.0.2.0/24'],
  ['2001:db8::ffff/32', '2001:db8::/32'],
  ['192.0.2.1/32', '192.0.2.1'],
])('takes %s and calls it %s', async (given, canonical) => {
  expect((await add('/whitelist', { ip: given })).body).toEqual({ ok: true, ip: canonical })
  expect(lists.allow.map(({ prefix }) => prefix)).toEqual([canonical])
  expect((await ask('DELETE', `/whitelist?ip=${encodeURIComponent(given)}`)).body).toEqual({
    ok: true,
    ip: canonical,
  })
})

test.each([
  '',
  '1.2.3',
  '1.2.3/24',
  '1.2.3.4/33',
  '1.2.3.256',
  '01.2.3.4',
  '0x7f.1',
  'fe80::1%eth0',
  'example.com',
  ' 1.2.3.4',
  '1.2.3.4;',
  '::g',
])('refuses "%s" with a reason', async (ip) => {
  for (const answer of [
    await add('/blacklist', { ip }),
    await ask('DELETE', `/blacklist?ip=${encodeURIComponent(ip)}`),
  ]) {
    expect(answer).toMatchObject({
      status: 400,
      body: { ok: false, code: 'list.prefix-invalid', status: 400 },
    })
    expect(answer.body.error).toMatch(/is not an address or prefix: ./)
  }
  expect(lists.deny).toEqual([])
})

test.each([
  ['{"ip":{}}', /"ip" in the body: {} must be string/],
  ['{}', /"ip" in the body: it is missing/],
  ['{"ip":"1.2.3.4","why":"x"}', /"why" in the body: there is no such/],
  ['{"ip":"1.2.3.4","expiresInSeconds":0}', /must be >= 1/],
  ['{"ip":', /JSON/],
  ['["1.2.3.4"]', /must be object/],
  [`{"ip":"1.2.3.4","reason":"${'x'.repeat(201)}"}`, /"reason".* 200 characters/],
  ['{"ip":"1.2.3.4","reason":"a\\nb"}', /"reason" in the body/],
])('refuses the body %s', async (payload, words) => {
  const { status, body } = await ask('POST', '/blacklist', payload)
  expect([status, body.code, body.ok]).toEqual([400, 'request.invalid', false])
  expect(body.error).toMatch(words)
})

test.each(['127.0.0.1', '127.0.0.0/8', '0.0.0.0/1', '::1', '::1/127', '::/0'])(
  'does not deny %s, which would close the way to this page; it may be allowed',
  async (ip) => {
    expect(await add('/blacklist', { ip })).toMatchObject({
      status: 400,
      body: { code: 'list.covers-everything' },
    })
    expect((await add('/whitelist', { ip })).status).toBe(200)
  },
)

test('denies what only looks like loopback', async () => {
  for (const ip of ['128.0.0.0/1', '126.255.255.255', '::2', '127::/16'])
    expect((await add('/blacklist', { ip })).status).toBe(200)
})

test('refuses a body that is too large', async () => {
  const { status, body } = await add('/blacklist', { ip: 'x'.repeat(70_000) })
  expect([status, body.code]).toEqual([413, 'request.too-large'])
})

test('takes what plain curl -d sends, and a form', async () => {
  const type = 'application/x-www-form-urlencoded'
  expect((await ask('POST', '/blacklist', '{"ip":"1.2.3.4"}', type)).body).toEqual({
    ok: true,
    ip: '1.2.3.4',
  })
  expect((await ask('POST', '/blacklist', 'ip=1.2.3.5', type)).body).toEqual({
    ok: true,
    ip: '1.2.3.5',
  })
  expect((await ask('POST', '/blacklist', '{"ip":', type)).status).toBe(400)
})

test('counts the time of expiry from now', async () => {
  const before = Date.now()
  await add('/blacklist', { ip: '1.2.3.4', expiresInSeconds: 60 })
  expect(lists.deny[0]?.expiresAtMs).toBeGreaterThanOrEqual(before + 60_000)
  expect(lists.deny[0]?.expiresAtMs).toBeLessThanOrEqual(Date.now() + 60_000)
})

test('pages and searches', async () => {
  for (let i = 0; i < 5; i++) await add('/blacklist', { ip: `10.0.0.${i}` })
  const page = async (offset: number) =>
    (await ask('GET', `/blacklist?offset=${offset}&limit=2`)).body as {
      ips: string[]
      total: number
    }
  const pages = [await page(0), await page(2), await page(4)]
  expect(pages.map(({ total }) => total)).toEqual([5, 5, 5])
  expect(pages.flatMap(({ ips }) => ips).toSorted()).toEqual(
    [0, 1, 2, 3, 4].map((i) => `10.0.0.${i}`),
  )
  expect((await ask('GET', '/blacklist?match=.4')).body).toMatchObject({
    ips: ['10.0.0.4'],
    total: 1,
  })
})

test('answers 404 for what is not on the list', async () => {
  expect(await ask('DELETE', '/blacklist?ip=1.2.3.4')).toMatchObject({
    status: 404,
    body: { code: 'list.not-found', ok: false },
  })
})

test("passes on the agent's refusal", async () => {
  agent.answer = () => ({ ok: false, code: 'list.full', message: 'The deny list is full.' })
  const { status, body } = await add('/blacklist', { ip: '1.2.3.4' })
  expect([status, body.code, body.error]).toEqual([409, 'list.full', 'The deny list is full.'])
  // What an agent can't have is no longer wanted, or it would be tried again for ever.
  await until(async () => (await ask('GET', '/blacklist')).body.total === 0)
})

test('an agent that does not answer, or goes meanwhile, gets the change when it is back', async () => {
  agent.answer = () => undefined
  const pending = { status: 202, body: { ok: true, ip: '1.2.3.4', pending: ['host-a'] } }
  expect(await add('/blacklist', { ip: '1.2.3.4' })).toEqual(pending)
  const waiting = ask('DELETE', '/blacklist?ip=1.2.3.4')
  await agent.stop()
  expect(await waiting).toEqual(pending)
  expect(await add('/blacklist', { ip: '1.2.3.4' })).toEqual(pending)
  expect((await ask('GET', '/blacklist')).body.ips).toEqual(['1.2.3.4'])
  const told: string[] = []
  agent.answer = (command) => {
    if (command.name === 'lists.page') told.push(...command.entries.map(({ prefix }) => prefix))
    return answer(command)
  }
  await agent.start()
  await until(() => agent.commands.filter(({ name }) => name === 'lists.end').length > 1)
  expect(told).toEqual(['1.2.3.4'])
})

test('without any agent nothing is promised', async () => {
  const alone = await startServer()
  const post = { method: 'POST', url: '/blacklist', payload: { ip: '1.2.3.4' } } as const
  expect((await alone.server.app.inject(post)).statusCode).toBe(503)
  await alone.stop()
})

test('an agent that brings lists of its own keeps them', async () => {
  const other = running.agent({ agent: 'old', startedAtMs: 7 })
  const entry = {
    prefix: '9.9.9.9',
    reason: 'old',
    origin: 'cli',
    author: '',
    createdAtMs: 5,
    expiresAtMs: 0,
  }
  const told: Command[] = []
  other.answer = (command) => {
    told.push(command)
    const isDeny = command.name === 'list.get' && command.list === 'deny'
    return isDeny ? { ok: true, result: { total: 1, entries: [entry] } } : answer(command)
  }
  await other.start()
  await until(() => told.some(({ name }) => name === 'lists.end'))
  expect(
    told.flatMap((command) => (command.name === 'lists.page' ? command.entries : [])),
  ).toMatchObject([{ prefix: '9.9.9.9', reason: 'old' }])
  expect((await ask('GET', '/blacklist')).body).toMatchObject({ ips: ['9.9.9.9'] })
  // It is the other one's alone.
  expect(lists.deny).toEqual([])
  await other.stop()
})

test('says whether the page or another client made the entry', async () => {
  const url = new URL('/blacklist', running.server.url())
  const headers = {
    'content-type': 'application/json',
    'sec-fetch-site': 'same-origin',
    origin: url.origin,
    authorization: `Bearer ${running.token}`,
  }
  await new Promise<void>((resolve) => {
    request(url, { method: 'POST', headers }, (response) =>
      response.resume().on('end', resolve),
    ).end('{"ip":"1.2.3.4"}')
  })
  expect(lists.deny[0]?.origin).toBe('page')
})
