/** Channels, workflow, incidents and alerts from outside over HTTP. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { startProvider } from '../fakes/notify-rig.ts'
import type { Provider } from '../fakes/notify-rig.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

type Json = Record<string, unknown>
let running: RunningServer
let provider: Provider
beforeEach(async () => {
  running = await startServer({}, {}, {}, { allow: ['127.0.0.0/8'] })
  provider = await startProvider()
})
afterEach(async () => {
  await running.stop()
  await provider.stop()
})

const ask = async (method: string, path: string, body?: unknown) => {
  const response = await running.fetch(`/api/v1/${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })
  const text = await response.text()
  return { status: response.status, json: (text ? JSON.parse(text) : {}) as Json, text }
}
const SECRET = 'SECRET-OF-SIXTEEN'
const webhook = (name = 'ops') => ({
  ...{ name, kind: 'webhook', rules: { groupSeconds: 0 } },
  settings: { url: `${provider.url}/SECRET-PATH`, secret: SECRET },
})
const take = async (given = {}) => {
  running.server.alerts.take(madeUpDetection({ lastMs: Date.now(), firstMs: Date.now(), ...given }))
  const id = (given as { id?: string }).id ?? 'scan-1'
  await until(async () => (await ask('GET', `alerts/${id}`)).status === 200)
}

test('a channel is made, told of an alert, changed, tested, switched off and removed, all in the audit log', async () => {
  expect((await ask('POST', 'channels', webhook())).status).toBe(201)
  await take()
  await until(() => provider.received.length === 1)
  const changed = await ask('PATCH', 'channels/ops', {
    rules: { minSeverity: 'high' },
    settings: { secret: '***', url: `${provider.url}/SECRET-TWO` },
  })
  expect(changed.json).toMatchObject({
    ...{ name: 'ops', kind: 'webhook', enabled: true, sentToday: 1, origin: 'api' },
    rules: { minSeverity: 'high', groupSeconds: 0, dailyBudget: 50 },
    settings: { url: '***', secret: '***' },
  })
  expect((await ask('POST', 'channels/ops/test')).json).toMatchObject({ outcome: 'sent' })
  expect(provider.received.map(({ path }) => path)).toEqual(['/SECRET-PATH', '/SECRET-TWO'])
  const off = await ask('PATCH', 'channels/ops', { enabled: false })
  expect(off.json).toMatchObject({
    enabled: false,
    disabled: expect.stringMatching(/^switched off by /) as string,
  })
  const list = await ask('GET', 'channels')
  const sent = await ask('GET', 'notifications?channel=ops')
  expect(sent.json['notifications']).toMatchObject([
    { state: 'sent', alerts: 1, attempts: 1, label: 'medium', error: '' },
  ])
  expect((await ask('DELETE', 'channels/ops')).status).toBe(204)
  const audit = await ask('GET', 'audit')
  const actions = (audit.json['entries'] as Json[]).map(({ action }) => action)
  expect(actions.filter((action) => String(action).startsWith('channel.'))).toEqual([
    ...['channel.remove', 'channel.change', 'channel.test', 'channel.change', 'channel.add'],
  ])
  const all = [changed, off, list, sent, audit].map(({ text }) => text).join('')
  const metrics = await (await running.fetch('/metrics')).text()
  expect(metrics).toContain('netscope_notifications_sent_total')
  expect(`${all}${metrics}${JSON.stringify(running.logged)}`).not.toContain('SECRET')
})

test.each([
  [{ kind: 'pigeon' }, 400, 'channel.kind'],
  [{ settings: { url: 'https://x' } }, 400, 'channel.invalid'],
  [{ settings: { url: 'https://x', secret: SECRET, colour: 'red' } }, 400, 'channel.invalid'],
  [{ settings: { url: 'https://u:pw@x/', secret: SECRET } }, 400, 'channel.invalid'],
  [{ settings: { url: 'ftp://x/', secret: SECRET } }, 400, 'channel.invalid'],
  [{ kind: 'slack', settings: { url: 'hooks.slack.com/services' } }, 400, 'channel.invalid'],
  [{ kind: 'ntfy', settings: { url: 'https://ntfy.sh/t', topic: 't' } }, 400, 'channel.invalid'],
  [{ rules: { filter: 'colour = red' } }, 400, 'query.filter'],
  [{ rules: { timeZone: 'Mars/Olympus' } }, 400, 'channel.invalid'],
  [{ rules: { quietHours: { from: '25:00', to: '07:00' } } }, 400, 'request.invalid'],
  [{ rules: { quietHours: { from: '07:00', to: '07:00' } } }, 400, 'channel.invalid'],
  [{ rules: { groupSeconds: -1 } }, 400, 'request.invalid'],
  [{ name: 'Not A Name' }, 400, 'request.invalid'],
])('%j is refused', async (given, status, code) => {
  const answer = await ask('POST', 'channels', { ...webhook(), ...given })
  expect([answer.status, answer.json['code']]).toEqual([status, code])
  expect((await ask('GET', 'channels')).json).toEqual({ channels: [] })
})

test('what is there twice or not at all is said, and every kind says what it takes', async () => {
  await ask('POST', 'channels', webhook())
  expect((await ask('POST', 'channels', webhook())).json['code']).toBe('channel.exists')
  for (const [method, path] of [
    ['PATCH', 'channels/x'],
    ['DELETE', 'channels/x'],
    ['POST', 'channels/x/test'],
  ] as const)
    expect((await ask(method, path, method === 'PATCH' ? {} : undefined)).status).toBe(404)
  const { kinds } = (await ask('GET', 'channels/kinds')).json as { kinds: Json[] }
  expect(kinds.map(({ kind }) => kind)).toEqual([
    ...['email', 'slack', 'discord', 'webhook', 'ntfy', 'gotify', 'syslog'],
  ])
  expect(kinds[0]).toMatchObject({ settings: { properties: { host: {} } }, secrets: ['password'] })
})

test('a request that names JSON and has no body is one without a body', async () => {
  await take()
  const headers = { 'content-type': 'application/json' }
  const send = (method: string, path: string) =>
    running.fetch(`/api/v1/${path}`, { method, headers })
  expect((await send('PATCH', 'alerts/scan-1/ack')).status).toBe(200)
  await ask('POST', 'channels', webhook())
  expect((await send('DELETE', 'channels/ops')).status).toBe(204)
  expect((await send('POST', 'channels')).status).toBe(400)
})

test('an alert is acknowledged, assigned, resolved and reopened; lists can be asked for each', async () => {
  await take()
  expect((await ask('PATCH', 'alerts/scan-1/ack')).json).toMatchObject({
    state: 'active',
    workflow: { state: 'acknowledged' },
  })
  const wrong = await ask('PATCH', 'alerts/scan-1', { state: 'silenced' })
  expect(wrong.json['detail']).toMatch(/"state" in the body: .*open, acknowledged, resolved\.$/)
  await ask('PATCH', 'alerts/scan-1', { assignee: 'bob', reason: 'his network' })
  const ids = async (state: string) =>
    ((await ask('GET', `alerts?state=${state}`)).json['alerts'] as Json[]).map(({ id }) => id)
  expect([await ids('acknowledged'), await ids('open,resolved'), await ids('active')]).toEqual([
    ...[['scan-1'], [], ['scan-1']],
  ])
  await ask('PATCH', 'alerts/scan-1', { state: 'resolved', reason: 'our scanner' })
  expect(await ids('resolved')).toEqual(['scan-1'])
  await ask('PATCH', 'alerts/scan-1', { state: 'open' })
  await ask('POST', 'alerts/scan-1/false-positive', { reason: 'really' })
  const shown = await ask('GET', 'alerts/scan-1')
  expect(shown.json['workflow']).toMatchObject({ state: 'false-positive', assignee: 'bob' })
  expect([await ids('open'), await ids('false-positive')]).toEqual([[], ['scan-1']])
  const { changes } = (await ask('GET', 'alerts/scan-1/history')).json as { changes: Json[] }
  expect(changes.map(({ change, detail }) => `${String(change)}: ${String(detail)}`)).toEqual([
    ...['began: 192.0.2.7 scans the ports of 10.0.0.9', 'acknowledged: ', 'assigned: bob'],
    ...['note: his network', 'resolved: our scanner', 'reopened: ', 'false-positive: really'],
  ])
  const codes = [
    await ask('PATCH', 'alerts/none/ack'),
    await ask('PATCH', 'alerts/scan-1', {}),
    await ask('PATCH', 'alerts/scan-1', { state: 'ended' }),
    await ask('GET', 'alerts?state=asleep'),
  ].map(({ json }) => json['code'])
  expect(codes).toEqual(['alert.unknown', 'alert.unchanged', 'request.invalid', 'query.invalid'])
})

test('a scan and the guessing after it are one incident with a timeline, and related', async () => {
  await take({ id: 'scan', suppressionKey: 'a' })
  await take({ id: 'guess', detector: 'credential-guessing', severity: 70, suppressionKey: 'b' })
  await ask('PATCH', 'alerts/scan/ack', { reason: 'mine' })
  const { incidents, total } = (await ask('GET', 'incidents?severity=high')).json
  expect([incidents, total]).toMatchObject([[{ id: 'scan', alerts: 2, open: 1, label: 'high' }], 1])
  const one = (await ask('GET', 'incidents/scan')).json as { timeline: Json[]; alerts: Json[] }
  expect(one.alerts.map(({ id }) => id)).toEqual(['scan', 'guess'])
  expect(one.timeline.map(({ alert, change }) => [alert, change])).toEqual([
    ...[
      ['scan', 'began'],
      ['guess', 'began'],
      ['scan', 'acknowledged'],
    ],
  ])
  expect((await ask('GET', 'alerts/guess/related')).json['related']).toMatchObject([
    { because: 'incident', alert: { id: 'scan' } },
  ])
  expect((await ask('GET', 'incidents/none')).status).toBe(404)
})

test('other programs bring alerts, in the words of the earlier tool too', async () => {
  const said = { title: 'disk full', message: 'at 99 %', severity: 'critical', source: 'nagios' }
  const rest = { ip: '10.0.0.9', metadata: { disk: 'sda', used: 99 } }
  const { status, json } = await ask('POST', 'alerts', { ...said, ...rest })
  expect([status, json['isNew']]).toEqual([201, true])
  const alert = await until(async () => {
    const answer = await ask('GET', `alerts/${String(json['id'])}`)
    return answer.status === 200 ? answer.json : undefined
  })
  expect(alert).toMatchObject({
    ...{ detector: 'external', title: 'disk full', severity: 80, label: 'critical' },
    ...{ src: '10.0.0.9', state: 'ended', workflow: { state: 'open' } },
    evidence: { reason: 'at 99 %' },
  })
  for (const wrong of [
    { ...said, severity: 'awful' },
    { ...said, ip: 'not one' },
    { ...said, title: 'two\nlines' },
    { message: 'no title' },
  ])
    expect((await ask('POST', 'alerts', wrong)).status).toBe(400)
})
