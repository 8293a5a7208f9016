/** SYN flood: connections that are opened and never completed, by whomever. */
import type { DetectorKind } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import { createVictims, FEW_SOURCES, looksLikeScan, reportFlood, type Victim } from './victims.ts'

/** It takes a service from everybody. */
const SEVERITY = 75
const TCP = 6
/** Of the new connections so many are half open in a flood; a service that is slow completes most of them. */
const HALF_OPEN = 2 / 3

export const synFloodKind: DetectorKind = {
  name: 'syn-flood',
  version: 1,
  description:
    'New TCP connections to one address at a rate above its usual one, most of which are never completed; ECN bits make no difference.',
  techniques: ['T1498.001', 'T1499.001'],
  create(settings, deps) {
    const floor = settings.synFloodPerSecond
    const victims = createVictims(Math.max(1, floor / 5))
    const judge = (victim: Victim): boolean => {
      const peak = victim.meter.peak()
      if (peak < floor || peak <= victim.meter.usual() || looksLikeScan(victim)) return false
      // A client that goes on trying a port that is closed floods nobody; many that get a RST may be forged.
      const refused = victim.sources.value() < FEW_SOURCES ? victim.refused : 0
      const open = victim.flows - victim.against - refused
      if (open < HALF_OPEN * victim.flows) return false
      return reportFlood(deps, victim, peak, floor, {
        name: 'SYN flood',
        events: 'new connections',
        technique: 'T1498.001',
        severity: SEVERITY,
        reason: `${Math.round(peak)} new connections in a second, and ${open} of ${victim.flows} were never completed`,
        facts: [
          {
            name: 'never completed',
            value: open,
            threshold: `>= ${Math.ceil(HALF_OPEN * victim.flows)}`,
          },
        ],
      })
    }
    return {
      flow(step) {
        if (step.protocol !== TCP || step.srcSyn === 0) return
        if (step.isFirst) {
          const victim = victims.note(step, step.firstMs, 1)
          if (!victim) return
          if (isComplete(step, step.srcPackets)) victim.against++
          else if (step.dstRst > 0 && step.dstSynAck === 0) victim.refused++
        } else if (isComplete(step, step.srcPackets) && !wasComplete(step)) {
          const victim = victims.find(step.dst)
          if (victim) victim.against++
        }
      },
      summary(step) {
        if (step.protocol !== TCP || step.srcSyn === 0) return
        const victim = victims.note(step, step.firstMs, step.condensed)
        if (victim && step.dstSynAck === 0) victim.refused += Math.min(step.condensed, step.dstRst)
      },
      tick: () => victims.judge(judge),
    }
  },
}

/** The client has acknowledged the SYN-ACK. */
const isComplete = (step: FlowStep, srcPackets: number): boolean =>
  step.dstSynAck > 0 && srcPackets - step.srcSyn - step.srcRst >= 1

/** At the record before; SYNs that were sent again are told apart by the missing answer. */
const wasComplete = (step: FlowStep): boolean =>
  step.dstPackets > step.newDstPackets && step.srcPackets - step.newSrcPackets - step.srcSyn >= 1
