/** The flow of a step as evidence. */
import type { DetectionDirection, FlowEvidence } from './detection.ts'
import type { Surroundings } from './detector.ts'
import type { FlowStep } from './flow-step.ts'

export const flowEvidence = (step: FlowStep): FlowEvidence => ({
  src: step.src,
  srcPort: step.srcPort,
  dst: step.dst,
  dstPort: step.dstPort,
  protocol: step.protocol,
  firstMs: step.firstMs,
  lastMs: step.timeMs,
  packets: step.srcPackets + step.dstPackets,
  bytes: step.srcBytes + step.dstBytes,
})

export const directionBetween = (
  { isLocal }: Pick<Surroundings, 'isLocal'>,
  src: string,
  dst: string,
): DetectionDirection => {
  const toInside = isLocal(dst)
  if (isLocal(src)) return toInside ? 'internal' : 'outbound'
  return toInside ? 'inbound' : 'external'
}

/** 224.0.0.0/4, ff00::/8 and broadcast: nobody in particular is meant. */
export const isToMany = (address: string): boolean =>
  address.startsWith('ff') || address.endsWith('.255') || /^2(?:2[4-9]|3\d)\./.test(address)
