/** Forged Neighbor Discovery: the IPv6 twin of arp-spoof.ts. */
import type { DetectorKind } from '../detector.ts'
import { createAddressClaims } from './address-claims.ts'
import { createAsked } from './asked.ts'
import { reportForged } from './forged-claim.ts'
import { createGateways } from './gateways.ts'
import { linkOf } from './link-scope.ts'
import { ndpClaim } from './ndp-claim.ts'

export const ndpSpoofKind: DetectorKind = {
  name: 'ndp-spoof',
  version: 1,
  description:
    'A station that insists by Neighbor Advertisements, unasked, on having an address that another one has.',
  techniques: ['T1557'],
  create(settings, deps) {
    const limits = { pokes: settings.spoofPokes, windowMs: settings.spoofWindowSeconds * 1000 }
    const claims = createAddressClaims(limits)
    const asked = createAsked()
    const gateways = createGateways()
    return {
      observation(seen, agent) {
        if (seen.kind !== 'ndp') return
        const link = linkOf(seen, agent)
        gateways.note(seen, link)
        const claim = ndpClaim(seen, link, asked)
        if (!claim) return
        const verdict = claims.claim(claim)
        if (!verdict) return
        const gatewayIp = verdict.claimed.find((ip) => gateways.why(link, ip) !== '') ?? ''
        const gateway = gatewayIp && gateways.why(link, gatewayIp)
        reportForged(deps, claim, verdict, {
          protocol: 'Neighbor Discovery',
          agent,
          ...limits,
          gateway,
          gatewayIp,
        })
      },
    }
  },
}
