/** Amplification: large answers of many servers to questions that the victim never asked. */
import type { DetectorKind } from '../detector.ts'
import { amplifierName, isAmplified } from './amplifiers.ts'
import { createVictims, FEW_SOURCES, packetsPerSecond, reportFlood, whenOf } from './victims.ts'

/** Fills the line, not the machine: only the provider can end it. */
const SEVERITY = 80
const UDP = 17

export const amplificationKind: DetectorKind = {
  name: 'amplification',
  version: 1,
  description:
    'Large answers of a UDP service that is known to amplify, from many servers to one address that has not asked.',
  techniques: ['T1498.002'],
  create(settings, deps) {
    const floor = settings.amplificationPerSecond
    const victims = createVictims(Math.max(1, floor / 5))
    return {
      flow(step) {
        if (step.protocol !== UDP || step.dstPackets > 0 || step.newSrcPackets === 0) return
        if (!isAmplified(step.srcPort, step.newSrcBytes / step.newSrcPackets)) return
        victims.note(step, whenOf(step), packetsPerSecond(step))
      },
      summary(step) {
        if (step.protocol !== UDP || step.isFragment) return
        if (isAmplified(step.srcPort, step.newSrcBytes / step.newSrcPackets))
          victims.note(step, step.firstMs, step.newSrcPackets)
      },
      tick: () =>
        victims.judge((victim) => {
          const peak = victim.meter.peak()
          const sources = victim.sources.value()
          if (peak < floor || peak <= victim.meter.usual() || sources < FEW_SOURCES) return false
          const service = amplifierName(victim.samples[0]?.srcPort ?? 0)
          const mean = Math.round(victim.bytes / Math.max(1, victim.events))
          return reportFlood(deps, victim, peak, floor, {
            name: `${service} amplification`,
            events: 'answers without a question',
            technique: 'T1498.002',
            severity: SEVERITY,
            reason: `${Math.round(peak)} ${service} answers in a second from ${sources} servers, ${mean} bytes each, to ${victim.address}, which had asked none of them`,
            facts: [{ name: 'mean size', value: mean, unit: 'bytes' }],
          })
        }),
    }
  },
}
