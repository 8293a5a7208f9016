/** The pool of frames hands nothing out twice. */
import { describe, expect, it } from 'vitest'
import { createFramePool } from './frame-pool.ts'

describe('the pool of frames', () => {
  it('hands out again what was given back, at any length that is worth it', () => {
    const pool = createFramePool(1000, 4)
    const first = pool.take(900)
    pool.give(first)
    const second = pool.take(600)
    expect(second.buffer).toBe(first.buffer)
    expect(second).toHaveLength(600)
  })

  it('never hands out the same memory twice, whatever is given back', () => {
    const pool = createFramePool(1000, 4)
    const first = pool.take(900)
    pool.give(first)
    pool.give(first)
    pool.give(new Uint8Array(1000))
    expect(pool.take(900).buffer).not.toBe(pool.take(900).buffer)
  })

  it('makes small and oversized frames to measure, and keeps no more than told', () => {
    const pool = createFramePool(1000, 1)
    expect([pool.take(10).buffer.byteLength, pool.take(5000).buffer.byteLength]).toEqual([10, 5000])
    const [a, b] = [pool.take(1000), pool.take(1000)]
    pool.give(a)
    pool.give(b)
    expect(pool.take(1000).buffer).toBe(a.buffer)
    expect(pool.take(1000).buffer).not.toBe(b.buffer)
  })
})
