/** How right the distinct count is. */
import { describe, expect, it } from 'vitest'
import { createDistinctCount } from './distinct-count.ts'

describe('a distinct count', () => {
  it('is exact up to 64, and says what is new', () => {
    const count = createDistinctCount()
    for (let i = 1; i <= 64; i++) {
      expect(count.add(`192.0.2.${i}`)).toBe(true)
      expect(count.add(`192.0.2.${i}`)).toBe(false)
      expect(count.value()).toBe(i)
    }
  })
  it('tells numbers apart', () => {
    const count = createDistinctCount()
    for (const port of [0, 1, 80, 443, 65535, 2 ** 32 - 1, 80, 0]) count.add(port)
    expect(count.value()).toBe(6)
  })
  it.each([100, 1000, 10_000, 1_000_000])('estimates %i within 10 %%', (distinct) => {
    const count = createDistinctCount()
    for (let i = 0; i < distinct; i++) count.add(i)
    for (let i = 0; i < 100; i++) count.add(i)
    expect(Math.abs(count.value() / distinct - 1)).toBeLessThan(0.1)
  })
  it('never falls when it turns from exact to estimated', () => {
    const count = createDistinctCount()
    let before = 0
    for (let i = 0; i < 200; i++) {
      count.add(`host-${i}.example`)
      expect(count.value()).toBeGreaterThanOrEqual(before)
      before = count.value()
    }
  })
  it('begins again', () => {
    const count = createDistinctCount()
    for (let i = 0; i < 100; i++) count.add(i)
    count.clear()
    count.add('a')
    expect(count.value()).toBe(1)
  })
})
