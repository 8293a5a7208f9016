/** A detection as the API, the stream and `netscope replay` show it: one level, times as texts. */
import type { Detection, Evidence, SeverityLabel } from './detection.ts'

/** What is not known is '' or 0. */
export interface Alert<State extends string = Detection['state']> {
  id: string
  detector: string
  version: number
  title: string
  /** 0–100. */
  severity: number
  label: SeverityLabel
  /** 0–1. */
  confidence: number
  technique: string
  direction: Detection['direction']
  agent: string
  src: string
  srcPort: number
  srcMac: string
  srcName: string
  dst: string
  dstPort: number
  dstMac: string
  dstName: string
  vlan: number
  /** ISO 8601, UTC. */
  firstSeen: string
  lastSeen: string
  count: number
  state: State
  evidence: Evidence
  suppressionKey: string
}

/** Years that Date can write. */
const timeOf = (ms: number): string => new Date(Math.min(Math.max(0, ms), 8.64e15)).toISOString()

export const alertOf = (detection: Detection): Alert => {
  const { source, target, evidence } = detection
  return {
    id: detection.id,
    detector: detection.detector,
    version: detection.version,
    title: detection.title,
    severity: detection.severity,
    label: detection.label,
    confidence: detection.confidence,
    technique: detection.technique,
    direction: detection.direction,
    agent: detection.agent,
    src: source.ip ?? '',
    srcPort: source.port ?? 0,
    srcMac: source.mac ?? '',
    srcName: source.name ?? '',
    dst: target.ip ?? '',
    dstPort: target.port ?? 0,
    dstMac: target.mac ?? '',
    dstName: target.name ?? '',
    vlan: source.vlan ?? target.vlan ?? 0,
    firstSeen: timeOf(detection.firstMs),
    lastSeen: timeOf(detection.lastMs),
    count: detection.count,
    state: detection.state,
    evidence,
    suppressionKey: detection.suppressionKey,
  }
}
