/** Forged ARP: a station that makes others believe it has their gateway's or a neighbour's address. */
import type { DetectorKind } from '../detector.ts'
import { createAddressClaims } from './address-claims.ts'
import { arpClaim } from './arp-claim.ts'
import { createAsked } from './asked.ts'
import { reportForged } from './forged-claim.ts'
import { createGateways } from './gateways.ts'
import { linkOf } from './link-scope.ts'

export const arpSpoofKind: DetectorKind = {
  name: 'arp-spoof',
  version: 1,
  description:
    'A station that insists by ARP, unasked, on having an address that another one has, or on being both ends of a conversation.',
  techniques: ['T1557.002'],
  create(settings, deps) {
    const limits = { pokes: settings.spoofPokes, windowMs: settings.spoofWindowSeconds * 1000 }
    const claims = createAddressClaims(limits)
    const asked = createAsked()
    const gateways = createGateways()
    return {
      observation(seen, agent) {
        const link = linkOf(seen, agent)
        gateways.note(seen, link)
        if (seen.kind === 'dhcp' && seen.message === 'ACK' && seen.yourIp !== '') {
          claims.leased(link, seen.yourIp, seen.clientMac, seen.timeMs)
        }
        if (seen.kind !== 'arp') return
        const claim = arpClaim(seen, link, asked)
        if (!claim) return
        const verdict = claims.claim(claim)
        if (!verdict) return
        const gatewayIp = verdict.claimed.find((ip) => gateways.why(link, ip) !== '') ?? ''
        const gateway = gatewayIp && gateways.why(link, gatewayIp)
        reportForged(deps, claim, verdict, {
          protocol: 'ARP',
          agent,
          ...limits,
          gateway,
          gatewayIp,
        })
      },
    }
  },
}
