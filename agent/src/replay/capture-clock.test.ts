/** When the tracker ticks while a capture is replayed. */
import { describe, expect, it } from 'vitest'
import { createCaptureClock } from './capture-clock.ts'

/** Ticks before each packet of these seconds. */
const play = (seconds: readonly number[], mayWait?: () => boolean) => {
  const clock = createCaptureClock(mayWait)
  const ticks = seconds.map((second) => (clock.isDue(second) ? clock.ticks(second) : []))
  return { ticks, end: clock.end() }
}

describe('the capture clock', () => {
  it('ticks once a second', () => {
    expect(play([100, 100, 101, 102, 102])).toEqual({ ticks: [[], [], [1], [2], []], end: 3 })
  })

  it('ticks after the last packet before a gap and at its end', () => {
    expect(play([100, 200]).ticks).toEqual([[], [1, 100]])
  })

  it('goes no further than two days in a gap of years', () => {
    expect(play([0, 1e9]).ticks).toEqual([[], [1, 1 + 2 * 86400]])
  })

  it('stays where it is for a packet that is a little late, and goes on from one that is very late', () => {
    expect(play([1000, 1001, 950, 1001, 1002]).ticks).toEqual([[], [1], [], [], [2]])
    expect(play([1000, 10, 11, 12]).ticks).toEqual([[], [1], [2], [3]])
  })

  it('lets dear ticks wait for 10 s', () => {
    const seconds = Array.from({ length: 25 }, (_, i) => 50 + i)
    const { ticks, end } = play(seconds, () => true)
    expect(ticks.flat()).toEqual([10, 20])
    expect(end).toBe(25)
  })

  it('ticks at the right moments around a gap when ticks wait', () => {
    expect(play([50, 53, 300], () => true).ticks).toEqual([[], [], [4, 250]])
  })

  it('never goes back', () => {
    const seconds = Array.from({ length: 500 }, (_, i) => (i * 7919) % 1009)
    for (const mayWait of [() => false, () => true]) {
      const all = play(seconds, mayWait).ticks.flat()
      expect(all.every((tick, i) => i === 0 || tick > (all[i - 1] ?? 0))).toBe(true)
    }
  })
})
