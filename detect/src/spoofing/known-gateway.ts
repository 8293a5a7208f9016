/** Whether somebody poses as a gateway: by its address, or by the station that carried packets beyond the link until now. */
import type { Claim, Verdict } from './address-claims.ts'
import type { Gateways } from './gateways.ts'
import type { HopWatch } from './hop-watch.ts'

export interface KnownGateway {
  /** How it is known; '': none of the addresses is known to be a gateway's. */
  gateway: string
  gatewayIp: string
}

export const gatewayIn = (
  { rival, owner, claimed }: Verdict,
  { ip, timeMs }: Claim,
  link: string,
  { gateways, hops }: { gateways: Gateways; hops: HopWatch },
): KnownGateway => {
  const named = claimed.find((one) => gateways.why(link, one) !== '')
  if (named !== undefined) return { gateway: gateways.why(link, named), gatewayIp: named }
  if (owner !== '' && hops.isHop(link, owner, timeMs)) {
    return { gateway: `${owner} is the next hop of packets beyond the link`, gatewayIp: ip }
  }
  const move = hops.takenOver(link, rival, timeMs)
  return move && (owner === '' || owner === move.movedFrom)
    ? { gateway: `packets beyond the link went by ${move.movedFrom}`, gatewayIp: ip }
    : { gateway: '', gatewayIp: '' }
}
