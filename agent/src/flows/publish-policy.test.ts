/** The choice of the heaviest flows by a histogram. */
import { describe, expect, it } from 'vitest'
import { bucketFloor, PublishPolicy, weightBucket } from './publish-policy.ts'

describe('publish policy', () => {
  it('puts every number of bytes into a bucket whose floor is at most 12.5 % below it', () => {
    for (const bytes of [0, 1, 7, 8, 9, 15, 16, 100, 1500, 65_536, 1e6, 123_456_789, 2 ** 31 - 2]) {
      const floor = bucketFloor(weightBucket(bytes))
      expect(floor).toBeLessThanOrEqual(bytes)
      expect(floor).toBeGreaterThanOrEqual(bytes * 0.87 - 1)
    }
    expect(weightBucket(1e12)).toBe(weightBucket(2 ** 31))
  })

  it('lets all through while there are no more than the limit', () => {
    const policy = new PublishPolicy(100)
    expect(chosen(policy, range(100))).toHaveLength(100)
    expect(chosen(policy, range(100))).toHaveLength(100)
  })

  it('chooses the heaviest of many from the second tick on, and no more than the limit', () => {
    const policy = new PublishPolicy(500)
    const weights = range(20_000).map((i) => (i * 7919) % 1_000_003)
    chosen(policy, weights)
    for (let tick = 0; tick < 3; tick++) {
      const some = chosen(policy, weights)
      expect(some.length).toBeGreaterThan(250)
      expect(some.length).toBeLessThanOrEqual(1000)
      const threshold = weights.toSorted((a, b) => b - a)[600]!
      expect(Math.min(...some)).toBeGreaterThan(threshold * 0.8)
    }
  })

  it('takes some of equally heavy flows, but none where it would be a lottery', () => {
    const policy = new PublishPolicy(10)
    const alike = (count: number) => range(count).map(() => 5000)
    chosen(policy, alike(30))
    expect(chosen(policy, alike(30))).toHaveLength(10)
    chosen(policy, alike(1000))
    expect(chosen(policy, alike(1000))).toHaveLength(0)
  })
})

const range = (count: number) => Array.from({ length: count }, (_, i) => i)

/** One tick as the scan does it. */
const chosen = (policy: PublishPolicy, weights: number[]): number[] => {
  policy.begin()
  const { cutBytes, sampleMask } = policy
  policy.changed = weights.length
  return weights.filter((bytes, slot) => {
    if ((slot & sampleMask) === 0) policy.note(bytes)
    return bytes >= cutBytes && policy.isHeavy(bytes)
  })
}
