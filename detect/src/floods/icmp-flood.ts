/** ICMP flood of both families: echo requests in masses, their answers by reflection, or errors in masses. */
import type { DetectorKind } from '../detector.ts'
import { createVictims, packetsPerSecond, reportFlood, whenOf } from './victims.ts'

const SEVERITY = 70
const [ICMP, ICMPV6] = [1, 58]
/** Echo, timestamp and mask with their answers. */
const QUERIES = new Set([0, 8, 13, 14, 17, 18])
const ERRORS = new Set([3, 11])
const QUERIES_V6 = new Set([128, 129])
const ERRORS_V6 = new Set([1, 3])
/** A scan, or forged packets in the victim's name, bring errors in numbers without any harm. */
const ERROR_WEIGHT = 0.1

export const icmpFloodKind: DetectorKind = {
  name: 'icmp-flood',
  version: 1,
  description:
    'ICMP or ICMPv6 queries, or answers without a query, to one address at a rate above its usual one; errors count a tenth.',
  techniques: ['T1498.001'],
  create(settings, deps) {
    const floor = settings.icmpFloodPerSecond
    const victims = createVictims(Math.max(1, floor / 5))
    return {
      flow(step) {
        if (step.protocol !== ICMP && step.protocol !== ICMPV6) return
        if (step.newSrcPackets === 0 || step.isFragment) return
        const weight = weightOf(step.srcPort, step.protocol === ICMPV6)
        if (weight > 0) victims.note(step, whenOf(step), packetsPerSecond(step) * weight)
      },
      summary(step) {
        if ((step.protocol !== ICMP && step.protocol !== ICMPV6) || step.isFragment) return
        const weight = weightOf(step.srcPort, step.protocol === ICMPV6)
        if (weight > 0) victims.note(step, step.firstMs, step.newSrcPackets * weight)
      },
      tick: () =>
        victims.judge((victim) => {
          const peak = victim.meter.peak()
          if (peak < floor || peak <= victim.meter.usual()) return false
          return reportFlood(deps, victim, peak, floor, {
            name: 'ICMP flood',
            events: 'ICMP packets',
            technique: 'T1498.001',
            severity: SEVERITY,
            reason: `${Math.round(peak)} ICMP packets in a second from ${victim.sources.value()} addresses`,
          })
        }),
    }
  },
}

const weightOf = (type: number, isV6: boolean): number => {
  if ((isV6 ? QUERIES_V6 : QUERIES).has(type)) return 1
  return (isV6 ? ERRORS_V6 : ERRORS).has(type) ? ERROR_WEIGHT : 0
}
