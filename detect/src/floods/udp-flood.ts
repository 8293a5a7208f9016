/** UDP flood: packets that nobody asked for and nobody answers. */
import type { DetectorKind } from '../detector.ts'
import { isToMany } from '../flow-evidence.ts'
import { isAmplifier } from './amplifiers.ts'
import {
  createVictims,
  FEW_SOURCES,
  looksLikeScan,
  packetsPerSecond,
  reportFlood,
  type Victim,
  whenOf,
} from './victims.ts'

const SEVERITY = 75
const UDP = 17
/** One source and few flows are mostly a camera, a stream or a measurement: so many times more is needed. */
const STREAM_FACTOR = 20
const FEW_FLOWS = 100
/** Take in what many send and never answer: syslog, SNMP traps, NetFlow, IPFIX, sFlow, statsd, GELF. */
const COLLECTORS = new Set([162, 514, 1514, 2055, 4739, 6343, 8125, 9995, 9996, 12_201])
const COLLECTOR_FACTOR = 10

export const udpFloodKind: DetectorKind = {
  name: 'udp-flood',
  version: 1,
  description:
    'UDP packets to one address at a rate above its usual one, none of which it answers.',
  techniques: ['T1498.001'],
  create(settings, deps) {
    const floor = settings.udpFloodPerSecond
    const victims = createVictims(Math.max(1, floor / 5))
    const floorOf = (victim: Victim): number => {
      const isStream = victim.sources.value() < FEW_SOURCES && victim.flows < FEW_FLOWS
      if (isStream || looksLikeScan(victim)) return floor * STREAM_FACTOR
      const isCollector = victim.ports.value() === 1 && COLLECTORS.has(victim.first.port)
      return isCollector ? floor * COLLECTOR_FACTOR : floor
    }
    return {
      flow(step) {
        if (step.protocol !== UDP || step.dstPackets > 0 || step.newSrcPackets === 0) return
        if (step.isFragment || isAmplifier(step.srcPort)) return
        victims.note(step, whenOf(step), packetsPerSecond(step))
      },
      summary(step) {
        if (step.protocol !== UDP || step.isFragment || isAmplifier(step.srcPort)) return
        victims.note(step, step.firstMs, step.newSrcPackets)
      },
      tick: () =>
        victims.judge((victim) => {
          const peak = victim.meter.peak()
          if (peak < floor || peak <= victim.meter.usual() || isToMany(victim.address)) return false
          const least = floorOf(victim)
          if (peak < least) return false
          return reportFlood(deps, victim, peak, least, {
            name: 'UDP flood',
            events: 'UDP packets without an answer',
            technique: 'T1498.001',
            severity: SEVERITY,
            reason: `${Math.round(peak)} UDP packets in a second from ${victim.sources.value()} addresses in ${victim.flows} flows, none of them answered`,
          })
        }),
    }
  },
}
