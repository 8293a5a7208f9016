/** What people say of alerts: false positives and suppressions, kept, bounded, and taken back. */
import { randomUUID } from 'node:crypto'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Logger } from 'pino'
import type { KeptAlert } from './alert-row.ts'
import { createFalsePositives, factorFor, sourceOf, targetOf } from './false-positives.ts'
import type { FalsePositiveMark } from './false-positives.ts'
import type { FeedbackStore } from './feedback-store.ts'
import { judge } from './judge.ts'
import type { Judgement } from './judge.ts'
import { createSuppressions } from './suppressions.ts'
import type { Suppression } from './suppressions.ts'

export interface FeedbackConfig {
  feedbackMaxFactor: number
  feedbackDays: number
}

export interface FeedbackDeps {
  store: FeedbackStore
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn'>
  newId?(): string
}

interface Said {
  reason: string
  author: string
}

export interface Feedback {
  /** Counts what a suppression has held back anew. */
  judge(alert: KeptAlert, nowMs: number): Judgement
  markOf(alert: string): FalsePositiveMark | undefined
  /** The newest first. */
  marks(): FalsePositiveMark[]
  /** Throws `alert.too-many-marks`. */
  mark(alert: KeptAlert, said: Said): FalsePositiveMark
  unmark(alert: string): FalsePositiveMark | undefined
  /** The newest first. */
  suppressions(): readonly Suppression[]
  /** The filter is one; throws `suppression.too-many`. */
  suppress(filter: string, expiresAtMs: number, said: Said): Suppression
  unsuppress(id: string): Suppression | undefined
  start(): void
  stop(): void
}

const MAX_SUPPRESSIONS = 500
const MAX_MARKS = 10_000
const TICK_MS = 10_000
/** Marks that are removed in a tick: each has an alert to judge. */
const MARKS_PER_TICK = 100
/** In `due`: all alerts that may still grow. */
const ALL = ''
const DAY_MS = 86_400_000
/** Alerts of which it is known what holds them back, so that each counts once. */
const MAX_COUNTED = 20_000

/** `onChange`: what holds alerts back is another; of one alert, or of all. */
export const createFeedback = (
  config: FeedbackConfig,
  deps: FeedbackDeps,
  onChange: (alert?: string) => void,
): Feedback => {
  const { store, now, log, newId = randomUUID } = deps
  const marks = createFalsePositives()
  const suppressions = createSuppressions(now)
  const counted = new Map<string, string>()
  const hit = new Set<Suppression>()
  /** Alerts that are to be judged anew, because what held them back is gone. */
  const due = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  const count = (alert: string, id: string, nowMs: number): void => {
    const suppression = suppressions.find(id)
    if (!suppression || counted.get(alert) === id) return
    counted.delete(alert)
    counted.set(alert, id)
    // A Map gives its keys in the order in which they came.
    if (counted.size > MAX_COUNTED) counted.delete(counted.keys().next().value as string)
    suppression.hits++
    suppression.lastHitMs = nowMs
    hit.add(suppression)
  }

  const saveHits = (): void => {
    if (hit.size === 0) return
    try {
      store.saveHits(hit)
      hit.clear()
    } catch (err) {
      log.warn({ err }, 'what suppressions have held back cannot be kept')
    }
  }

  const dropSuppression = (suppression: Suppression): void => {
    store.removeSuppression(suppression.id)
    suppressions.remove(suppression.id)
    hit.delete(suppression)
  }

  const dropMark = (alert: string): void => {
    store.removeMark(alert)
    marks.remove(alert)
  }

  /** What fails is tried again at the next tick: it leaves the memory after the database. */
  const expire = (nowMs: number): void => {
    try {
      for (const suppression of suppressions.expired(nowMs)) {
        dropSuppression(suppression)
        due.add(ALL)
      }
      for (const { alert } of marks.expired(nowMs).slice(0, MARKS_PER_TICK)) {
        dropMark(alert)
        due.add(alert).add(ALL)
      }
      for (const alert of due) {
        onChange(alert === ALL ? undefined : alert)
        due.delete(alert)
      }
    } catch (err) {
      log.warn({ err }, 'suppressions and false positives that have ended cannot be removed')
    }
  }

  const tick = (): void => {
    saveHits()
    expire(now())
  }

  return {
    judge(alert, nowMs) {
      const judgement = judge(alert, marks, suppressions, nowMs)
      if (judgement.state === 'suppressed') count(alert.id, judgement.suppressedBy, nowMs)
      return judgement
    },
    markOf: marks.of,
    marks: () => marks.all.toReversed(),
    mark(alert, { reason, author }) {
      if (!marks.of(alert.id) && marks.all.length >= MAX_MARKS)
        throw new NetscopeError('alert.too-many-marks', { limit: MAX_MARKS })
      const nowMs = now()
      const mark: FalsePositiveMark = {
        alert: alert.id,
        detector: alert.detector,
        source: sourceOf(alert),
        target: targetOf(alert),
        severity: alert.severity,
        factor: factorFor(alert, config.feedbackMaxFactor),
        reason,
        author,
        createdAtMs: nowMs,
        expiresAtMs: nowMs + config.feedbackDays * DAY_MS,
      }
      store.putMark(mark)
      marks.put(mark)
      onChange(alert.id)
      onChange()
      return mark
    },
    unmark(alert) {
      const mark = marks.of(alert)
      if (!mark) return undefined
      dropMark(alert)
      onChange(alert)
      onChange()
      return mark
    },
    suppressions: () => suppressions.all,
    suppress(filter, expiresAtMs, { reason, author }) {
      if (suppressions.all.length >= MAX_SUPPRESSIONS)
        throw new NetscopeError('suppression.too-many', { limit: MAX_SUPPRESSIONS })
      const made = { id: newId(), filter, reason, author, createdAtMs: now(), expiresAtMs }
      const suppression: Suppression = { ...made, hits: 0, lastHitMs: undefined }
      store.addSuppression(suppression)
      suppressions.add(suppression)
      onChange()
      return suppression
    },
    unsuppress(id) {
      const suppression = suppressions.find(id)
      if (!suppression) return undefined
      dropSuppression(suppression)
      onChange(id)
      onChange()
      return suppression
    },
    start() {
      for (const mark of store.marks()) marks.put(mark)
      for (const suppression of store.suppressions()) {
        const problem = suppressions.add(suppression)
        if (problem !== undefined)
          log.warn({ filter: suppression.filter, problem }, 'a suppression is not understood')
      }
      timer = setInterval(tick, TICK_MS)
    },
    stop() {
      clearInterval(timer)
      saveHits()
    },
  }
}
