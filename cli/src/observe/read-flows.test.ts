/** Reading flows page by page. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeFlow, timeAt } from '../client/fake-flow.ts'
import { startFakeServer, type FakeServer } from '../client/fake-server.ts'
import { createFilter } from './filter.ts'
import { readFlows } from './read-flows.ts'

const flows = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    fakeFlow({ id: `f${i}`, dstPort: i % 2 ? 443 : 80, lastSeen: timeAt(i) }),
  )
let server: FakeServer
beforeEach(async () => {
  server = await startFakeServer(flows(2500))
})
afterEach(() => server.close())

const ports = (port: string) =>
  createFilter([{ option: 'port', text: port, negated: true }], () => 0)
const all = createFilter([], () => 0)

const read = async (
  most: number,
  options: { since?: string; filter?: typeof all } = {},
): Promise<string[]> => {
  const ids: string[] = []
  await readFlows(server.url, {
    filter: all,
    state: 'all',
    ...options,
    take: ({ id }) => ids.push(id) < most,
  })
  return ids
}

test('gives each flow once, newest first', async () => {
  expect(await read(Infinity)).toEqual(Array.from({ length: 2500 }, (_, i) => `f${2499 - i}`))
})

test('reads no more pages than it needs', async () => {
  expect(await read(3)).toEqual(['f2499', 'f2498', 'f2497'])
  expect(server.asked).toHaveLength(1)
  expect(await read(3, { filter: ports('443') })).toEqual(['f2498', 'f2496', 'f2494'])
  expect(await read(Infinity, { since: timeAt(2495) })).toHaveLength(5)
  expect(server.asked).toHaveLength(3)
})

test('finds a flow that moves to the front while it reads', async () => {
  const ids: string[] = []
  await readFlows(server.url, {
    filter: all,
    state: 'all',
    take({ id }) {
      if (id === 'f2000') server.flows[3] = fakeFlow({ id: 'f3', lastSeen: timeAt(9999) })
      return ids.push(id) > 0
    },
  })
  expect(ids).toHaveLength(2500)
  expect(ids).toContain('f3')
})
