/**
 * Runs the detectors over flow records and observations. Its only clock is the one that its caller tells by `tick`:
 * that of the server, or a capture's.
 */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import type { Observation } from '@netscope/core/observation.ts'
import { createBoundedMap } from './bounded-map.ts'
import { createAddressTexts } from './address-texts.ts'
import type { DeviceScore } from './anomaly/device-score.ts'
import type {
  Detector,
  DetectorDeps,
  DetectorKind,
  Learned,
  LearnedChange,
  Surroundings,
} from './detector.ts'
import { DETECTORS } from './detectors.ts'
import { createIncidents, type DetectionSink } from './incidents.ts'
import { createRecordSteps, type RecordSteps } from './record-step.ts'

export interface DetectionEngineConfig {
  settings: DetectSection
  /** Default: all. */
  kinds?: readonly DetectorKind[]
  /** What the detector had learned before a restart. */
  learnedOf?(kind: DetectorKind): Learned | undefined
}

export interface DetectionEngineDeps {
  surroundings: Surroundings
  onDetection: DetectionSink
  /** Takes the score of each device and window of five minutes: no detection. */
  scored?(score: DeviceScore): void
}

export interface DetectionEngine {
  /** Takes a record, live or last, of the agent that its context names. */
  record(record: FlowReader): void
  observation(observation: Observation, agent: string): void
  /**
   * About once a second: it is `nowMs`, and everything before has been told. A clock that is set back by more than a
   * minute begins anew: what is open ends, what was learned is forgotten. `isSoon`: records have come that are to be judged
   * before the second is over. False: that is too soon after the last time, and they wait for another call.
   */
  tick(nowMs: number, isSoon?: boolean): boolean
  /** Nothing more comes: ends what is open. */
  flush(): void
  /** Forgets the flows of an agent. */
  forget(agent: string): void
  /** What detectors have learned since they were asked last: Detector.learned. */
  learned(all: boolean): LearnedOfDetector[]
  stats(): DetectionStats
}

export interface LearnedOfDetector {
  kind: DetectorKind
  changes: LearnedChange[]
}

export interface DetectionStats {
  records: number
  observations: number
  /** Incidents that have not ended. */
  open: number
  /** Times that a detector threw, which is a fault of ours. */
  failures: Readonly<Record<string, number>>
  /** What each of them threw first. */
  errors: Readonly<Record<string, unknown>>
}

const TICK_MS = 1000
/** Least time between ticks when something new is to be judged at once. */
const SOON_MS = 200
/** Agents, and programs that report flows, whose flows are followed; some 1 kB each without any. */
const MAX_AGENTS = 4096
/** A clock that is behind by less stands still. */
const TOLERANCE_MS = 60_000
const LAST_TICKS = 2
/** In a gap: so many ticks of a second, then so many that share what remains. */
const [FINE_TICKS, COARSE_TICKS] = [120, 60]

interface Running {
  kind: DetectorKind
  detector: Detector
}

export const createDetectionEngine = (
  config: DetectionEngineConfig,
  deps: DetectionEngineDeps,
): DetectionEngine => {
  const { settings, kinds = DETECTORS } = config
  const { surroundings, onDetection } = deps
  const addresses = createAddressTexts()
  const agents = createBoundedMap<string, RecordSteps>(MAX_AGENTS)
  const incidents = createIncidents({ onDetection })
  const failures: Record<string, number> = {}
  const errors: Record<string, unknown> = {}
  let running: Running[] = []
  /** Those that look at flows: half of them, at each of 200,000 records a second. */
  let ofFlows: Running[] = []
  let nowMs = Number.NaN
  let [records, observations] = [0, 0]

  const failed = ({ kind }: Pick<Running, 'kind'>, error: unknown): void => {
    failures[kind.name] = (failures[kind.name] ?? 0) + 1
    errors[kind.name] ??= error
  }

  const isLocal = createLocalMemo((address) => surroundings.isLocal(address))

  const create = (kind: DetectorKind, learned: Learned | undefined): Detector => {
    const given: DetectorDeps = {
      isLocal: isLocal.of,
      isOwn: (address) => surroundings.isOwn(address),
      classOf: (address) => surroundings.classOf?.(address) ?? '',
      listedOn: (text) => surroundings.listedOn?.(text) ?? [],
      isTorExit: (address) => surroundings.isTorExit?.(address) ?? false,
      scored: (score) => deps.scored?.(score),
      report: (finding) =>
        incidents.take(kind, finding, Number.isNaN(nowMs) ? finding.timeMs : nowMs),
    }
    try {
      return kind.create(settings, given, learned)
    } catch (error) {
      // What it had learned is damaged: it learns anew.
      failed({ kind }, error)
      return kind.create(settings, given)
    }
  }

  const begin = (learnedOf?: DetectionEngineConfig['learnedOf']): void => {
    running = kinds.map((kind) => ({ kind, detector: create(kind, learnedOf?.(kind)) }))
    ofFlows = running.filter(({ detector }) => detector.flow !== undefined)
  }
  begin(config.learnedOf)

  const stepsOf = (agent: string): RecordSteps => {
    let steps = agents.get(agent)
    if (!steps) agents.set(agent, (steps = createRecordSteps(agent, addresses)))
    return steps
  }

  /** Damaged time stamps and clocks that are ahead must not make detectors wait for years. */
  const plausible = (timeMs: number): number =>
    timeMs > nowMs + TOLERANCE_MS ? nowMs + TOLERANCE_MS : timeMs

  const tickAt = (moment: number): void => {
    nowMs = moment
    isLocal.forget()
    for (const one of running) {
      try {
        one.detector.tick?.(moment)
      } catch (error) {
        failed(one, error)
      }
    }
    incidents.tick(moment)
  }

  return {
    record(record) {
      records++
      isLocal.forget()
      const step = stepsOf(record.context.agent).step(record, plausible, nowMs)
      for (const one of ofFlows) {
        try {
          if (step.condensed === 0) one.detector.flow?.(step)
          else one.detector.summary?.(step)
        } catch (error) {
          failed(one, error)
        }
      }
    },
    observation(observation, agent) {
      observations++
      isLocal.forget()
      const timeMs = plausible(observation.timeMs)
      const told = timeMs === observation.timeMs ? observation : { ...observation, timeMs }
      for (const one of running) {
        try {
          one.detector.observation?.(told, agent)
        } catch (error) {
          failed(one, error)
        }
      }
    },
    tick(moment, isSoon = false) {
      if (moment < nowMs - TOLERANCE_MS) {
        incidents.flush()
        begin()
        nowMs = Number.NaN
      }
      if (Number.isNaN(nowMs)) nowMs = moment
      for (const each of momentsUntil(nowMs, moment)) tickAt(each)
      if (isSoon && moment > nowMs && moment - nowMs < SOON_MS) return false
      if (isSoon && moment > nowMs) tickAt(moment)
      return true
    },
    flush() {
      if (Number.isNaN(nowMs)) return
      // Who was asked at the very end has not answered.
      for (let i = 1; i <= LAST_TICKS; i++) tickAt(nowMs + TICK_MS)
      incidents.flush()
    },
    forget: (agent) => void agents.delete(agent),
    learned: (all) =>
      running.flatMap((one) => {
        try {
          const changes = [...(one.detector.learned?.(all) ?? [])]
          return changes.length > 0 ? [{ kind: one.kind, changes }] : []
        } catch (error) {
          failed(one, error)
          return []
        }
      }),
    stats: () => ({
      records,
      observations,
      open: incidents.open,
      failures: { ...failures },
      errors,
    }),
  }
}

/** The same two addresses are asked about by each detector in turn. */
const createLocalMemo = (ask: (address: string) => boolean) => {
  let [first, second]: (string | undefined)[] = []
  let [isFirst, isSecond] = [false, false]
  return {
    of(address: string): boolean {
      if (address === first) return isFirst
      if (address === second) return isSecond
      second = first
      isSecond = isFirst
      first = address
      return (isFirst = ask(address))
    },
    /** What is local may have changed. */
    forget(): void {
      first = second = undefined
    },
  }
}

/** Moments to tick at until `toMs`, a second apart and fewer in a long gap; none if that is within the second. */
const momentsUntil = (fromMs: number, toMs: number): number[] => {
  const moments: number[] = []
  let stride = TICK_MS
  for (let at = fromMs; at + TICK_MS <= toMs;) {
    if (moments.length === FINE_TICKS) {
      stride = Math.max(TICK_MS, Math.ceil((toMs - at) / COARSE_TICKS))
    }
    at = Math.min(at + stride, toMs)
    moments.push(at)
  }
  return moments
}
