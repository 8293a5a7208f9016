/** Connection flood: connections that are completed and then used for nothing. */
import type { DetectorKind } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import { createVictims, looksLikeScan, reportFlood } from './victims.ts'

const SEVERITY = 70
const TCP = 6
/** IP and TCP header with timestamps; the SYN has 8 bytes more. */
const HEADER_BYTES = 52
const SYN_EXTRA_BYTES = 8
/** Of the connections so many must be empty: in ordinary traffic a few are seen before their first data. */
const EMPTY = 2 / 3

export const connectionFloodKind: DetectorKind = {
  name: 'connection-flood',
  version: 1,
  description:
    'Completed TCP connections to one address at a rate above its usual one, most of which carry no data.',
  techniques: ['T1499.001'],
  create(settings, deps) {
    const floor = settings.connectionFloodPerSecond
    const victims = createVictims(Math.max(1, floor / 5))
    return {
      flow(step) {
        if (step.protocol !== TCP || step.srcSyn === 0 || step.dstSynAck === 0) return
        const empty = isEmpty(step)
        if (step.isFirst) {
          if (step.srcPackets - step.srcSyn - step.srcRst < 1) return
          const victim = victims.note(step, step.firstMs, 1)
          if (victim && !empty) victim.against++
        } else if (!empty && step.srcPackets - step.newSrcPackets <= 2) {
          const victim = victims.find(step.dst)
          if (victim) victim.against++
        }
      },
      tick: () =>
        victims.judge((victim) => {
          const peak = victim.meter.peak()
          if (peak < floor || peak <= victim.meter.usual() || looksLikeScan(victim)) return false
          const empty = victim.flows - victim.against
          if (empty < EMPTY * victim.flows) return false
          return reportFlood(deps, victim, peak, floor, {
            name: 'Connection flood',
            events: 'completed connections',
            technique: 'T1499.001',
            severity: SEVERITY,
            reason: `${Math.round(peak)} connections were completed in a second, and ${empty} of ${victim.flows} carried no data`,
            facts: [
              {
                name: 'without data',
                value: empty,
                threshold: `>= ${Math.ceil(EMPTY * victim.flows)}`,
              },
            ],
          })
        }),
    }
  },
}

/** The client has said nothing. */
const isEmpty = ({ srcBytes, srcPackets }: FlowStep): boolean =>
  srcBytes <= HEADER_BYTES * srcPackets + SYN_EXTRA_BYTES
