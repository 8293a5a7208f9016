/** Figures with their units. */
import { describe, expect, it } from 'vitest'
import { formatBytes, formatDuration, formatLatency, formatTime } from './units.ts'

describe('units', () => {
  it('are decimal with three digits', () => {
    expect([0, 999, 1000, 12_345, 999_999, 5e9, 1e18].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '12.3 kB',
      '1000 kB',
      '5.00 GB',
      '1000 PB',
    ])
  })

  it('of time grow with it', () => {
    const times = [0, 999, 1500, 61_000, 3_600_000, 90_061_000]
    expect(times.map(formatDuration)).toEqual([
      '0 ms',
      '999 ms',
      '1.5 s',
      '1:01',
      '1:00:00',
      '1 d 1:01:01',
    ])
  })

  it('of latency keep three digits below a second', () => {
    expect([0.08, 1.234, 12.34, 99.94, 99.96, 850, 1500].map(formatLatency)).toEqual([
      '0.08 ms',
      '1.23 ms',
      '12.3 ms',
      '99.9 ms',
      '100 ms',
      '850 ms',
      '1.5 s',
    ])
  })

  it('of a time of day are local, with the date where it is another day', () => {
    const at = new Date(2026, 6, 31, 9, 8, 7, 65)
    expect(formatTime(at.toISOString(), at.getTime())).toBe('09:08:07.065')
    expect(formatTime(at.toISOString(), at.getTime() + 86_400_000)).toBe('2026-07-31 09:08:07.065')
    expect(formatTime('never', 0)).toBe('')
  })
})
