/** Forged ARP: a station that makes others believe it has their gateway's or a neighbour's address. */
import type { DetectorKind } from '../detector.ts'
import { createAddressClaims } from './address-claims.ts'
import { arpClaim } from './arp-claim.ts'
import { createAsked } from './asked.ts'
import { reportForged } from './forged-claim.ts'
import { createGateways } from './gateways.ts'
import { createHopWatch } from './hop-watch.ts'
import { gatewayIn } from './known-gateway.ts'
import { linkOf } from './link-scope.ts'
import { judgeHop } from './moved-hop.ts'

export const arpSpoofKind: DetectorKind = {
  name: 'arp-spoof',
  version: 3,
  description:
    'A station that insists by ARP, unasked, on having an address that another one has, on being both ends of a conversation, or that traffic of the gateway goes by from now on without an ordinary reason.',
  techniques: ['T1557.002'],
  create(settings, deps) {
    const limits = { pokes: settings.spoofPokes, windowMs: settings.spoofWindowSeconds * 1000 }
    const claims = createAddressClaims(limits)
    const asked = createAsked()
    const gateways = createGateways()
    const hops = createHopWatch()
    const judge = { protocol: 'ARP', settings, claims, hops } as const
    return {
      observation(seen, agent) {
        const link = linkOf(seen, agent)
        gateways.note(seen, link)
        hops.note(seen, link)
        if (seen.kind === 'next-hop' && seen.family === 4) judgeHop(deps, judge, seen, link, agent)
        if (seen.kind === 'dhcp' && seen.message === 'ACK' && seen.yourIp !== '') {
          claims.leased(link, seen.yourIp, seen.clientMac, seen.timeMs)
        }
        if (seen.kind !== 'arp') return
        const claim = arpClaim(seen, link, asked)
        if (!claim) return
        const verdict = claims.claim(claim)
        if (!verdict) return
        reportForged(deps, claim, verdict, {
          protocol: 'ARP',
          agent,
          ...limits,
          ...gatewayIn(verdict, claim, link, { gateways, hops, claims }),
        })
      },
    }
  },
}
