/** Tests of what claims to be a limit. */
import { expect, test } from 'vitest'
import { checkLimit, kernelLimitOf } from './limit-entry.ts'

const LIMIT = {
  ...{ prefix: '192.0.2.7/24', packetsPerSecond: 50, burst: 100, kind: 'syn' },
  ...{ reason: 'a scan', origin: 'policy:x', author: 'policy x', expiresAtMs: 5000 },
}

test('a limit is made canonical, and keeps who wanted it and why', () => {
  const { limit, prefix } = checkLimit(LIMIT, 1000)
  expect(limit).toEqual({ ...LIMIT, prefix: '192.0.2.0/24', createdAtMs: 1000 })
  expect([...prefix.slice(0, 4)]).toEqual([120, 0, 0, 0])
})

test.each([
  [{ prefix: '0.0.0.0/0' }, /0\.0\.0\.0\/0/],
  [{ prefix: 'nobody' }, /nobody/],
  [{ kind: 'fin' }, /kind/],
  [{ packetsPerSecond: 0 }, /packetsPerSecond/],
  [{ packetsPerSecond: 1.5 }, /packetsPerSecond/],
  [{ burst: 1_000_001 }, /burst/],
  [{ burst: '5' }, /burst/],
  [{ reason: 5 }, /./],
])('that is none is refused: %j', (given, reason) => {
  expect(() => checkLimit({ ...LIMIT, ...given }, 1000)).toThrow(reason)
})

test('the kernel counts in nanoseconds, and no bucket holds less than a tick of its clock', () => {
  const { limit } = checkLimit(LIMIT, 1000)
  expect(kernelLimitOf(limit)).toEqual({ nsPerPacket: 20e6, burstNs: 2e9, kind: 'syn' })
  const fast = { ...limit, packetsPerSecond: 1_000_000, burst: 1 }
  expect(kernelLimitOf(fast)).toMatchObject({ nsPerPacket: 1000, burstNs: 10e6 })
})
