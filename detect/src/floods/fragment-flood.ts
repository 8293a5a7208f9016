/** Fragment flood: pieces of packets that have no beginning. */
import type { DetectorKind } from '../detector.ts'
import { isAmplifier } from './amplifiers.ts'
import { createVictims, FEW_SOURCES, packetsPerSecond, reportFlood, whenOf } from './victims.ts'

/** Fills the memory of whoever puts them together. */
const SEVERITY = 70
/** A datagram of 64 kB has 45 fragments: with fewer beginnings than this they belong to nothing. */
const FRAGMENTS_PER_BEGINNING = 50
const TCP = 6

export const fragmentFloodKind: DetectorKind = {
  name: 'fragment-flood',
  version: 1,
  description:
    'Later fragments to one address at a rate above its usual one, without their first ones.',
  techniques: ['T1498.001', 'T1499.001'],
  create(settings, deps) {
    const floor = settings.fragmentFloodPerSecond
    const victims = createVictims(Math.max(1, floor / 5))
    return {
      flow(step) {
        if (step.newSrcPackets === 0) return
        if (step.isFragment) {
          victims.note(step, whenOf(step), packetsPerSecond(step))
        } else if (step.protocol !== TCP) {
          const victim = victims.find(step.dst)
          // Amplified answers are told of as such, with their fragments.
          if (victim)
            victim.against += isAmplifier(step.srcPort)
              ? 10 * step.newSrcPackets
              : step.newSrcPackets
        }
      },
      summary(step) {
        if (step.isFragment) victims.note(step, step.firstMs, step.newSrcPackets)
      },
      tick: () =>
        victims.judge((victim) => {
          const peak = victim.meter.peak()
          if (peak < floor || peak <= victim.meter.usual()) return false
          if (victim.against * FRAGMENTS_PER_BEGINNING >= victim.events) return false
          // The beginnings may be told of a moment later than the rest.
          const isYoung = victim.lastMs - victim.sinceMs < 1000
          if (isYoung && victim.sources.value() < FEW_SOURCES) return false
          return reportFlood(deps, victim, peak, floor, {
            name: 'Fragment flood',
            events: 'fragments',
            technique: 'T1498.001',
            severity: SEVERITY,
            reason: `${Math.round(peak)} later fragments in a second, and only ${victim.against} packets that could be their beginnings`,
          })
        }),
    }
  },
}
