/** What a client may ask, and what it gets when it reads slowly. */
import { expect, test } from 'vitest'
import type { Principal } from '../auth/principal.ts'
import { createLiveHub } from './live-hub.ts'
import type { LiveListener } from './live-hub.ts'
import { createLiveRows } from './live-rows.ts'
import { createLiveSession, MAX_WAITING_BYTES } from './live-session.ts'

const PRINCIPAL: Principal = { kind: 'token', id: '1', name: 'ci', role: 'viewer', scopes: [] }

const create = ({ signedIn = true, scopes = [] as string[] } = {}) => {
  const messages: { type: string; payload: Record<string, unknown> }[] = []
  const closed: [number, string][] = []
  const state = { waiting: 0, valid: true }
  const listeners: LiveListener[] = []
  const rows = createLiveRows('metrics', () => [])
  const real = createLiveHub(
    { flows: rows, devices: rows, alerts: rows, metrics: rows, events: rows },
    { now: () => 0 },
  )
  const hub = {
    ...real,
    subscribe(...[topic, filter, listener]: Parameters<typeof real.subscribe>) {
      listeners.push(listener)
      return real.subscribe(topic, filter, listener)
    },
  }
  const auth = {
    authenticate: async (token: string) =>
      token === 'good' && state.valid ? { ...PRINCIPAL, scopes } : undefined,
    isStillGood: () => state.valid,
  }
  const session = createLiveSession(
    {
      send: (message) => void messages.push(JSON.parse(String(message))),
      waitingBytes: () => state.waiting,
      together: (write: () => void) => write(),
      close: (code, reason) => void closed.push([code, reason]),
    },
    { hub, auth, wallClock: () => 5 },
  )
  if (signedIn) session.admit({ ...PRINCIPAL, scopes })
  const say = (type: string, payload?: object) => session.take(JSON.stringify({ type, payload }))
  return { session, messages, closed, state, listeners, say, hub: real }
}

test('the first message may say who it is', async () => {
  const { say, messages, closed } = create({ signedIn: false })
  await say('auth', { token: 'good' })
  await say('subscribe', { topic: 'metrics' })
  expect(messages.map(({ type }) => type)).toEqual(['authenticated', 'subscribed'])
  expect(closed).toEqual([])
})

test.each([
  ['auth', { token: 'bad' }],
  ['subscribe', { topic: 'metrics' }],
  ['ping', undefined],
  ['nonsense', undefined],
])('%s %j from a stranger ends it', async (type, payload) => {
  const { say, closed, messages, hub } = create({ signedIn: false })
  await say(type, payload)
  expect(closed).toEqual([[4401, expect.any(String)]])
  expect([messages, hub.audiences]).toEqual([[], 0])
})

test.each([
  ['not json', /must be JSON/],
  ['null', /type must be one of auth, subscribe/],
  ['{"type":"toString"}', /type must be one of/],
  ['{"type":"subscribe"}', /payload/],
  ['{"type":"subscribe","payload":{"topic":"x"}}', /payload.topic .*one of flows, devices/],
  ['{"type":"subscribe","payload":{"topic":"metrics","filter":"x = 1"}}', /takes no filter/],
  ['{"type":"subscribe","payload":{"topic":"metrics","more":1}}', /payload/],
])('%s is answered by what would be right', async (text, words) => {
  const { session, messages, closed } = create()
  await session.take(text)
  expect(messages).toMatchObject([
    { type: 'error', payload: { status: 400, detail: expect.stringMatching(words) } },
  ])
  expect(closed).toEqual([])
})

test('a slow reader gets counts, and messages again once it has caught up', async () => {
  const { say, session, messages, state, listeners } = create()
  await say('subscribe', { topic: 'metrics' })
  const [listener] = listeners
  messages.length = 0
  const bundle = [Buffer.from('{"type":"metrics","payload":{}}')]
  state.waiting = MAX_WAITING_BYTES + 1
  for (let i = 0; i < 1000; i++) listener?.send('metrics', bundle)
  listener?.skipped('metrics', '', 5)
  expect(messages).toEqual([])
  state.waiting = 0
  listener?.send('metrics', bundle)
  expect(messages).toEqual([
    { type: 'lagging', payload: { topic: 'metrics', messages: 1000, reason: 'reader' } },
    { type: 'metrics', payload: {} },
  ])
  state.waiting = MAX_WAITING_BYTES + 1
  listener?.send('metrics', bundle)
  state.waiting = 0
  session.look()
  expect(messages.at(-1)).toMatchObject({ type: 'lagging', payload: { messages: 1 } })
})

test('a token that is confined to a part gets that part only', async () => {
  const { say, messages } = create({ scopes: ['metrics'] })
  await say('subscribe', { topic: 'metrics' })
  await say('subscribe', { topic: 'flows' })
  expect(messages).toMatchObject([
    { type: 'subscribed' },
    { type: 'error', payload: { code: 'auth.scope', status: 403 } },
  ])
})

test('revoked credentials end it at the next look', () => {
  const { session, closed, state } = create()
  session.look()
  expect(closed).toEqual([])
  state.valid = false
  session.look()
  expect(closed).toEqual([[4401, 'signed out, revoked or expired']])
})

test('has few subscriptions and asks seldom; all end with the connection', async () => {
  const { say, session, messages, closed, hub } = create()
  for (const topic of ['flows', 'devices', 'alerts', 'metrics', 'events'])
    for (const filter of ['', ' ', '  ', '   ']) await say('subscribe', { topic, filter })
  expect(messages.filter(({ type }) => type === 'subscribed')).toHaveLength(16)
  expect(messages.at(-1)).toMatchObject({ type: 'error', payload: { code: 'live.too-many' } })
  await say('unsubscribe', { topic: 'flows' })
  expect(hub.audiences).toBe(15)
  for (let i = 0; i < 100; i++) await say('ping')
  expect(closed).toContainEqual([4429, 'too many messages'])
  session.end()
  expect(hub.audiences).toBe(0)
})
