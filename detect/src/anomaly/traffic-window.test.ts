/** What is counted of a device in five minutes. */
import { expect, test } from 'vitest'
import { createPeerMemory } from './peer-memory.ts'
import { createRandom } from './random.ts'
import { createTrafficWindow, type DevicePart } from './traffic-window.ts'
import { rowOf, WINDOW_COLUMNS, WINDOW_MS } from './window-columns.ts'

const part = (given: Partial<DevicePart>): DevicePart => ({
  isClient: true,
  peer: '198.51.100.1',
  port: 443,
  protocol: 6,
  sentBytes: 1000,
  receivedBytes: 9000,
  sentPackets: 5,
  receivedPackets: 15,
  begins: true,
  isAttempt: true,
  isAccepted: true,
  ...given,
})

const named = (row: Float64Array): Record<string, number> =>
  Object.fromEntries(WINDOW_COLUMNS.map(({ name }, at) => [name, row[at]!]))

test('amounts add up; peers and ports count once, those of before are not new', () => {
  const known = createPeerMemory()
  createTrafficWindow(known).add(part({}))
  const window = createTrafficWindow(known)
  window.add(part({}))
  window.add(part({ begins: false, isAccepted: false }))
  window.add(part({ peer: '198.51.100.2', port: 25, isAccepted: false }))
  window.add(part({ peer: '198.51.100.3', isClient: false, port: 22 }))
  expect(named(rowOf(window.counts(0)))).toMatchObject({
    sentBytes: 4000,
    receivedBytes: 36_000,
    packets: 80,
    flows: 3,
    peers: 3,
    ports: 2,
    newPeerPercent: (100 * 2) / 3,
    failedPercent: 50,
    packetBytes: 500,
    dnsQueries: 0,
    nxdomainPercent: 0,
  })
})

test('queries are packets to port 53; the share of names that do not exist comes from DNS itself', () => {
  const window = createTrafficWindow(createPeerMemory())
  window.add(part({ port: 53, protocol: 17, isAttempt: false, sentPackets: 4 }))
  window.addDns(10, 4)
  window.addDns(10, 1)
  expect(named(rowOf(window.counts(0)))).toMatchObject({ dnsQueries: 4, nxdomainPercent: 25 })
})

test('an empty window has no ratio that is no number', () => {
  const row = rowOf(createTrafficWindow(createPeerMemory()).counts(123 * WINDOW_MS))
  expect(row.every(Number.isFinite)).toBe(true)
})

test('times of day stand on a circle: midnight is next to midnight', () => {
  const at = (hours: number) => {
    const { hourSin, hourCos } = named(
      rowOf(createTrafficWindow(createPeerMemory()).counts(hours * 3_600_000)),
    )
    return [hourSin!, hourCos!]
  }
  const apart = (a: number, b: number) => Math.hypot(at(a)[0]! - at(b)[0]!, at(a)[1]! - at(b)[1]!)
  expect(apart(23.9, 24)).toBeLessThan(0.05)
  expect(apart(0, 12)).toBeCloseTo(2, 6)
})

test('the last 1,024 peers are remembered, one that was never met is hardly ever taken for known', () => {
  const memory = createPeerMemory()
  const random = createRandom(1)
  const hashes = Array.from({ length: 20_000 }, () => random.below(2 ** 32))
  const wrong = hashes.filter((hash) => !memory.meet(hash)).length
  expect(wrong / hashes.length).toBeLessThan(0.05)
  expect(hashes.slice(-1024).some((hash) => memory.meet(hash))).toBe(false)
  const copy = createPeerMemory(memory.bytes())
  expect(hashes.slice(-1024).some((hash) => copy.meet(hash))).toBe(false)
  expect(copy.bytes()).toEqual(memory.bytes())
})
