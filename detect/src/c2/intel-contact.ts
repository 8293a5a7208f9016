/**
 * Contacts with what feeds of threat intelligence list: who of ours talks to it, and who of it got an answer here. Only
 * connections that came about: whoever is merely knocked at by a listed scanner has no contact.
 */
import type { DetectorKind, Listing } from '../detector.ts'
import { directionBetween, flowEvidence, isToMany } from '../flow-evidence.ts'
import type { FlowStep } from '../flow-step.ts'

const TCP = 6
const UDP = 17
const QUIET_MS = 6 * 3_600_000
/** Packets each way that hold more than a question and an answer, or a handshake and its refusal. */
const LEAST_PACKETS = 3

/** Outbound: a machine of ours that talks to it is most likely in its hands. Tor has a detector of its own. */
const OUTBOUND: Readonly<Partial<Record<Listing['kind'], number>>> = {
  c2: 85,
  malicious: 70,
  attacker: 50,
}
/** Inbound it is everyday life of a server on the internet. */
const INBOUND: Readonly<Partial<Record<Listing['kind'], number>>> = {
  c2: 40,
  malicious: 40,
  attacker: 30,
}

interface Judged {
  listing: Listing
  severity: number
  all: readonly Listing[]
}

/** The listing that counts most; undefined: none does. */
const judge = (listings: readonly Listing[], severities: typeof OUTBOUND): Judged | undefined => {
  let best: Judged | undefined
  for (const listing of listings) {
    const severity = severities[listing.kind]
    if (severity === undefined || severity <= (best?.severity ?? 0)) continue
    best = { listing, severity, all: listings }
  }
  return best
}

const isEstablished = ({ protocol, srcPackets, dstPackets, dstSynAck }: FlowStep): boolean => {
  if (protocol === TCP) return dstSynAck > 0 && srcPackets >= LEAST_PACKETS
  return protocol === UDP && srcPackets >= LEAST_PACKETS && dstPackets >= LEAST_PACKETS
}

const namesOf = (all: readonly Listing[]): string =>
  all.map(({ feed, kind }) => `${feed} (${kind})`).join(', ')

export const intelContactKind: DetectorKind = {
  name: 'intel-contact',
  version: 1,
  description: 'A connection came about with an address that a feed of threat intelligence lists.',
  techniques: ['T1071'],
  create(_settings, deps) {
    const tell = (step: FlowStep, judged: Judged, isOutbound: boolean): void => {
      const { src, dst, dstPort, timeMs } = step
      const [ours, theirs] = isOutbound ? [src, dst] : [dst, src]
      deps.report({
        key: isOutbound ? `${src} ${dst}` : `in ${dst}`,
        title: isOutbound
          ? `${src} talks to ${dst}, which is on the feed ${judged.listing.feed}`
          : `${dst} answers ${src}, which is on the feed ${judged.listing.feed}`,
        severity: judged.severity,
        confidence: Math.min(0.95, judged.listing.weight / 100),
        technique: 'T1071',
        timeMs,
        firstMs: step.firstMs,
        agent: step.agent,
        source: { ip: src },
        target: { ip: dst, port: dstPort },
        direction: isOutbound ? 'outbound' : 'inbound',
        count: step.isFirst ? 1 : 0,
        evidence: {
          reason: `${theirs} is on ${namesOf(judged.all)}, and a connection with ${ours} came about: ${step.srcPackets} packets there, ${step.dstPackets} back`,
          facts: [
            { name: 'feeds', value: judged.all.length, threshold: '>= 1' },
            { name: 'bytes sent', value: step.srcBytes, unit: 'bytes' },
            { name: 'bytes received', value: step.dstBytes, unit: 'bytes' },
          ],
          flows: [flowEvidence(step)],
        },
        quietMs: QUIET_MS,
      })
    }

    return {
      flow(step) {
        const { src, dst } = step
        if (!deps.listedOn || step.newDstPackets === 0 || !isEstablished(step)) return
        const [srcIsLocal, dstIsLocal] = [deps.isLocal(src), deps.isLocal(dst)]
        if (srcIsLocal === dstIsLocal || isToMany(dst)) return
        const judged = srcIsLocal
          ? judge(deps.listedOn(dst), OUTBOUND)
          : judge(deps.listedOn(src), INBOUND)
        if (judged) tell(step, judged, srcIsLocal)
      },
      observation(said, agent) {
        if (!deps.listedOn || said.kind !== 'dns' || said.domain === '' || said.client === '')
          return
        if (!deps.isLocal(said.client)) return
        for (const name of new Set([said.domain, ...said.samples])) {
          const judged = judge(deps.listedOn(name), OUTBOUND)
          if (!judged) continue
          deps.report({
            key: `${said.client} name ${said.domain}`,
            title: `${said.client} asks for ${name}, which is on the feed ${judged.listing.feed}`,
            // That the name was asked for is no connection yet.
            severity: judged.severity - 10,
            confidence: Math.min(0.9, judged.listing.weight / 100),
            technique: 'T1071',
            timeMs: said.timeMs,
            firstMs: said.sinceMs,
            agent,
            source: { ip: said.client },
            target: { ip: said.server, name },
            direction: directionBetween(deps, said.client, said.server),
            count: said.queries,
            evidence: {
              reason: `${name} is on ${namesOf(judged.all)}, and was asked for ${said.queries} times`,
              facts: [{ name: 'feeds', value: judged.all.length, threshold: '>= 1' }],
              flows: [],
            },
            quietMs: QUIET_MS,
          })
          break
        }
      },
    }
  },
}
