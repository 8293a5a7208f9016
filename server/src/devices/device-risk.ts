/**
 * How risky a device is and how far it is trusted, in figures that say where they come from: its alerts, feeds and providers,
 * what a third-party agent reports, and for how long it was watched without anything. What nobody can know is null, which is no 0.
 */
import { combine } from '../intel/risk.ts'
import type { Testimony } from '../intel/risk.ts'
import type { Device } from './device.ts'

/** What an alert says of a device. */
export interface DeviceAlert {
  id: string
  title: string
  severity: number
  /** 0–1 */
  confidence: number
  lastMs: number
  /** It is the one that did it, not the one it was done to. */
  isSource: boolean
}

export interface ScoreSource {
  /** `alert ID`, `threat intelligence ADDRESS`, `a third-party agent`, `watched`. */
  source: string
  detail: string
  weight: number
  probability: number
  /** What is left of it at its age. */
  decay: number
}

export interface DeviceScores {
  /** 0–100; null: nothing is known that could make one. */
  risk: number | null
  trust: number | null
  riskArithmetic: string
  trustArithmetic: string
  sources: ScoreSource[]
}

/** An alert proves less of a device that it happened to. */
const WEIGHT = { source: 0.8, target: 0.2 }
/** Below is told of for the record only. */
const LEAST_SEVERITY = 20
const DAY_MS = 86_400_000
/** Watched for so long a device without alerts counts as without risk. */
const WATCHED_MS = DAY_MS
/** Different minutes in which it was seen: two packets with a day between them are no watch. */
const WATCHED_MINUTES = 30
/** Known for so long a device is trusted half. */
const FAMILIAR_DAYS = 7

const round = (value: number): number => Math.round(value * 10) / 10

const watchedMsOf = ({ firstSeenMs, lastSeenMs, sightings }: Device): number =>
  sightings >= WATCHED_MINUTES ? lastSeenMs - firstSeenMs : 0

type Said = Testimony & { detail: string }

const sayings = (
  device: Device,
  alerts: readonly DeviceAlert[],
  riskOf: (ip: string) => number | undefined,
  nowMs: number,
): Said[] => {
  const said: Said[] = alerts
    .filter(({ severity }) => severity >= LEAST_SEVERITY)
    .map(({ id, title, severity, confidence, lastMs, isSource }) => ({
      ...{ source: `alert ${id}`, detail: title, trust: 0, ageMs: nowMs - lastMs },
      weight: isSource ? WEIGHT.source : WEIGHT.target,
      probability: (severity / 100) * confidence,
    }))
  for (const ip of device.addresses.keys()) {
    const risk = riskOf(ip)
    if (risk === undefined) continue
    const source = `threat intelligence ${ip}`
    const detail = `its address has a risk of ${round(risk)}`
    said.push({ source, detail, weight: 1, probability: risk / 100, trust: 0, ageMs: 0 })
  }
  const reported = device.reported?.riskScore
  if (reported !== undefined) {
    const detail = `it reports ${round(reported)}`
    const source = 'a third-party agent'
    said.push({ source, detail, weight: 1, probability: reported / 100, trust: 0, ageMs: 0 })
  }
  const watchedMs = watchedMsOf(device)
  if (watchedMs >= WATCHED_MS) {
    const detail = `for ${Math.floor(watchedMs / DAY_MS)} days; what it did is above`
    said.push({ source: 'watched', detail, weight: 1, probability: 0, trust: 0, ageMs: 0 })
  }
  return said
}

const trustOf = (
  device: Device,
  risk: number | null,
): Pick<DeviceScores, 'trust' | 'trustArithmetic'> => {
  const { given, reported } = device
  if (reported?.trustScore !== undefined) {
    const trust = round(reported.trustScore)
    return { trust, trustArithmetic: `as a third-party agent reports it: ${trust}` }
  }
  if (given.trusted === false) return { trust: 0, trustArithmetic: 'people do not trust it: 0' }
  const days = watchedMsOf(device) / DAY_MS
  if (given.trusted === null && (risk === null || days < 1))
    return { trust: null, trustArithmetic: 'it was not watched for a day yet: unknown' }
  const base = given.trusted ? 1 : 1 - 0.5 ** (days / FAMILIAR_DAYS)
  const why = given.trusted ? '1 [people trust it]' : `(1 − 0.5^(${round(days)} days / 7))`
  const trust = round(base * (100 - (risk ?? 0)))
  return { trust, trustArithmetic: `${why} · (100 − ${risk ?? '0, as none is known'}) = ${trust}` }
}

/** `riskOf`: of an address, from memory. `halfLifeMs`: after so long an alert counts half. */
export const deviceScores = (
  device: Device,
  alerts: readonly DeviceAlert[],
  { riskOf, halfLifeMs }: { riskOf(ip: string): number | undefined; halfLifeMs: number },
  nowMs: number,
): DeviceScores => {
  const said = sayings(device, alerts, riskOf, nowMs)
  const { value, contributions, arithmetic } = combine(said, halfLifeMs)
  const risk = value ?? null
  return {
    risk,
    riskArithmetic: arithmetic,
    ...trustOf(device, risk),
    sources: contributions.map(({ source, weight, probability, decay }, i) => {
      const { detail = '' } = said[i] ?? {}
      return { source, detail, weight, probability, decay }
    }),
  }
}
