/** SYN-ACK reflection: answers of many servers to connections that the victim never opened. */
import type { DetectorKind } from '../detector.ts'
import { createVictims, FEW_SOURCES, reportFlood } from './victims.ts'

const SEVERITY = 75
const TCP = 6

export const synAckFloodKind: DetectorKind = {
  name: 'syn-ack-flood',
  version: 1,
  description: 'SYN-ACKs from many addresses to one that has sent them no SYN.',
  techniques: ['T1498.002'],
  create(settings, deps) {
    const floor = settings.synAckFloodPerSecond
    const victims = createVictims(Math.max(1, floor / 5))
    return {
      flow(step) {
        // What goes on after it belongs to a connection of which only one direction is seen.
        const isLone =
          step.srcSynAck > 0 && step.srcSyn === 0 && step.srcPackets <= step.srcSynAck + step.srcRst
        if (step.protocol === TCP && step.isFirst && isLone)
          victims.note(step, step.firstMs, step.srcSynAck)
      },
      summary(step) {
        if (step.protocol === TCP && step.srcSynAck > 0 && step.srcSyn === 0)
          victims.note(step, step.firstMs, step.srcSynAck)
      },
      tick: () =>
        victims.judge((victim) => {
          const peak = victim.meter.peak()
          const sources = victim.sources.value()
          if (peak < floor || peak <= victim.meter.usual() || sources < FEW_SOURCES) return false
          return reportFlood(deps, victim, peak, floor, {
            name: 'SYN-ACK reflection',
            events: 'SYN-ACKs without a SYN',
            technique: 'T1498.002',
            severity: SEVERITY,
            reason: `${Math.round(peak)} SYN-ACKs in a second from ${sources} addresses to which ${victim.address} had sent no SYN`,
          })
        }),
    }
  },
}
