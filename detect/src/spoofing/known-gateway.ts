/** Whether somebody poses as a gateway: by its address, or by the station that carried packets beyond the link until now. */
import type { AddressClaims, Claim, Verdict } from './address-claims.ts'
import type { Gateways } from './gateways.ts'
import type { HopWatch } from './hop-watch.ts'

export interface KnownGateway {
  /** How it is known; '': none of the addresses is known to be a gateway's. */
  gateway: string
  gatewayIp: string
}

export interface GatewayDeps {
  gateways: Gateways
  hops: HopWatch
  claims: AddressClaims
}

export const gatewayIn = (
  { sign, rival, claimed }: Verdict,
  { ip, told, timeMs }: Claim,
  link: string,
  { gateways, hops, claims }: GatewayDeps,
): KnownGateway => {
  const named = claimed.find((one) => gateways.why(link, one) !== '')
  if (named !== undefined) return { gateway: gateways.why(link, named), gatewayIp: named }
  const move = hops.takenOver(link, rival, timeMs)
  for (const one of sign === 'between two' ? [ip, told] : [ip]) {
    const owner = claims.ownerOf(link, one)
    if (owner !== '' && owner !== rival && hops.isHop(link, owner, timeMs)) {
      return { gateway: `${owner} is the next hop of packets beyond the link`, gatewayIp: one }
    }
    if (move && owner === rival) {
      return { gateway: `packets beyond the link went by ${move.movedFrom}`, gatewayIp: one }
    }
  }
  return { gateway: '', gatewayIp: '' }
}
