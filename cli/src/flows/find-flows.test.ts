/** The history and what lives now as one list. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createApiClient } from '@netscope/core/api/client.ts'
import { fakeFlow } from '../client/fake-flow.ts'
import { startFakeServer, type FakeServer } from '../client/fake-server.ts'
import type { FlowRow } from '../observe/field.ts'
import { findFlows, type Wanted } from './find-flows.ts'

const at = (second: number): string => new Date(second * 1000).toISOString()
const flow = (id: string, second: number, end = ''): FlowRow =>
  fakeFlow({ id, lastSeen: at(second), end: end as FlowRow['end'] })

let server: FakeServer
let stored: FlowRow[]
let asked: URL[]
beforeEach(async () => {
  server = await startFakeServer()
  asked = []
})
afterEach(() => server.close())

/** Pages of two. */
const api = createApiClient(async ({ path }) => {
  const url = new URL(path, 'http://fake')
  asked.push(url)
  const offset = Number(url.searchParams.get('cursor') ?? 0)
  const nextCursor = offset + 2 < stored.length ? { nextCursor: String(offset + 2) } : {}
  return { flows: stored.slice(offset, offset + 2), ...nextCursor }
})
const find = async (wanted: Partial<Wanted> = {}) => {
  const all = {
    filter: '',
    fromMs: 0,
    toMs: 1_000_000,
    state: 'all',
    most: 100,
    ...wanted,
  } as const
  return (await findFlows(server.url, api, all)).map(({ id, lastSeen }) => `${id} ${lastSeen}`)
}

test('the newest come last, from all pages of the history and from what lives', async () => {
  stored = [flow('c', 50, 'closed'), flow('b', 40, 'closed'), flow('a', 30, 'idle')]
  server.flows = [flow('live', 60)]
  expect(await find()).toEqual([`a ${at(30)}`, `b ${at(40)}`, `c ${at(50)}`, `live ${at(60)}`])
  expect(asked.map(({ searchParams }) => searchParams.get('cursor'))).toEqual([null, '2'])
})

test('stored parts of a flow that lives are left out; one that has just ended is told once', async () => {
  stored = [flow('ended', 50, 'closed'), flow('long', 40), flow('gone', 30)]
  server.flows = [flow('long', 60), flow('ended', 49)]
  expect(await find()).toEqual([`gone ${at(30)}`, `ended ${at(50)}`, `long ${at(60)}`])
})

test('no more are read than are wanted, and the newest are kept', async () => {
  stored = [50, 40, 30, 20, 10].map((second) => flow(`s${second}`, second, 'idle'))
  server.flows = [flow('live', 45)]
  expect(await find({ most: 2 })).toEqual([`live ${at(45)}`, `s50 ${at(50)}`])
  expect(asked).toHaveLength(1)
  expect(asked[0]?.searchParams.get('limit')).toBe('2')
})

test('what lives is within the range too, and one kind alone is asked for', async () => {
  stored = [flow('s', 30, 'idle')]
  server.flows = [flow('late', 90), flow('in', 50), flow('early', 5)]
  const range = { fromMs: 10_000, toMs: 60_000 }
  expect(await find({ ...range, state: 'live' })).toEqual([`in ${at(50)}`])
  expect(asked).toEqual([])
  server.asked.length = 0
  expect(await find({ ...range, state: 'stored', filter: 'port = 443' })).toEqual([`s ${at(30)}`])
  expect(server.asked).toEqual([])
  expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toMatchObject({
    filter: 'port = 443',
    from: at(10),
    to: at(60),
  })
})
