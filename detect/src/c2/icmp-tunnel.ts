/**
 * Tunnels through ICMP echo: an answer must hold the data of its request (RFC 792, RFC 4443 4.2), so answers that are
 * larger, smaller or more than the requests carry something else. Requests of ever changing size that carry much are the
 * same where the other side's kernel answers too.
 *
 * Severity: 75, nobody does this by accident.
 */
import { createBoundedMap } from '../bounded-map.ts'
import type { DetectorKind } from '../detector.ts'
import { directionBetween, flowEvidence } from '../flow-evidence.ts'
import type { FlowStep } from '../flow-step.ts'

const MAX_PAIRS = 4096
const [ICMP, ICMPV6] = [1, 58]
const ECHO: ReadonlySet<number> = new Set([0, 8, 128, 129])
/** Mean size of an answer beside that of a request. */
const DIFFERENCE_PERCENT = 10
/** More answers than requests: somebody pushes data. */
const MORE_ANSWERS = 1.5
/** Sizes that one ping has in its life: one, or some steps of a search for the MTU. */
const LEAST_SIZES = 12
const LEAST_VARIED_BYTES = 50_000
const MAX_SIZES = 64
const QUIET_MS = 300_000

export const icmpTunnelKind: DetectorKind = {
  name: 'icmp-tunnel',
  version: 1,
  description: 'Echo requests and answers between two hosts carry data of their own.',
  techniques: ['T1095', 'T1572'],
  create(settings, deps) {
    /** Mean sizes of the packets of a second that were seen. */
    const sizes = createBoundedMap<string, Set<number>>(MAX_PAIRS)

    const sizesOf = (step: FlowStep): number => {
      const key = `${step.src} ${step.dst}`
      let seen = sizes.get(key)
      if (!seen) sizes.set(key, (seen = new Set()))
      if (step.newSrcPackets > 0 && seen.size < MAX_SIZES)
        seen.add(Math.round(step.newSrcBytes / step.newSrcPackets))
      return seen.size
    }

    const signOf = (step: FlowStep): string => {
      const { srcPackets, dstPackets, srcBytes, dstBytes } = step
      const distinct = sizesOf(step)
      if (srcPackets < settings.icmpTunnelPackets || dstPackets < settings.icmpTunnelPackets / 2)
        return ''
      if (dstPackets > MORE_ANSWERS * srcPackets)
        return `${dstPackets} answers to ${srcPackets} requests (at most ${MORE_ANSWERS} times as many)`
      const [asked, answered] = [srcBytes / srcPackets, dstBytes / dstPackets]
      const difference = (100 * Math.abs(asked - answered)) / Math.min(asked, answered)
      // Large requests that get lost make the mean of the others smaller: where many are lost it says nothing.
      const isWhole = dstPackets > 0.95 * srcPackets
      if (isWhole && difference > DIFFERENCE_PERCENT)
        return `requests of ${asked.toFixed(0)} bytes are answered with ${answered.toFixed(0)} bytes, ${difference.toFixed(0)} % off (at most ${DIFFERENCE_PERCENT} %; an answer repeats its request)`
      if (distinct >= LEAST_SIZES && srcBytes >= LEAST_VARIED_BYTES)
        return `${srcBytes} bytes in requests of ${distinct} sizes (at least ${LEAST_SIZES})`
      return ''
    }

    return {
      flow(step) {
        if (step.protocol !== ICMP && step.protocol !== ICMPV6) return
        if (!ECHO.has(step.srcPort)) return
        const sign = signOf(step)
        if (sign === '' || step.newSrcPackets + step.newDstPackets === 0) return
        const { src, dst, srcPackets, dstPackets, srcBytes, dstBytes } = step
        deps.report({
          key: [src, dst].toSorted().join(' '),
          title: `${src} and ${dst} exchange data in ICMP echo`,
          severity: 75,
          confidence: 0.8,
          technique: 'T1095',
          timeMs: step.timeMs,
          firstMs: step.firstMs,
          agent: step.agent,
          source: { ip: src },
          target: { ip: dst },
          direction: directionBetween(deps, src, dst),
          count: step.newSrcPackets + step.newDstPackets,
          evidence: {
            reason: sign,
            facts: [
              {
                name: 'requests',
                value: srcPackets,
                threshold: `>= ${settings.icmpTunnelPackets}`,
                demand: settings.icmpTunnelPackets,
              },
              { name: 'answers', value: dstPackets },
              { name: 'bytes of requests', value: srcBytes, unit: 'bytes' },
              { name: 'bytes of answers', value: dstBytes, unit: 'bytes' },
            ],
            flows: [flowEvidence(step)],
          },
          quietMs: QUIET_MS,
        })
      },
    }
  },
}
