/** Tests of what the agent does about attacks, put together. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFakeFlowTable } from '../flows/fake-flow-table.ts'
import type { Source } from '../source.ts'
import { createFakeResponseTable } from './fake-response-table.ts'
import { createResponse } from './response.ts'

const PEER = '192.0.2.50'
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'netscope-response-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const create = (given: Partial<Source> = {}, host = '198.51.100.1') => {
  const response = createFakeResponseTable({ pinCapacity: 1000 })
  const table = createFakeFlowTable(16)
  const world = { peers: [PEER] }
  const socketEnder = {
    find: () => [],
    end: () => 0,
    peersAt: () =>
      world.peers.map((text) => ({
        ...{ address: parsePrefix(text).addr, cookie: [1, 1] as const, isAccepted: true },
      })),
  }
  const source = {
    ...{ response, table, socketEnder, overflow: table.overflow, nowNs: () => 0 },
    ...{ hookCounters: () => [], ...given },
  } as unknown as Source
  const part = createResponse(
    { path: join(folder, 'lists'), sshPorts: [22], operatorPorts: [22], ownPort: 8086 },
    {
      ...{ source, now: () => 1000, log: { warn: () => undefined } },
      socketOwner: () => undefined,
      place: { kind: 'tls', host, port: 8087, ca: '', fingerprint: '' },
    },
  )
  return { part, response, world }
}

test('who works by SSH and the server are pinned before the first packet is judged, and told', () => {
  const { part, response } = create()
  part.load()
  expect([...response.pinned]).toEqual(expect.arrayContaining([PEER, '198.51.100.1']))
  expect(part.status().lifelines).toMatchObject({ sshUnsure: [PEER], pinned: 0 })
  expect(part.degraded()).toEqual([])
})

test('what the server had named is pinned again, and limits are in force, when the agent comes back', async () => {
  const { part } = create()
  await part.commands['pin.set']!({ pinned: [{ prefix: '10.0.0.1', why: 'x' }] })
  const limit = { prefix: '192.0.2.9', packetsPerSecond: 1, burst: 1, kind: 'all', expiresAtMs: 0 }
  await part.commands['limit.add']!({ limits: [{ ...limit, reason: '', origin: '', author: '' }] })
  const { part: next, response } = create()
  next.load()
  expect([response.pinned.has('10.0.0.1'), [...response.limits.keys()]]).toEqual([
    true,
    ['192.0.2.9'],
  ])
  expect(next.status()).toMatchObject({ limits: { entries: 1 }, lifelines: { pinned: 1 } })
})

test('who has left is pinned no more after some seconds', () => {
  const { part, response, world } = create()
  part.load()
  world.peers = []
  for (let i = 0; i < 6; i++) part.tick()
  expect(response.pinned.has(PEER)).toBe(false)
})

test('the server has another address: it is pinned before it is connected to, and the old one no more', () => {
  const { part, response } = create({}, 'server.example')
  part.serverAt(['198.51.100.7'])
  expect(response.pinned.has('198.51.100.7')).toBe(true)
  part.serverAt(['198.51.100.8'])
  expect([response.pinned.has('198.51.100.7'), response.pinned.has('198.51.100.8')]).toEqual([
    false,
    true,
  ])
})

test('where nothing is judged there is nothing to do', () => {
  const { part } = create({ response: undefined } as never)
  part.load()
  part.tick()
  expect([part.commands, part.status(), part.degraded()]).toEqual([{}, {}, []])
})
