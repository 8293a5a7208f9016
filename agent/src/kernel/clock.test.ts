/** The wall clock offset and the clock that stamps flows. */
import { describe, expect, it } from 'vitest'
import { measureWallOffsetMs, monotonicNs } from './clock.ts'

describe('the distance to wall-clock time', () => {
  it('turns a monotonic time into the wall-clock time of the same moment', () => {
    const offset = measureWallOffsetMs()
    expect(Math.abs(offset + monotonicNs() / 1e6 - Date.now())).toBeLessThan(50)
  })

  it('follows a step of the wall clock', () => {
    const hour = 3_600_000
    const stepped = measureWallOffsetMs(() => Date.now() + hour)
    expect(Math.abs(stepped - measureWallOffsetMs() - hour)).toBeLessThan(50)
  })
})
