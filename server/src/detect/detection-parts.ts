/** Detection, wired: the detectors with what they have learned and what is known of addresses. */
import type { Logger } from 'pino'
import { roleOf } from '../devices/device-row.ts'
import type { Devices } from '../devices/devices.ts'
import type { State } from '../state/open-state.ts'
import { createDetection } from './detection.ts'
import type { Detection, DetectionConfig, DetectionDeps } from './detection.ts'
import { createLearnedStore } from './learned-store.ts'
import { createDetectionMemory } from './memory.ts'
import { createScoreStore } from './score-store.ts'
import type { ScoreStore } from './score-store.ts'

export interface DetectionPartsDeps extends Pick<DetectionDeps, 'onDetection' | 'intel' | 'now'> {
  state: State
  devices: Pick<Devices, 'findIp'>
  log: Logger
}

export interface DetectionParts {
  detection: Detection
  scores: ScoreStore
}

export const createDetectionParts = (
  config: DetectionConfig,
  { state, devices, onDetection, intel, now, log }: DetectionPartsDeps,
): DetectionParts => {
  const scores = createScoreStore(state)
  const memory = createDetectionMemory(
    { scoreDays: config.settings.anomalyScoreDays },
    { learned: createLearnedStore(state), scores, now, log },
  )
  const classOf = (address: string): string => {
    const device = devices.findIp(address)
    return device ? roleOf(device) : ''
  }
  const detection = createDetection(config, { onDetection, memory, classOf, intel, now, log })
  return { detection, scores }
}
