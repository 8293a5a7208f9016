/** A detection: one incident that a detector has found, and that grows while it goes on. */

export const SEVERITY_LABELS = ['info', 'low', 'medium', 'high', 'critical'] as const
export type SeverityLabel = (typeof SEVERITY_LABELS)[number]

export const labelOf = (severity: number): SeverityLabel =>
  SEVERITY_LABELS[Math.min(4, Math.max(0, Math.floor(severity / 20)))]!

/** First and last number of each label. */
export const SEVERITY_STRETCHES = {
  info: [0, 19],
  low: [20, 39],
  medium: [40, 59],
  high: [60, 79],
  critical: [80, 100],
} as const satisfies Record<SeverityLabel, readonly [number, number]>

/** Whoever takes part; what is not known is left out. */
export interface Party {
  ip?: string
  port?: number
  mac?: string
  vlan?: number
  /** Name of a host or a domain. */
  name?: string
}

/** One number of the evidence, beside what it was compared with. */
export interface Fact {
  /** In words: `ports that refused`. */
  name: string
  value: number | string
  unit?: string
  /** What made it a detection: `>= 15`. */
  threshold?: string
  /**
   * The threshold as a number, on the measure of strength alone: the count or rate that grows with what happens. So many
   * times it the value is, so strong is the detection.
   */
  demand?: number
}

/** A flow that is evidence. */
export interface FlowEvidence {
  src: string
  srcPort: number
  dst: string
  dstPort: number
  protocol: number
  firstMs: number
  lastMs: number
  packets: number
  bytes: number
}

export type DetectionDirection = 'inbound' | 'outbound' | 'internal' | 'external'

export interface Evidence {
  /** A sentence with the arithmetic: why this is no ordinary traffic. */
  reason: string
  facts: Fact[]
  /** At most MAX_EVIDENCE_FLOWS. */
  flows: FlowEvidence[]
}

export const MAX_EVIDENCE_FLOWS = 10

/** What a detector says at a moment. */
export interface Finding {
  /** Names the incident within the detector: the same key is the same incident, until it has been quiet for `quietMs`. */
  key: string
  /** One line for people: `192.0.2.7 scans the ports of 192.0.2.9`. */
  title: string
  /** 0–100. */
  severity: number
  /** 0–1: how sure it is. */
  confidence: number
  /** MITRE ATT&CK, as `T1046`. */
  technique: string
  timeMs: number
  /** When it began, if before `timeMs`. */
  firstMs?: number
  agent: string
  source: Party
  target: Party
  direction: DetectionDirection
  /** So much is new since the last finding of this key: probes, packets, log-ins; default 1. */
  count?: number
  evidence: Evidence
  /** After so long without a finding it is over. */
  quietMs: number
}

export type DetectionState = 'active' | 'ended'

export interface Detection extends Omit<
  Finding,
  'key' | 'timeMs' | 'firstMs' | 'count' | 'quietMs'
> {
  /** Digest of detector, key and beginning: the same capture gives the same id. */
  id: string
  detector: string
  version: number
  label: SeverityLabel
  firstMs: number
  lastMs: number
  count: number
  state: DetectionState
  /** `detector key`: what suppressions and de-duplication go by. */
  suppressionKey: string
}
