/**
 * Scans: who tries ports, protocols or hosts to see what is there. All ways of probing are one detector, because one run
 * of a tool uses several of them and is one incident.
 */
import type { DetectorKind } from '../detector.ts'
import { isPortUnreachable, readProbe, toProbe } from './flow-probes.ts'
import { createLinkProbes } from './link-probes.ts'
import { createObservationPoints } from './observation-points.ts'
import { createHopErrors, isHopError } from './path-tracing.ts'
import { createPortErrors } from './port-errors.ts'
import { createScanTracker } from './scan-tracker.ts'

export const scanKind: DetectorKind = {
  name: 'scan',
  version: 3,
  description:
    'Finds scans of ports, protocols and hosts by the outcome of first contacts: TCP connect, SYN, FIN, NULL, Xmas, ACK, window, UDP, IP protocols, ICMP, ARP and Neighbor Discovery; fast and slow, by one source or by several.',
  techniques: ['T1046', 'T1595.001', 'T1018'],
  create(settings, deps) {
    const points = createObservationPoints((address) => deps.isLocal(address))
    const links = createLinkProbes()
    const errors = createPortErrors()
    const hops = createHopErrors()
    const tracker = createScanTracker(settings, {
      isLocal: (address) => deps.isLocal(address),
      report: (finding) => deps.report(finding),
      points,
      links,
      portErrors: (source, target) => errors.count(source, target),
    })
    return {
      flow(step) {
        points.note(step)
        // Nothing changes for us once the other side has answered.
        const isFirstAnswer = step.newDstPackets > 0 && step.newDstPackets === step.dstPackets
        if ((step.isFirst || isFirstAnswer) && deps.isLocal(step.dst)) links.note(step)
        if (!step.isFirst && !isFirstAnswer && step.dstPackets > 2 && step.srcPackets > 2) return
        if (isPortUnreachable(step)) errors.note(step)
        else if (isHopError(step)) hops.note(step)
        const probe = readProbe(step)
        if (!probe) return
        const { technique, outcome } = probe
        if (technique === 'udp' && hops.mayBeTrace(step)) {
          tracker.probe(toProbe(step, { ...probe, technique: 'udp-path' }))
          if (outcome === 'waiting' || outcome === 'silent') return
        }
        tracker.probe(toProbe(step, probe))
      },
      observation(observation, agent) {
        const probe = links.read(observation, agent)
        if (probe) tracker.probe(probe)
      },
      tick: (nowMs) => tracker.tick(nowMs),
    }
  },
}
