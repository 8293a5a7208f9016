/** Flood of TCP packets that belong to no connection: acknowledgements, resets, odd flags. */
import type { DetectorKind } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import { createVictims, FEW_SOURCES, looksLikeScan, reportFlood, whenOf } from './victims.ts'

const SEVERITY = 75
const TCP = 6
/** One machine’s forgotten connections are tried again, but by no means so fast. */
const FEW_FACTOR = 5

/** Nothing of a connection is to be seen: neither its beginning nor more than refusals from the other side. */
const isStray = (step: FlowStep): boolean =>
  step.srcSyn + step.srcSynAck + step.dstSyn + step.dstSynAck === 0 &&
  step.dstPackets <= step.dstRst

export const tcpFloodKind: DetectorKind = {
  name: 'tcp-flood',
  version: 1,
  description:
    'TCP packets of no connection to one address, each flow a single packet, at a rate above its usual one.',
  techniques: ['T1498.001'],
  create(settings, deps) {
    const floor = settings.tcpFloodPerSecond
    const victims = createVictims(Math.max(1, floor / 5))
    return {
      flow(step) {
        if (step.protocol !== TCP || step.isFragment || step.newSrcPackets === 0) return
        if (step.isFirst && step.srcPackets === 1 && isStray(step)) {
          victims.note(step, whenOf(step), 1)
          return
        }
        // Connections that began before we looked have more than one packet, also where we see one direction only.
        const victim = step.srcSyn === 0 ? victims.find(step.dst) : undefined
        if (victim) victim.against++
      },
      summary(step) {
        if (step.protocol === TCP && isStray(step))
          victims.note(step, step.firstMs, step.newSrcPackets)
      },
      tick: () =>
        victims.judge((victim) => {
          const peak = victim.meter.peak()
          const sources = victim.sources.value()
          const least = sources < FEW_SOURCES ? floor * FEW_FACTOR : floor
          if (peak < least || peak <= victim.meter.usual() || looksLikeScan(victim)) return false
          if (victim.events < 2 * victim.against) return false
          return reportFlood(deps, victim, peak, least, {
            name: 'TCP flood',
            events: 'TCP packets of no connection',
            technique: 'T1498.001',
            severity: SEVERITY,
            reason: `${Math.round(peak)} TCP packets in a second from ${sources} addresses that belong to no connection: neither SYN nor answer, one in each flow`,
          })
        }),
    }
  },
}
