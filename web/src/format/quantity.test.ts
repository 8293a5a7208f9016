/** Units as people read them, at the edges where rounding changes the unit. */
import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatExact, formatRate, formatShare } from './quantity.ts'

describe('quantities', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [9994, '9.99 kB'],
    [9996, '10.0 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [12_345_678_901, '12.3 GB'],
  ])('shows %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it('shows a rate per second and never more than one digit below ten bytes', () => {
    expect(formatRate(1_240_000)).toBe('1.24 MB/s')
    expect(formatRate(0.2)).toBe('0 B/s')
  })

  it('shortens counts and keeps small ones whole', () => {
    expect(formatCount(42)).toBe('42')
    expect(formatCount(2.25)).toBe('2.3')
    expect(formatCount(12_345)).toBe('12.3k')
    expect(formatExact(1234567)).toBe('1,234,567')
  })

  it.each([
    [1, '100 %'],
    [0.99999, '99.99 %'],
    [0.9987, '99.87 %'],
    [0.5, '50 %'],
    [0.00001, '< 0.01 %'],
    [0, '0 %'],
    [1.002, '100.2 %'],
  ])('does not round the share %d up to a whole', (share, text) =>
    expect(formatShare(share)).toBe(text),
  )
})
