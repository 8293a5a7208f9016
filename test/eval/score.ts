/** Outcomes to figures: recall, false alerts, detections per incident, time to detect. */
import { FAMILIES } from './families.ts'
import type { Outcome } from './evaluate.ts'

export interface KindScore {
  kind: string
  /** Captures with an attack of the kind, and those in which it was found. */
  attacks: number
  found: number
  recallPercent: number
  /** Detections of the kind per attack that was found; 1 is right. */
  perIncident: number
  medianSeconds: number
  slowestSeconds: number
}

export interface Score {
  kinds: KindScore[]
  all: KindScore
  /** Captures that must be silent, and detections in them. */
  silent: number
  falseAlerts: number
  /** Detections in captures with an attack that are not of it. */
  besideAttacks: number
  /** Detections in captures of which nothing is stated. */
  inUnstated: number
  problems: number
}

export const scoreOf = (outcomes: readonly Outcome[]): Score => {
  const attacks = outcomes.filter(({ truth }) => truth.expect === 'alert')
  const alertsIn = (expect: string): number =>
    outcomes
      .filter(({ truth }) => truth.expect === expect)
      .reduce((sum, { other }) => sum + other.length, 0)
  const order = [...FAMILIES.map(({ name }) => name), '']
  const kinds = [...new Set(attacks.map(({ truth }) => truth.kind))].toSorted(
    (a, b) => order.indexOf(a) - order.indexOf(b),
  )
  return {
    kinds: kinds.map((kind) =>
      kindScore(
        kind,
        attacks.filter(({ truth }) => truth.kind === kind),
      ),
    ),
    all: kindScore('all', attacks),
    silent: outcomes.filter(({ truth }) => truth.expect === 'silence').length,
    falseAlerts: alertsIn('silence'),
    besideAttacks: alertsIn('alert'),
    inUnstated: alertsIn('unstated'),
    problems: outcomes.filter(({ problem }) => problem !== undefined).length,
  }
}

const kindScore = (kind: string, attacks: readonly Outcome[]): KindScore => {
  const found = attacks.filter(({ right }) => right.length > 0)
  const seconds = found.map(({ secondsToDetect = 0 }) => secondsToDetect).toSorted((a, b) => a - b)
  const detections = found.reduce((sum, { right }) => sum + right.length, 0)
  return {
    kind,
    attacks: attacks.length,
    found: found.length,
    recallPercent: attacks.length === 0 ? 100 : rounded((100 * found.length) / attacks.length),
    perIncident: found.length === 0 ? 0 : rounded(detections / found.length),
    medianSeconds: rounded(seconds[seconds.length >> 1] ?? 0),
    slowestSeconds: rounded(seconds.at(-1) ?? 0),
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100
