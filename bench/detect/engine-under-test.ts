/** An engine with made-up surroundings, and how long it takes for what it is fed. */
import { detectSection } from '@netscope/core/config/detect.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { createDetectionEngine, type DetectionEngine } from '@netscope/detect/detection-engine.ts'
import type { DetectorKind } from '@netscope/detect/detector.ts'
import { createSiteNetworks } from '@netscope/detect/site-networks.ts'
import { type Traffic, WALL_MS } from './traffic.ts'

export const createEngine = (kinds: readonly DetectorKind[]) => {
  const found = { detections: 0 }
  const engine = createDetectionEngine(
    { settings: defaultsOf(detectSection), kinds },
    {
      surroundings: createSiteNetworks([]),
      onDetection: (_detection, change) => {
        if (change === 'new') found.detections++
      },
    },
  )
  engine.tick(WALL_MS)
  return { engine, found }
}

/** Seconds of processor time, garbage collection included, that the engine took, with the tick at the end. */
export const feed = (
  engine: DetectionEngine,
  { reader, count }: Traffic,
  nowMs: number,
): number => {
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) engine.record(reader.seek(i * RECORD_BYTES))
  engine.tick(nowMs)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
