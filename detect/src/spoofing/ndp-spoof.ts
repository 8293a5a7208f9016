/** Forged Neighbor Discovery: the IPv6 twin of arp-spoof.ts. */
import type { DetectorKind } from '../detector.ts'
import { createAddressClaims } from './address-claims.ts'
import { createAsked } from './asked.ts'
import { reportForged } from './forged-claim.ts'
import { createGateways } from './gateways.ts'
import { createHopWatch } from './hop-watch.ts'
import { gatewayIn } from './known-gateway.ts'
import { linkOf } from './link-scope.ts'
import { judgeHop } from './moved-hop.ts'
import { ndpClaim } from './ndp-claim.ts'

export const ndpSpoofKind: DetectorKind = {
  name: 'ndp-spoof',
  version: 3,
  description:
    'A station that insists by Neighbor Advertisements, unasked, on having an address that another one has; or that traffic of the gateway goes by from now on without an ordinary reason.',
  techniques: ['T1557'],
  create(settings, deps) {
    const limits = { pokes: settings.spoofPokes, windowMs: settings.spoofWindowSeconds * 1000 }
    const claims = createAddressClaims(limits)
    const asked = createAsked()
    const gateways = createGateways()
    const hops = createHopWatch()
    const judge = { protocol: 'Neighbor Discovery', settings, claims, hops } as const
    return {
      observation(seen, agent) {
        const link = linkOf(seen, agent)
        gateways.note(seen, link)
        hops.note(seen, link)
        if (seen.kind === 'next-hop' && seen.family === 6) judgeHop(deps, judge, seen, link, agent)
        if (seen.kind !== 'ndp') return
        const claim = ndpClaim(seen, link, asked)
        if (!claim) return
        const verdict = claims.claim(claim)
        if (!verdict) return
        reportForged(deps, claim, verdict, {
          protocol: 'Neighbor Discovery',
          agent,
          ...limits,
          ...gatewayIn(verdict, claim, link, { gateways, hops, claims }),
        })
      },
    }
  },
}
