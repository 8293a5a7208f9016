/** Feeds a detector with made-up traffic and keeps what it finds. */
import { detectSection, type DetectSection } from '@netscope/core/config/detect.ts'
import type { Finding } from '../detection.ts'
import type { Detector, DetectorKind, Learned } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'

/** 2026-01-15, UTC. */
export const START_MS = 1_768_435_200_000

const TCP_ATTEMPT: FlowStep = {
  agent: 'a1',
  timeMs: START_MS,
  firstMs: START_MS,
  src: '192.0.2.7',
  dst: '10.0.0.9',
  srcPort: 40_000,
  dstPort: 443,
  protocol: 6,
  vlan: 0,
  ifindex: 2,
  direction: 'inbound',
  isFirst: true,
  end: '',
  srcPackets: 1,
  dstPackets: 0,
  srcBytes: 60,
  dstBytes: 0,
  newSrcPackets: 1,
  newDstPackets: 0,
  newSrcBytes: 60,
  newDstBytes: 0,
  spanMs: 1000,
  srcFlags: 2,
  dstFlags: 0,
  srcSyn: 1,
  dstSyn: 0,
  srcSynAck: 0,
  dstSynAck: 0,
  srcFin: 0,
  dstFin: 0,
  srcRst: 0,
  dstRst: 0,
  isFragment: false,
  condensed: 0,
  sources: 0,
  overflow: 0,
  record: undefined,
}

/** An attempt to connect that got no answer yet, but for what is given. */
export const flowStep = (given: Partial<FlowStep>): FlowStep => {
  const step = { ...TCP_ATTEMPT, ...given }
  return {
    ...step,
    firstMs: given.firstMs ?? step.timeMs,
    newSrcPackets: given.newSrcPackets ?? step.srcPackets,
    newDstPackets: given.newDstPackets ?? step.dstPackets,
    newSrcBytes: given.newSrcBytes ?? step.srcBytes,
    newDstBytes: given.newDstBytes ?? step.dstBytes,
  }
}

export const refused = (given: Partial<FlowStep>): FlowStep =>
  flowStep({ dstPackets: 1, dstBytes: 40, dstFlags: 20, dstRst: 1, end: 'reset', ...given })

export const answered = (given: Partial<FlowStep>): FlowStep =>
  flowStep({
    srcPackets: 5,
    srcBytes: 800,
    srcFlags: 27,
    srcFin: 1,
    dstPackets: 5,
    dstBytes: 4000,
    dstFlags: 27,
    dstSynAck: 1,
    dstFin: 1,
    ...given,
  })

const DEFAULTS = Object.fromEntries(
  Object.entries(detectSection.properties).map(([name, key]) => [name, key.default]),
) as DetectSection

const LOCAL = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|fe80:|f[cd])/

/** `kind` with default settings, but for what is given; private addresses are local, 10.0.0.1 and 10.1.0.1 have the agent, 203.0.113.99 is an exit of Tor. */
export const createDetectorRig = (kind: DetectorKind, settings: Partial<DetectSection> = {}) => {
  const findings: Finding[] = []
  const create = (learned?: Learned): Detector =>
    kind.create(
      { ...DEFAULTS, ...settings },
      {
        isLocal: (address) => LOCAL.test(address),
        isOwn: (address) => address === '10.0.0.1' || address === '10.1.0.1',
        isTorExit: (address) => address === '203.0.113.99',
        report: (finding) => findings.push(structuredClone(finding)),
      },
      learned,
    )
  let detector = create()
  let tickedMs = START_MS
  return {
    get detector() {
      return detector
    },
    findings,
    /** Begins anew with what the detector wants to be kept. */
    restart() {
      const changes = [...(detector.learned?.(true) ?? [])]
      detector = create(new Map(changes.map(([key, text]) => [key, text ?? ''])))
    },
    /** Distinct incidents. */
    keys: () => [...new Set(findings.map(({ key }) => key))],
    /** Hands the step over, after the seconds that have passed until then. */
    flow(step: FlowStep) {
      for (; tickedMs + 1000 <= step.timeMs; tickedMs += 1000) detector.tick?.(tickedMs + 1000)
      if (step.condensed === 0) detector.flow?.(step)
      else detector.summary?.(step)
    },
    /** Lets time pass. */
    passUntil(nowMs: number) {
      for (; tickedMs + 1000 <= nowMs; tickedMs += 1000) detector.tick?.(tickedMs + 1000)
    },
  }
}
