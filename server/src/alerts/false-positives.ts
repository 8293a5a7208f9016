/**
 * What people have called a false positive, and what follows: between this source and this target that detector has to
 * bring more evidence from then on. The bounds: never more than `maxFactor` times its own thresholds, never for another
 * source or target, never for something clearly more severe, and only for so many days.
 */
import type { KeptAlert } from './alert-row.ts'
import { strengthOf } from './strength.ts'

export interface FalsePositiveMark {
  alert: string
  detector: string
  /** Address, MAC or name; empty: the detection has none. */
  source: string
  /** Address, MAC and quoted name, as many as there are. */
  target: string
  /** Of the alert that was marked. */
  severity: number
  factor: number
  reason: string
  author: string
  createdAtMs: number
  expiresAtMs: number
}

/** The same as what was marked, and half as much again, is held back. */
const BEYOND = 1.5
/** A mark always asks for something. */
const LEAST_FACTOR = 2
/** Of a severity by so much higher it is something else: one label. */
const MORE_SEVERE = 20

export const sourceOf = ({ src, srcMac, srcName }: KeptAlert): string => src || srcMac || srcName

/**
 * All that is known of it: the address alone would be the resolver, behind which is every domain. The quotes keep a name
 * from reading like an address.
 */
export const targetOf = ({ dst, dstMac, dstName }: KeptAlert): string =>
  [dst, dstMac, dstName && JSON.stringify(dstName)].filter(Boolean).join(' ')

/** What a mark of this alert demands. */
export const factorFor = ({ evidence }: KeptAlert, maxFactor: number): number => {
  const wanted = Math.max(LEAST_FACTOR, BEYOND * strengthOf(evidence))
  return Math.min(maxFactor, Math.ceil(wanted * 100) / 100)
}

/** Whether the mark holds the alert back. */
export const holdsBack = (mark: FalsePositiveMark, alert: KeptAlert): boolean =>
  alert.severity < mark.severity + MORE_SEVERE && strengthOf(alert.evidence) < mark.factor

export interface FalsePositives {
  readonly all: readonly FalsePositiveMark[]
  of(alert: string): FalsePositiveMark | undefined
  /** A mark that holds the alert back now. */
  holding(alert: KeptAlert, nowMs: number): FalsePositiveMark | undefined
  /** Those that hold no longer. */
  expired(nowMs: number): FalsePositiveMark[]
  put(mark: FalsePositiveMark): void
  remove(alert: string): FalsePositiveMark | undefined
}

const keyOf = (detector: string, source: string, target: string): string =>
  JSON.stringify([detector, source, target])

/** Marks by alert, and by whom they are between. */
export const createFalsePositives = (): FalsePositives => {
  const byAlert = new Map<string, FalsePositiveMark>()
  const between = new Map<string, Set<FalsePositiveMark>>()

  const remove = (alert: string): FalsePositiveMark | undefined => {
    const mark = byAlert.get(alert)
    if (!mark) return undefined
    byAlert.delete(alert)
    const key = keyOf(mark.detector, mark.source, mark.target)
    const marks = between.get(key)
    marks?.delete(mark)
    if (marks?.size === 0) between.delete(key)
    return mark
  }

  const put = (mark: FalsePositiveMark): void => {
    remove(mark.alert)
    byAlert.set(mark.alert, mark)
    const key = keyOf(mark.detector, mark.source, mark.target)
    const marks = between.get(key) ?? new Set()
    marks.add(mark)
    between.set(key, marks)
  }

  return {
    get all() {
      return [...byAlert.values()]
    },
    of: (alert) => byAlert.get(alert),
    holding(alert, nowMs) {
      const marks = between.get(keyOf(alert.detector, sourceOf(alert), targetOf(alert)))
      for (const mark of marks ?? [])
        if (mark.expiresAtMs > nowMs && holdsBack(mark, alert)) return mark
      return undefined
    },
    expired: (nowMs) => [...byAlert.values()].filter(({ expiresAtMs }) => expiresAtMs <= nowMs),
    put,
    remove,
  }
}
