/**
 * Tor by list: connections to addresses that `detect.torAddresses` or a feed names. Severity 40: people may use it, and programs
 * that hide do too.
 */
import type { DetectorKind } from '../detector.ts'
import { flowEvidence } from '../flow-evidence.ts'

const QUIET_MS = 1_800_000

export const torKind: DetectorKind = {
  name: 'tor',
  version: 2,
  description: 'A host is connected to a relay of Tor, by the list in the configuration or a feed.',
  techniques: ['T1090.003'],
  create(settings, deps) {
    const relays: ReadonlySet<string> = new Set(settings.torAddresses)
    return {
      flow(step) {
        if (step.newDstPackets === 0) return
        const { src, dst, dstPort, timeMs } = step
        const isNamed = relays.has(dst)
        if (!isNamed && !deps.isTorExit?.(dst)) return
        if (!deps.isLocal(src) || deps.isLocal(dst)) return
        deps.report({
          key: src,
          title: `${src} uses Tor`,
          severity: 40,
          confidence: 0.8,
          technique: 'T1090.003',
          timeMs,
          firstMs: step.firstMs,
          agent: step.agent,
          source: { ip: src },
          target: { ip: dst, port: dstPort },
          direction: 'outbound',
          count: step.isFirst ? 1 : 0,
          evidence: {
            reason: `${dst} answered, and is ${isNamed ? `one of ${relays.size} addresses in detect.torAddresses` : 'an exit of Tor by a feed'}`,
            facts: [{ name: 'packets answered', value: step.dstPackets, threshold: '>= 1' }],
            flows: [flowEvidence(step)],
          },
          quietMs: QUIET_MS,
        })
      },
    }
  },
}
