/** For tests: a detection as a detector would have made it. */
import { labelOf } from '@netscope/detect/detection.ts'
import type { Detection } from '@netscope/detect/detection.ts'

/** 2026-01-15, UTC. */
const START_MS = 1_768_435_200_000

/** A scan of one host by another, with 30 refused ports of at least 15. */
export const madeUpDetection = (given: Partial<Detection> = {}): Detection => {
  const { severity = 40, detector = 'tcp-scan' } = given
  return {
    id: 'scan-1',
    detector,
    version: 1,
    title: '192.0.2.7 scans the ports of 10.0.0.9',
    severity,
    label: labelOf(severity),
    confidence: 0.9,
    technique: 'T1046',
    direction: 'inbound',
    agent: 'host-a',
    source: { ip: '192.0.2.7' },
    target: { ip: '10.0.0.9' },
    firstMs: START_MS,
    lastMs: START_MS + 5000,
    count: 30,
    state: 'active',
    evidence: madeUpEvidence(30),
    suppressionKey: `${detector} 192.0.2.7 10.0.0.9`,
    ...given,
  }
}

export const madeUpEvidence = (refused: number): Detection['evidence'] => ({
  reason: `${refused} ports refused, and none answered`,
  facts: [
    { name: 'ports that refused', value: refused, threshold: '>= 15', demand: 15 },
    { name: 'share that answered', value: 0, threshold: '<= 0.2' },
  ],
  flows: [
    {
      src: '192.0.2.7',
      srcPort: 40_000,
      dst: '10.0.0.9',
      dstPort: 22,
      protocol: 6,
      firstMs: START_MS,
      lastMs: START_MS,
      packets: 2,
      bytes: 100,
    },
  ],
})
