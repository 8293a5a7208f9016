/** The detectors of the server: everything that agents send goes past them; the clock moves them on while nothing comes. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import type { Observation } from '@netscope/core/observation.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { createDetectionEngine } from '@netscope/detect/detection-engine.ts'
import type { DetectionEngine, DetectionStats } from '@netscope/detect/detection-engine.ts'
import type { Detection as Found } from '@netscope/detect/detection.ts'
import type { DetectorKind, Surroundings } from '@netscope/detect/detector.ts'
import type { Logger } from 'pino'
import type { DetectionMemory } from './memory.ts'
import { createSurroundings } from './surroundings.ts'
import type { LearningSurroundings } from './surroundings.ts'

export interface DetectionConfig {
  settings: DetectSection
  /** That people named. */
  networks: readonly Prefix[]
  /** Instead of all. */
  kinds?: readonly DetectorKind[] | undefined
}

export interface DetectionDeps {
  onDetection(found: Found): void
  memory: DetectionMemory
  /** What the device that has the address seems to be; '' not known. */
  classOf(address: string): string
  /** What feeds say. */
  intel: Required<Pick<Surroundings, 'listedOn' | 'isTorExit'>>
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'error'>
}

export interface Detection {
  readonly stats: DetectionStats
  readonly site: Pick<LearningSurroundings, 'isLocal' | 'own'>
  /** A new run of an agent numbers its flows anew. */
  connected(agent: string, startedAtMs: number): void
  /** A record of the agent that its context names. `isNew`: none of its flow came before. */
  record(record: FlowReader, isNew: boolean): void
  observe(agent: string, said: readonly Observation[]): void
  start(): void
  stop(): void
}

/** The engine ticks each second of the clock; a timer of a second would fall behind by up to another one. */
const LOOK_MS = 250
/** In which the rest of an agent's second comes. */
const BATCH_MS = 20
const NOTHING: DetectionStats = { records: 0, observations: 0, open: 0, failures: {}, errors: {} }

export const createDetection = (
  { settings, networks, kinds }: DetectionConfig,
  { onDetection, memory, classOf, intel, now, log }: DetectionDeps,
): Detection => {
  const surroundings = {
    ...createSurroundings(networks),
    classOf,
    listedOn: intel.listedOn,
    isTorExit: intel.isTorExit,
  }
  const runs = new Map<string, number>()
  const failed = new Set<string>()
  const engine: DetectionEngine | undefined = settings.enabled
    ? createDetectionEngine(
        { settings, ...(kinds && { kinds }), learnedOf: memory.learnedOf },
        { surroundings, onDetection, scored: memory.scored },
      )
    : undefined
  let timer: NodeJS.Timeout | undefined

  /** False: what has come must wait a little longer. */
  const tick = (isSoon = false): boolean => {
    if (!engine) return true
    if (!engine.tick(now(), isSoon)) return false
    memory.tick(engine)
    for (const [detector, err] of Object.entries(engine.stats().errors)) {
      if (failed.has(detector)) continue
      failed.add(detector)
      log.error({ detector, err }, 'a detector fails: what it looks for may be missed')
    }
    return true
  }

  /** What an agent tells once a second is judged when it is there, not at the next second of ours. */
  let soon: NodeJS.Timeout | undefined
  const tickSoon = (): void => {
    if (timer)
      soon ??= setTimeout(() => {
        soon = undefined
        // The rest of an agent's second may come after its beginning has been judged.
        if (!tick(true)) tickSoon()
      }, BATCH_MS)
  }

  return {
    site: surroundings,
    get stats() {
      return engine?.stats() ?? NOTHING
    },
    connected(agent, startedAtMs) {
      if (runs.get(agent) !== startedAtMs) engine?.forget(agent)
      runs.set(agent, startedAtMs)
    },
    record(record, isNew) {
      if (!engine) return
      if (isNew) surroundings.record(record)
      engine.record(record)
      tickSoon()
    },
    observe(agent, said) {
      if (!engine) return
      for (const observation of said) {
        surroundings.observe(observation)
        engine.observation(observation, agent)
      }
    },
    start() {
      tick()
      timer = setInterval(() => tick(), LOOK_MS)
    },
    // What has not ended goes on: the next start takes it up.
    stop() {
      clearInterval(timer)
      clearTimeout(soon)
      timer = undefined
      if (engine) memory.stop(engine)
    },
  }
}
