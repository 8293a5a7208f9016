/** Who is told of what, when and how often; with a webhook on loopback and a clock that is set. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNotifyRig, NOON_MS } from '../fakes/notify-rig.ts'
import type { NotifyRig } from '../fakes/notify-rig.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let rig: NotifyRig
beforeEach(async () => void (rig = await createNotifyRig()))
afterEach(() => rig.stop())

const totals = () => rig.told().map(({ total }) => total)
const labels = () => rig.told().map(({ label }) => label)
const states = () => rig.notify.outbox(10).map(({ state }) => state)
const stateOf = () => rig.notify.states.of('ops')

test('what comes within the wait is told together, the most severe first, with a link', async () => {
  rig.add()
  rig.alert({ id: 'a', severity: 40 })
  await rig.pass(20_000)
  rig.alert({ id: 'b', severity: 70, title: 'worse' })
  await rig.pass(9000)
  expect(rig.told()).toEqual([])
  await rig.pass(1000)
  expect(rig.told()).toMatchObject([
    {
      ...{ kind: 'alerts', total: 2, label: 'high', url: 'https://netscope.example/alerts' },
      title: '2 alerts, the most severe high: worse',
      items: [{ id: 'b' }, { id: 'a' }],
    },
  ])
  await rig.pass(DAY_MS)
  expect(states()).toEqual(['sent'])
})

test('critical ones wait five seconds, and others of the group go with them', async () => {
  rig.add()
  rig.alert({ id: 'a', severity: 40 })
  await rig.pass(10_000)
  rig.alert({ id: 'b', severity: 90 })
  await rig.pass(4000)
  rig.alert({ id: 'c', severity: 90 })
  expect(totals()).toEqual([])
  await rig.pass(1000)
  expect(totals()).toEqual([3])
})

test('a burst of ten thousand is one message, no larger than others', async () => {
  rig.add()
  for (let i = 0; i < 10_000; i++)
    rig.alert({ id: `a${i}`, severity: i % 100, detector: `detector-${i % 100}` })
  await rig.pass(30_000)
  const [notice] = rig.told()
  expect(rig.provider.received).toHaveLength(1)
  expect(notice).toMatchObject({
    total: 6000,
    byLabel: { critical: 2000, high: 2000, medium: 2000 },
  })
  expect(notice?.items.map(({ severity }) => severity)).toEqual(Array(20).fill(99))
  expect(Object.keys(notice?.byDetector ?? {}).length).toBeLessThanOrEqual(41)
  expect(rig.provider.received[0]?.body.length).toBeLessThan(20_000)
})

test('an alert is told of once, however it grows, and again when it is more severe by a label', async () => {
  rig.add()
  for (const severity of [40, 50, 59, 59]) {
    rig.alert({ id: 'a', severity })
    await rig.pass(60_000)
  }
  rig.alert({ id: 'a', severity: 60 })
  await rig.pass(60_000)
  expect(rig.told().map(({ label }) => label)).toEqual(['medium', 'high'])
})

test('what is held back, acknowledged, resolved, mild or merely new is not told of', async () => {
  rig.add()
  const workflow = { assignee: '', reason: '', author: '', at: null }
  rig.alert({ id: 'a' }, { state: 'suppressed' })
  rig.alert({ id: 'b' }, { state: 'false-positive' })
  rig.alert({ id: 'c' }, { workflow: { ...workflow, state: 'acknowledged' } })
  rig.alert({ id: 'd' }, { workflow: { ...workflow, state: 'resolved' } })
  rig.alert({ id: 'e', severity: 39 })
  rig.alert({ id: 'f', severity: 50, detector: 'new-device' })
  await rig.pass(DAY_MS)
  expect([rig.told(), states()]).toEqual([[], []])
  rig.alert({ id: 'a' })
  await rig.pass(60_000)
  expect(rig.told()[0]?.items[0]?.id).toBe('a')
})

test('what ended long ago and is held back no longer is not told of', async () => {
  rig.add()
  rig.alert({ id: 'a', state: 'ended', lastMs: NOON_MS - 2 * HOUR_MS })
  rig.alert({ id: 'b', state: 'ended', lastMs: NOON_MS - 60_000 })
  await rig.pass(60_000)
  expect(rig.told().map(({ items }) => items.map(({ id }) => id))).toEqual([['b']])
})

test('each channel is told of what it wants', async () => {
  rig.add({ name: 'new', rules: { newThings: true, minSeverity: 'info', groupSeconds: 0 } })
  rig.add({ name: 'lan', rules: { filter: 'src in 10.0.0.0/8', groupSeconds: 0 } })
  rig.alert({ id: 'a', severity: 5, detector: 'new-device' })
  rig.alert({ id: 'b', source: { ip: '10.1.2.3' } })
  await rig.pass(1000)
  const told = rig.notify
    .outbox(10)
    .map(({ channel, notice }) => [channel, notice.items.map(({ id }) => id).toSorted()])
  expect(Object.fromEntries(told)).toEqual({ new: ['a', 'b'], lan: ['b'] })
})

test('over the budget of a day all comes together the next day, but for critical ones', async () => {
  rig.add({ rules: { dailyBudget: 2, groupSeconds: 0 } })
  for (let i = 0; i < 6; i++) {
    rig.alert({ id: `a${i}` })
    await rig.pass(60_000)
  }
  expect(totals()).toEqual([1, 1])
  rig.alert({ id: 'critical', severity: 95 })
  await rig.pass(1000)
  expect(totals()).toEqual([1, 1, 5])
  rig.alert({ id: 'b' })
  rig.alert({ id: 'c' })
  await rig.pass(11 * HOUR_MS)
  expect(totals()).toEqual([1, 1, 5])
  await rig.pass(HOUR_MS)
  expect(totals()).toEqual([1, 1, 5, 2])
})

test('in quiet hours only critical ones are told of, in the zone of the channel', async () => {
  const quietHours = { from: '22:00', to: '07:00' }
  rig.add({ rules: { quietHours, timeZone: 'America/New_York', groupSeconds: 0 } })
  rig.now = Date.UTC(2026, 0, 16, 4)
  rig.alert({ id: 'a' })
  await rig.pass(60_000)
  expect(totals()).toEqual([])
  await rig.pass(Date.UTC(2026, 0, 16, 12) - rig.now - 1000)
  expect(totals()).toEqual([])
  await rig.pass(1000)
  expect(totals()).toEqual([1])
  rig.now = Date.UTC(2026, 0, 17, 4)
  rig.alert({ id: 'b', severity: 90 })
  await rig.pass(1000)
  expect(totals()).toEqual([1, 1])
})

test('what fails before quiet hours is sent again after them, and keeps nothing critical from being told', async () => {
  const fails = { status: 503 }
  rig.provider.answers.splice(0, 1, fails, fails, { status: 200 })
  rig.add({ rules: { quietHours: { from: '12:00', to: '13:00' }, groupSeconds: 0 } })
  rig.now = NOON_MS - 1000
  rig.alert({ id: 'a' })
  await rig.pass(0)
  await rig.pass(60_000)
  expect(labels()).toEqual(['medium'])
  rig.alert({ id: 'b', severity: 90 })
  await rig.pass(0)
  await rig.pass(60_000)
  expect(labels()).toEqual(['medium', 'critical', 'critical'])
  await rig.pass(Date.UTC(2026, 0, 15, 13) - rig.now - 1)
  expect(labels()).toHaveLength(3)
  await rig.pass(1)
  expect(labels().slice(3)).toEqual(['medium'])
})

test('what fails is sent again by the same id, later each time, or when the provider wants', async () => {
  rig.provider.answers.splice(
    0,
    1,
    { status: 500 },
    { status: 503 },
    {
      ...{ status: 429, headers: { 'retry-after': '100' } },
    },
    { status: 200 },
  )
  rig.add({ rules: { groupSeconds: 0 } })
  rig.alert({ id: 'a' })
  const counts: number[] = []
  for (const ms of [0, 4000, 1000, 9000, 1000, 99_000, 1000]) {
    await rig.pass(ms)
    counts.push(rig.provider.received.length)
  }
  expect(counts).toEqual([1, 1, 2, 2, 3, 3, 4])
  expect(new Set(rig.told().map(({ id }) => id)).size).toBe(1)
  expect(rig.notify.figures().get('ops')).toEqual({ sent: 1, failed: 0, retried: 3, waiting: 0 })
  expect(stateOf().lastError).toBe('')
})

test('alerts that come while a message waits are told together afterwards', async () => {
  rig.provider.answers.splice(0, 1, { status: 500 }, { status: 200 })
  rig.add({ rules: { groupSeconds: 0 } })
  rig.alert({ id: 'a' })
  await rig.pass(0)
  rig.alert({ id: 'b' })
  rig.alert({ id: 'c' })
  await rig.pass(5000)
  await rig.pass(0)
  expect(totals()).toEqual([1, 1, 2])
})

test('a message that nobody takes for three days is given up, and said', async () => {
  rig.provider.answers[0] = { status: 500, body: '<html><title>x</title><h1>Oh dear</h1></html>' }
  rig.add({ rules: { groupSeconds: 0 } })
  rig.alert({ id: 'a' })
  for (let hour = 0; hour < 75; hour++) await rig.pass(HOUR_MS)
  expect(rig.notify.outbox(1)).toMatchObject([{ state: 'failed', error: 'status 500: Oh dear' }])
  expect(stateOf()).toMatchObject({ disabled: '', lastError: 'status 500: Oh dear' })
  expect(rig.notify.figures().get('ops')?.failed).toBe(1)
})

test('a channel that is gone is off, says why, and what waits goes out once it is on again', async () => {
  rig.provider.answers[0] = { status: 410, body: 'gone for good' }
  rig.add({ rules: { groupSeconds: 0 } })
  rig.alert({ id: 'a' })
  await rig.pass(0)
  rig.alert({ id: 'b' })
  await rig.pass(DAY_MS)
  expect(rig.provider.received).toHaveLength(1)
  expect(stateOf().disabled).toBe('status 410: gone for good')
  rig.provider.answers[0] = { status: 200 }
  rig.notify.states.enable('ops')
  await rig.pass(1000)
  await rig.pass(1000)
  expect(totals()).toEqual([1, 1, 1])
  expect(states()).toEqual(['sent', 'sent'])
})

test('one message that is refused does not stop others; five in a row do', async () => {
  rig.provider.answers[0] = { status: 400, body: 'no' }
  rig.add({ rules: { groupSeconds: 0 } })
  for (let i = 0; i < 6; i++) {
    rig.alert({ id: `a${i}` })
    await rig.pass(60_000)
    expect(stateOf().disabled).toBe(i < 4 ? '' : 'status 400: no')
  }
  expect(rig.provider.received).toHaveLength(5)
})

test('what is gathered or waits outlives a restart, and so does what was kept but not told of', async () => {
  rig.add()
  rig.alert({ id: 'a' })
  await rig.pass(0)
  await rig.restart()
  rig.alert({ id: 'b' })
  await rig.pass(0)
  rig.keep({ id: 'c', state: 'ended', lastMs: NOON_MS - 5 * HOUR_MS })
  await rig.restart()
  await rig.pass(30_000)
  expect(rig.told().map(({ items }) => items.map(({ id }) => id).toSorted())).toEqual([
    ['a', 'b', 'c'],
  ])
  await rig.restart()
  await rig.pass(DAY_MS)
  expect(totals()).toEqual([3])
})

test('what cannot be reached inside is refused for good, and the reason says what helps', async () => {
  const settings = { url: 'http://169.254.169.254/hook', secret: 'a secret of sixteen' }
  rig.add({ settings, rules: { groupSeconds: 0 } })
  rig.alert({ id: 'a' })
  await rig.pass(0)
  expect(stateOf().disabled).toMatch(/^169\.254\.169\.254 is a metadata service.*outgoing\.allow/)
})

test('a message of others goes the same way', async () => {
  rig.add()
  const message = { title: 'Block 192.0.2.7?', text: 'asked', url: 'https://x/y', label: 'high' }
  rig.notify.tell('ops', { ...message, label: 'high' })
  await rig.pass(0)
  expect(rig.told()).toMatchObject([{ kind: 'message', ...message }])
  expect(() => rig.notify.tell('nobody', { ...message, label: 'high' })).toThrow(
    'no channel nobody',
  )
})

test('a test says what becomes of it and leaves the channel as it is', async () => {
  const channel = rig.add()
  expect(await rig.notify.test(channel, 'ann')).toEqual({ kind: 'sent' })
  rig.provider.answers[0] = { status: 404 }
  expect(await rig.notify.test(channel, 'ann')).toEqual({ kind: 'broken', reason: 'status 404' })
  expect([stateOf().disabled, states()]).toEqual(['', []])
  expect(rig.told()[0]).toMatchObject({ kind: 'test', title: 'A test of NetScope' })
})

test('secrets are in no log, no error and nothing that is shown, even if the provider says them', async () => {
  const settings = { url: `${rig.provider.url}/SECRET-PATH`, secret: 'SECRET-OF-SIXTEEN' }
  const answer = `no ${rig.provider.url}/SECRET-PATH SECRET-OF-SIXTEEN`
  rig.provider.answers[0] = { status: 403, body: answer }
  const channel = rig.add({ settings, rules: { groupSeconds: 0 } })
  rig.alert({ id: 'a' })
  await rig.pass(0)
  const outcome = await rig.notify.test(channel, 'ann')
  expect(rig.provider.received[0]?.path).toBe('/SECRET-PATH')
  expect(JSON.stringify([outcome, stateOf(), rig.notify.outbox(9), rig.logged])).not.toContain(
    'SECRET',
  )
})
