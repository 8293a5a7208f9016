/** Tests of false positives and suppressions over HTTP: what they hold back, what they don't, and the way back. */
import type { Detection } from '@netscope/detect/detection.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiToken } from '../fakes/credentials.ts'
import { madeUpDetection, madeUpEvidence } from '../fakes/made-up-detection.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer()
})
afterEach(() => running.stop())

type Json = Record<string, unknown>
const call = async (method: string, path: string, body?: Json, token = running.token) => {
  const response = await running.fetch(path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as Json }
}

const take = (given: Partial<Detection> = {}): void =>
  running.server.alerts.take(madeUpDetection(given))
const alert = async (id: string) => (await call('GET', `/api/v1/alerts/${id}`)).json
/** The alert as soon as it is so. */
const turns = (id: string, expected: Json) =>
  until(async () => {
    const found = await alert(id)
    return Object.entries(expected).every(([key, value]) => found[key] === value)
      ? found
      : undefined
  })
const actions = async () =>
  ((await call('GET', '/api/v1/audit')).json['entries'] as Json[]).map(({ action }) => action)
const shown = async () =>
  ((await call('GET', '/api/v1/alerts')).json['alerts'] as Json[]).map(({ id }) => id)

describe('a false positive', () => {
  const mark = (id = 'scan-1', reason = 'our own scanner') =>
    call('POST', `/api/v1/alerts/${id}/false-positive`, { reason })
  beforeEach(async () => {
    take({ state: 'ended' })
    await turns('scan-1', { state: 'ended' })
  })

  test('is said so, with what follows from it', async () => {
    const { status, json } = await mark()
    expect(status).toBe(200)
    expect(json).toMatchObject({
      id: 'scan-1',
      state: 'false-positive',
      falsePositive: { reason: 'our own scanner', author: 'local', factor: 3 },
    })
    const { falsePositives } = (await call('GET', '/api/v1/alerts/false-positives')).json
    expect(falsePositives).toMatchObject([
      {
        ...{ alert: 'scan-1', detector: 'tcp-scan', source: '192.0.2.7', target: '10.0.0.9' },
        ...{ factor: 3, severity: 40, reason: 'our own scanner', author: 'local' },
      },
    ])
    expect(await actions()).toContain('alert.false-positive')
  })

  test.each([
    ['the same again', 'suppressed', {}],
    ['less', 'suppressed', { evidence: madeUpEvidence(15) }],
    ['half as much again', 'active', { evidence: madeUpEvidence(45) }],
    ['something far more severe', 'active', { severity: 60 }],
    ['another target', 'active', { target: { ip: '10.0.0.10' } }],
    ['another source', 'active', { source: { ip: '192.0.2.8' } }],
    ['another detector', 'active', { detector: 'udp-scan' }],
  ] as [string, string, Partial<Detection>][])('then %s is %s', async (_words, state, given) => {
    await mark()
    take({ id: 'scan-2', ...given })
    const found = await turns('scan-2', { state })
    expect(found['suppressedBy']).toBe(state === 'suppressed' ? 'scan-1' : '')
    expect((await shown()).includes('scan-2')).toBe(state === 'active')
  })

  test('that grows on is an alert again', async () => {
    take({ id: 'scan-2', suppressionKey: 'b' })
    await turns('scan-2', { state: 'active' })
    expect((await mark('scan-2')).json).toMatchObject({ state: 'false-positive' })
    take({ id: 'scan-2', suppressionKey: 'b', count: 99, evidence: madeUpEvidence(99) })
    await turns('scan-2', { state: 'active', count: 99 })
  })

  test('never makes a detector demand more than the bound', async () => {
    take({ id: 'scan-2', evidence: madeUpEvidence(15 * 90), suppressionKey: 'b' })
    await turns('scan-2', { state: 'active' })
    expect((await mark('scan-2')).json).toMatchObject({ falsePositive: { factor: 100 } })
    take({ id: 'scan-3', evidence: madeUpEvidence(15 * 100), suppressionKey: 'c' })
    await turns('scan-3', { state: 'active' })
  })

  test('is taken back, with what followed from it', async () => {
    await mark()
    take({ id: 'scan-2', suppressionKey: 'b' })
    await turns('scan-2', { state: 'suppressed' })
    expect((await call('DELETE', '/api/v1/alerts/scan-1/false-positive')).status).toBe(204)
    await turns('scan-2', { state: 'active', suppressedBy: '' })
    expect(await alert('scan-1')).toMatchObject({ state: 'ended', falsePositive: null })
    expect(await actions()).toContain('alert.false-positive.undo')
    const again = await call('DELETE', '/api/v1/alerts/scan-1/false-positive')
    expect([again.status, again.json['code']]).toEqual([404, 'alert.not-marked'])
  })

  test('needs a reason, an alert, and an operator', async () => {
    expect((await mark('scan-1', '')).json['code']).toBe('request.invalid')
    expect((await mark('none')).json['code']).toBe('alert.unknown')
    const viewer = apiToken(running, 'viewer')
    const body = { reason: 'x' }
    const refused = await call('POST', '/api/v1/alerts/scan-1/false-positive', body, viewer)
    expect(refused.status).toBe(403)
  })
})

describe('a suppression', () => {
  const add = (filter: string, rest: Json = {}) =>
    call('POST', '/api/v1/suppressions', { filter, reason: 'pentest', ...rest })
  const all = async () => (await call('GET', '/api/v1/suppressions')).json['suppressions'] as Json[]

  test('holds back what its filter is true of, counts it, and is seen', async () => {
    const { status, json } = await add('detector = "tcp-scan" and src in 192.0.2.0/24')
    expect(status).toBe(201)
    expect(json).toMatchObject({ reason: 'pentest', author: 'local', hits: 0, lastHit: null })
    take()
    take({ id: 'scan-2', source: { ip: '198.51.100.7' } })
    await turns('scan-1', { state: 'suppressed', suppressedBy: json['id'] })
    await turns('scan-2', { state: 'active' })
    take({ count: 31, state: 'ended' })
    await turns('scan-1', { state: 'suppressed', count: 31 })
    expect(await shown()).toEqual(['scan-2'])
    expect((await call('GET', '/api/v1/alerts')).json).toMatchObject({ total: 1, suppressed: 1 })
    const { json: held } = await call('GET', '/api/v1/alerts?state=suppressed')
    expect(held).toMatchObject({ total: 1, alerts: [{ id: 'scan-1' }] })
    expect(await all()).toMatchObject([{ id: json['id'], hits: 1 }])
    expect(await actions()).toContain('suppression.add')
  })

  test('holds for what goes on, until it is removed', async () => {
    take()
    await turns('scan-1', { state: 'active' })
    const { json } = await add('src = 192.0.2.7')
    expect(await alert('scan-1')).toMatchObject({ state: 'suppressed' })
    expect((await call('DELETE', `/api/v1/suppressions/${String(json['id'])}`)).status).toBe(204)
    expect(await alert('scan-1')).toMatchObject({ state: 'active', suppressedBy: '' })
    expect(await all()).toEqual([])
    expect(await actions()).toContain('suppression.remove')
    const gone = await call('DELETE', `/api/v1/suppressions/${String(json['id'])}`)
    expect([gone.status, gone.json['code']]).toEqual([404, 'suppression.unknown'])
  })

  test('shows what it held back, ended or not, once it is removed', async () => {
    const { json } = await add('src = 192.0.2.7')
    take()
    await turns('scan-1', { state: 'suppressed' })
    take({ state: 'ended' })
    await turns('scan-1', { state: 'suppressed' })
    await call('DELETE', `/api/v1/suppressions/${String(json['id'])}`)
    expect(await alert('scan-1')).toMatchObject({ state: 'ended', suppressedBy: '' })
  })

  test.each([
    ['severity < 60', 201],
    ['not severity >= 60', 201],
    ['detector ~ scan', 201],
  ])('of %j is one', async (filter, status) => {
    expect((await add(filter)).status).toBe(status)
  })

  test.each([
    [' ', 'suppression.everything'],
    ['severity >= 0', 'suppression.everything'],
    ['src = 10.77.0.2 or not src = 10.77.0.2', 'suppression.everything'],
    ['src =', 'query.filter'],
    ['bytes > 5', 'query.filter'],
  ])('of %j is refused', async (filter, code) => {
    const { status, json } = await add(filter)
    expect([status, json['code']]).toEqual([400, code])
    expect(await all()).toEqual([])
  })

  test('ends at most after a year, and needs an operator', async () => {
    expect((await add('src = 192.0.2.7', { expiresInSeconds: 400 * 86_400 })).status).toBe(400)
    const body = { filter: 'src = 192.0.2.7', reason: 'x' }
    const viewer = apiToken(running, 'viewer')
    expect((await call('POST', '/api/v1/suppressions', body, viewer)).status).toBe(403)
  })
})
