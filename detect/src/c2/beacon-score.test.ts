/** RITA's measures on numbers whose score can be computed by hand. */
import { describe, expect, it } from 'vitest'
import { scoreBeacon } from './beacon-score.ts'
import { createContactHistory } from './contact-history.ts'
import { regularity, spreadOf } from './spread.ts'

const repeated = (values: readonly number[], times: number) =>
  Array.from({ length: times }, () => values).flat()

describe('regularity', () => {
  it('of a clock is 1', () => {
    expect(regularity(spreadOf(repeated([60], 100)), 1)).toBe(1)
  })
  it('of 98 to 102 is 0.995', () => {
    expect(regularity(spreadOf(repeated([98, 99, 100, 101, 102], 20)), 1)).toBeCloseTo(0.995, 3)
  })
  it('of nothing but 0 depends on what is measured', () => {
    expect(regularity(spreadOf([0, 0, 0]), 1)).toBe(1)
    expect(regularity(spreadOf([0, 0, 0]), 0)).toBe(0.5)
  })
  it('counts a skew against it', () => {
    const skewed = spreadOf([10, 20, 30, 40, 100, 200, 300])
    expect(skewed.skew).toBeGreaterThan(0.5)
    expect(regularity(skewed, 1)).toBeLessThan(0.5)
  })
})

describe("RITA's score", () => {
  const clock = spreadOf(repeated([60], 100))
  it('is 1 for a clock through 24 hours', () => {
    expect(scoreBeacon(clock, clock, repeated([60], 24)).score).toBe(1)
  })
  it('has no duration below six hours', () => {
    const hours = [...repeated([0], 19), ...repeated([60], 5)]
    expect(scoreBeacon(clock, clock, hours)).toMatchObject({ duration: 0, histogram: 0 })
  })
  it('takes the longest run of hours', () => {
    const hours = [...repeated([0], 15), ...repeated([60], 9)]
    expect(scoreBeacon(clock, clock, hours).duration).toBe(0.75)
  })
  it('knows days with two kinds of hours', () => {
    const hours = [...repeated([60], 12), ...repeated([10], 12)]
    expect(scoreBeacon(clock, clock, hours).histogram).toBe(1)
  })
})

describe('the history of contacts', () => {
  it('takes what comes at once as one contact', () => {
    const history = createContactHistory()
    expect([0, 100, 2000].map((ms) => history.contact(1e12 + ms))).toEqual([true, false, true])
    expect(history.intervalsMs()).toEqual([2000])
  })
  it('keeps the last 128', () => {
    const history = createContactHistory()
    for (let i = 0; i < 1000; i++) history.contact(1e12 + i * (i < 800 ? 1000 : 2000))
    expect(history.intervalsMs()).toEqual(repeated([2000], 127))
    expect(history.contacts()).toBe(1000)
  })
  it('counts the hours up to the last contact, and forgets after a day', () => {
    const history = createContactHistory()
    const hour = 3_600_000
    for (let i = 0; i < 30; i++) history.contact(1e12 + i * hour)
    expect(history.hourly()).toEqual(repeated([1], 24))
    history.contact(1e12 + 32 * hour)
    expect(history.hourly().slice(-4)).toEqual([1, 0, 0, 1])
    history.contact(1e12 + 100 * hour)
    expect(history.hourly()).toEqual([...repeated([0], 23), 1])
  })
})
