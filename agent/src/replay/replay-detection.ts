/** The detectors over a capture: what they find becomes lines, each when it has ended. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import { splitNamed } from '@netscope/core/config/networks.ts'
import { type FlowContext, FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Observation } from '@netscope/core/observation.ts'
import { alertOf } from '@netscope/detect/alert.ts'
import { createDetectionEngine } from '@netscope/detect/detection-engine.ts'
import type { Detection } from '@netscope/detect/detection.ts'
import type { DetectorKind } from '@netscope/detect/detector.ts'
import { DETECTORS } from '@netscope/detect/detectors.ts'
import type { DetectionChange } from '@netscope/detect/incidents.ts'
import { createSiteNetworks } from '@netscope/detect/site-networks.ts'
import type { FlowOutput } from './flow-output.ts'

export interface ReplayDetectionConfig {
  detect: DetectSection
  networks: { named: readonly string[] }
  /** Default: all detectors. */
  kinds?: readonly DetectorKind[]
}

export interface ReplayDetection {
  /** Takes `count` records, live or last. */
  records(bytes: Uint8Array, count: number, context: FlowContext): void
  observation(observation: Observation): void
  /** What is told from now on was known at this moment, milliseconds since 1970. */
  until(nowMs: number): void
  /** Everything until then has been told. */
  tick(): void
  /** The captures have ended. */
  flush(): void
  /** What went wrong within detectors: faults of ours. */
  failures(): string[]
}

/** Is told of each change, beside the lines; `knownMs`: when, by the capture's clock, everything was known that it rests on. */
export type KnownDetectionSink = (
  detection: Detection,
  change: DetectionChange,
  knownMs: number,
) => void

export const createReplayDetection = (
  { detect, networks, kinds = DETECTORS }: ReplayDetectionConfig,
  deps: {
    agent: string
    output: Pick<FlowOutput, 'line'>
    onDetection?: KnownDetectionSink | undefined
  },
): ReplayDetection => {
  const { agent, output } = deps
  const site = createSiteNetworks(
    networks.named.map((item) => parsePrefix(splitNamed(item).prefix)),
  )
  let untilMs = 0
  let knownMs = 0
  const engine = createDetectionEngine(
    { settings: detect, kinds: detect.enabled ? kinds : [] },
    {
      surroundings: site,
      onDetection: (detection, change) => {
        deps.onDetection?.(detection, change, knownMs)
        if (change === 'ended') output.line({ type: 'alert', ...alertOf(detection) })
      },
    },
  )
  return {
    records(bytes, count, context) {
      const reader = new FlowReader(bytes, context)
      for (let i = 0; i < count; i++) engine.record(reader.seek(i * RECORD_BYTES))
    },
    observation(observation) {
      knownMs = Math.max(untilMs, observation.timeMs)
      site.observe(observation)
      engine.observation(observation, agent)
    },
    until: (nowMs) => {
      untilMs = knownMs = nowMs
    },
    tick: () => engine.tick(untilMs),
    flush: engine.flush,
    failures: () =>
      Object.entries(engine.stats().failures).map(
        ([name, times]) =>
          `the detector ${name} failed ${times} times (${String(engine.stats().errors[name])}), which is a fault of NetScope`,
      ),
  }
}
