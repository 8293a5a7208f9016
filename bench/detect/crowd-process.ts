/** A process of its own, so that only its engine is in memory: KIND SOURCES; prints a CrowdResult as JSON. Needs --expose-gc. */
import type { DetectionEngine } from '@netscope/detect/detection-engine.ts'
import { DETECTORS } from '@netscope/detect/detectors.ts'
import { createEngine, feed } from './engine-under-test.ts'
import { crowd, CROWDS, WALL_MS } from './traffic.ts'

export interface CrowdResult {
  recordsPerSecond: number
  /** Heap and buffers after garbage collection, less what there was before. */
  stateMib: number
  detections: number
  open: number
}

export const CROWD_PER_SECOND = 50_000
const WARM_UP = 20_000
const MIB = 1024 * 1024

const usedMib = (): number => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / MIB
}

/** Seconds that the engine took. */
const feedCrowd = (engine: DetectionEngine, kind: object, sources: number): number => {
  let seconds = 0
  for (let from = 0; from < sources; from += CROWD_PER_SECOND) {
    const count = Math.min(CROWD_PER_SECOND, sources - from)
    const traffic = crowd(kind, from, count, CROWD_PER_SECOND)
    seconds += feed(engine, traffic, WALL_MS + 2000 + (from / CROWD_PER_SECOND) * 1000)
  }
  return seconds
}

const run = (kind: object, sources: number): CrowdResult => {
  feedCrowd(createEngine(DETECTORS).engine, kind, WARM_UP)
  const before = usedMib()
  const { engine, found } = createEngine(DETECTORS)
  const seconds = feedCrowd(engine, kind, sources)
  const stateMib = usedMib() - before
  const { open } = engine.stats()
  return { recordsPerSecond: sources / seconds, stateMib, detections: found.detections, open }
}

const [kind = '', sources = ''] = process.argv.slice(2)
if (import.meta.main) {
  if (!(kind in CROWDS)) throw new Error(`no crowd is called ${kind}`)
  console.log(JSON.stringify(run(CROWDS[kind as keyof typeof CROWDS], Number(sources))))
}
