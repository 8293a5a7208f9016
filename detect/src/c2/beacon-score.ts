/** RITA v5's beacon score, for horizons of hours: ¼ (times + sizes + histogram + duration). */
import { regularity, type Spread } from './spread.ts'

/** Contacts of each of the last 24 hours, oldest first. */
export type HourlyContacts = readonly number[]

export interface BeaconScore {
  times: number
  sizes: number
  histogram: number
  duration: number
  /** Their mean, 0–1. */
  score: number
}

const LEAST_HOURS = 6
const RUN_HOURS = 12
const HOURS = 24
/** Hours that a distribution with two peaks needs. */
const BIMODAL_HOURS = 11
/** Width of a bucket of frequencies, of the largest. */
const BUCKET = 0.05

export const scoreBeacon = (
  intervalsMs: Spread,
  sizes: Spread,
  hourly: HourlyContacts,
): BeaconScore => {
  const parts = {
    times: regularity(intervalsMs, 1),
    sizes: regularity(sizes, 0),
    histogram: histogramScore(hourly),
    duration: durationScore(hourly),
  }
  const score = (parts.times + parts.sizes + parts.histogram + parts.duration) / 4
  return { ...parts, score }
}

const histogramScore = (hourly: HourlyContacts): number => {
  const mean = hourly.reduce((sum, count) => sum + count, 0) / hourly.length
  if (!(mean > 0)) return 0
  const variance = hourly.reduce((sum, count) => sum + (count - mean) ** 2, 0) / hourly.length
  const even = Math.max(0, 1 - Math.sqrt(variance) / mean)
  return Math.max(even, bimodalScore(hourly.filter((count) => count > 0)))
}

/** Which part of the hours has one of the two most frequent counts. */
const bimodalScore = (bars: readonly number[]): number => {
  if (bars.length < BIMODAL_HOURS) return 0
  const width = Math.max(1, Math.ceil(Math.max(...bars) * BUCKET))
  const buckets = new Map<number, number>()
  for (const bar of bars) {
    const bucket = Math.floor(bar / width)
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
  }
  const [first = 0, second = 0] = [...buckets.values()].toSorted((a, b) => b - a)
  return Math.min(1, (first + second) / (bars.length - 1))
}

const durationScore = (hourly: HourlyContacts): number => {
  const seen = hourly.filter((count) => count > 0).length
  if (seen < LEAST_HOURS) return 0
  let [run, longest] = [0, 0]
  for (const count of hourly) longest = Math.max(longest, (run = count > 0 ? run + 1 : 0))
  return Math.min(1, Math.max(seen / HOURS, longest / RUN_HOURS))
}
