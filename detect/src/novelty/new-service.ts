/**
 * A local machine answers on a port where it never answered: after `noveltyLearnHours` of seeing it. Ports that systems
 * hand out by chance (from 32768 on, RFC 6335 6: from 49152) are not told, nor machines with very many services.
 * Severity 10.
 */
import type { DetectorKind } from '../detector.ts'
import { directionBetween, flowEvidence } from '../flow-evidence.ts'
import { createLearnedMap, type ValueText } from '../learned-map.ts'

const MAX_HOSTS = 4096
const MAX_SERVICES = 64
const FIRST_RANDOM_PORT = 32_768
const HOUR_MS = 3_600_000
const QUIET_MS = 60_000
const TCP = 6

interface Host {
  firstMs: number
  ports: Set<number>
}

const HOST: ValueText<Host> = {
  write: ({ firstMs, ports }) => [firstMs, ...ports],
  read(json) {
    if (!Array.isArray(json) || !json.every(Number.isFinite)) return undefined
    const [firstMs, ...ports] = json as number[]
    return firstMs === undefined ? undefined : { firstMs, ports: new Set(ports) }
  },
}

export const newServiceKind: DetectorKind = {
  name: 'new-service',
  version: 1,
  description: 'A local machine accepts connections on a port where it never did.',
  techniques: ['T1571'],
  create(settings, deps, learned) {
    const hosts = createLearnedMap('hosts', MAX_HOSTS, HOST, learned)
    const learnMs = settings.noveltyLearnHours * HOUR_MS
    return {
      flow(step) {
        if (step.protocol !== TCP || step.dstSynAck === 0 || step.dstPackets !== step.newDstPackets)
          return
        const { src, dst, dstPort, timeMs } = step
        if (dstPort >= FIRST_RANDOM_PORT || !deps.isLocal(dst)) return
        let host = hosts.get(dst)
        if (!host) hosts.set(dst, (host = { firstMs: timeMs, ports: new Set() }))
        if (host.ports.has(dstPort) || host.ports.size >= MAX_SERVICES) return
        host.ports.add(dstPort)
        if (timeMs - host.firstMs < learnMs) return
        const hours = ((timeMs - host.firstMs) / HOUR_MS).toFixed(1)
        deps.report({
          key: `${dst} ${dstPort}`,
          title: `${dst} has a new service on port ${dstPort}`,
          severity: 10,
          confidence: 0.8,
          technique: 'T1571',
          timeMs,
          firstMs: step.firstMs,
          agent: step.agent,
          source: { ip: dst, port: dstPort },
          target: { ip: src },
          direction: directionBetween(deps, src, dst),
          evidence: {
            reason: `in ${hours} hours (at least ${settings.noveltyLearnHours}) this machine answered on ${host.ports.size - 1} ports, never on ${dstPort}`,
            facts: [
              {
                name: 'hours seen',
                value: Number(hours),
                unit: 'h',
                threshold: `>= ${settings.noveltyLearnHours}`,
              },
              { name: 'services known', value: host.ports.size - 1 },
            ],
            flows: [flowEvidence(step)],
          },
          quietMs: QUIET_MS,
        })
      },
      learned: () => hosts.learned(),
    }
  },
}
