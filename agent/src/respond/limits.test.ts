/** Tests of limits of rate. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFakeResponseTable } from './fake-response-table.ts'
import { createLimits } from './limits.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'netscope-limits-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const create = (path = join(folder, 'limits.json')) => {
  const table = createFakeResponseTable()
  const world = { nowMs: 1000 }
  const log = { warn: () => undefined }
  const limits = createLimits({ path }, { table, now: () => world.nowMs, log })
  return { limits, table, world, path, inForce: () => [...table.limits.keys()] }
}
const limit = (prefix: string, given: object = {}) => ({
  ...{ prefix, packetsPerSecond: 10, burst: 20, kind: 'all', expiresAtMs: 0 },
  ...{ reason: 'a scan', origin: 'policy:x', author: 'policy x', ...given },
})

test('limits are in force, are shown with what they dropped, and are there after a restart', () => {
  const { limits, inForce } = create()
  expect(limits.add([limit('192.0.2.7'), limit('10.0.0.0/8')])).toBe(2)
  expect(limits.add([limit('192.0.2.7', { burst: 5 })])).toBe(0)
  expect(inForce()).toEqual(['192.0.2.7', '10.0.0.0/8'])
  expect(limits.get()[0]).toMatchObject({ prefix: '192.0.2.7', burst: 5, droppedPackets: 7 })
  const again = create()
  again.limits.load()
  expect(again.inForce()).toEqual(['192.0.2.7', '10.0.0.0/8'])
  expect(again.limits.remove(['192.0.2.7', '192.0.2.8', 3])).toBe(1)
  expect(again.inForce()).toEqual(['10.0.0.0/8'])
})

test('all or none are added, and not more than fit', () => {
  const { limits, inForce } = create()
  expect(() => limits.add([limit('192.0.2.7'), limit('x')])).toThrow('x')
  const four = [1, 2, 3, 4].map((i) => limit(`192.0.2.${i}`))
  expect(() => limits.add(four)).toThrow('room for 3 more limits')
  expect(inForce()).toEqual([])
  expect(limits.sizes()).toEqual({ entries: 0, capacity: 3 })
})

test('a limit ends in time, also while the agent was away', () => {
  const { limits, world, inForce } = create()
  limits.add([limit('192.0.2.7', { expiresAtMs: 2000 }), limit('192.0.2.8', { expiresAtMs: 9000 })])
  world.nowMs = 1999
  limits.tick()
  expect(inForce()).toHaveLength(2)
  world.nowMs = 2000
  limits.tick()
  expect(inForce()).toEqual(['192.0.2.8'])
  const later = create()
  later.world.nowMs = 9000
  later.limits.load()
  expect(later.inForce()).toEqual([])
})

test('a damaged file and a disk that takes nothing are told', () => {
  const { limits, path } = create()
  writeFileSync(path, '{"limits":[{"prefix":1}]}')
  limits.load()
  expect(limits.degraded()[0]).toContain('damaged')
  mkdirSync(join(folder, 'file.json'))
  const full = create(join(folder, 'file.json'))
  full.limits.add([limit('192.0.2.7')])
  expect([full.limits.degraded().length, full.inForce()]).toEqual([1, ['192.0.2.7']])
})
