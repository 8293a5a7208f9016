/** Keeps over restarts what detectors learn, and the scores of devices over time. */
import type { DeviceScore } from '@netscope/detect/anomaly/device-score.ts'
import type { DetectionEngine, LearnedOfDetector } from '@netscope/detect/detection-engine.ts'
import type { Logger } from 'pino'
import type { LearnedStore } from './learned-store.ts'
import type { ScoreStore } from './score-store.ts'

export interface DetectionMemoryDeps {
  learned: LearnedStore
  scores: ScoreStore
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn'>
}

export interface DetectionMemory {
  learnedOf: LearnedStore['load']
  scored(score: DeviceScore): void
  /** About once a second. */
  tick(engine: DetectionEngine): void
  /** The last chance. */
  stop(engine: DetectionEngine): void
}

/** What a kill costs of what was learned, but for what detectors hold back themselves. */
const SAVE_MS = 5 * 60_000
const TRIM_MS = 3_600_000
const DAY_MS = 86_400_000
/** Scores of a window that wait while the database fails. */
const MAX_WAITING = 8192

export const createDetectionMemory = (
  { scoreDays }: { scoreDays: number },
  { learned, scores, now, log }: DetectionMemoryDeps,
): DetectionMemory => {
  let waiting: DeviceScore[] = []
  /** What could not be written; detectors don't tell it again. */
  let unsaved: LearnedOfDetector[] = []
  let savedMs = now()
  let trimmedMs = 0
  let isFailing = false

  const attempt = (write: () => void): boolean => {
    try {
      write()
      isFailing = false
      return true
    } catch (err) {
      if (!isFailing) log.warn({ err }, 'what detectors have learned cannot be kept')
      isFailing = true
      return false
    }
  }

  const saveLearned = (engine: DetectionEngine, all: boolean): void => {
    savedMs = now()
    if (unsaved.length > 0 && !attempt(() => learned.save(unsaved))) return
    unsaved = engine.learned(all)
    if (unsaved.length > 0 && attempt(() => learned.save(unsaved))) unsaved = []
  }

  const saveScores = (): void => {
    if (waiting.length > 0 && attempt(() => scores.save(waiting))) waiting = []
  }

  const trim = (): void => {
    trimmedMs = now()
    try {
      scores.trim(trimmedMs - scoreDays * DAY_MS)
    } catch (err) {
      log.warn({ err }, 'old scores of devices cannot be removed')
    }
  }

  return {
    learnedOf: (kind) => learned.load(kind),
    scored(score) {
      if (waiting.length < MAX_WAITING) waiting.push(score)
    },
    tick(engine) {
      saveScores()
      if (Math.abs(now() - savedMs) >= SAVE_MS) saveLearned(engine, false)
      if (Math.abs(now() - trimmedMs) >= TRIM_MS) trim()
    },
    stop(engine) {
      saveScores()
      saveLearned(engine, true)
    },
  }
}
