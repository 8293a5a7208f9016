/** Plays probes to the detector of scans. */
import { createDetectorRig, flowStep, START_MS } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { scanKind } from './scan.ts'

export const INSIDE = '10.0.0.7'
export const OUTSIDE = '192.0.2.7'
export const TARGET = '10.0.0.9'

export const play = (steps: readonly FlowStep[]) => {
  const rig = createDetectorRig(scanKind)
  for (const step of steps) rig.flow(step)
  rig.passUntil((steps.at(-1)?.timeMs ?? START_MS) + 5000)
  return rig
}

export const many = (count: number, make: (i: number) => FlowStep): FlowStep[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** `everyMs` apart. */
export const at = (i: number, everyMs = 10) => START_MS + i * everyMs

export const ping = (given: Partial<FlowStep>): FlowStep =>
  flowStep({
    protocol: 1,
    src: INSIDE,
    srcPort: 8,
    dstPort: 0,
    srcSyn: 0,
    srcFlags: 0,
    ...given,
  })

export const udp = (given: Partial<FlowStep>): FlowStep =>
  flowStep({
    protocol: 17,
    src: INSIDE,
    dst: TARGET,
    srcPort: 45_000,
    srcSyn: 0,
    srcFlags: 0,
    ...given,
  })
