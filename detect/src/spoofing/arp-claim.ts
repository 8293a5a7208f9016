/** What an ARP packet claims, in the words of address-claims.ts. */
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import type { Claim } from './address-claims.ts'
import type { Asked } from './asked.ts'
import { isStation } from './station-mac.ts'

/** Undefined: it claims nothing, as a probe does; or the payload is none that a host would send. */
export const arpClaim = (seen: ArpObservation, link: string, asked: Asked): Claim | undefined => {
  const { operation, senderIp, senderMac, targetIp, timeMs } = seen
  if (operation === 'request' && !seen.gratuitous) asked.ask(link, targetIp, senderIp, timeMs)
  if (seen.probe || senderIp === '0.0.0.0' || !isStation(senderMac)) return undefined
  const told = seen.unicast && !seen.gratuitous ? targetIp : seen.unicast ? seen.dstMac : ''
  return {
    link,
    ip: senderIp,
    mac: senderMac,
    timeMs,
    told,
    // A request to one station tells its sender's address as an answer does, and needs no question.
    unasked:
      operation === 'reply'
        ? !asked.answers(link, senderIp, told, senderMac, timeMs)
        : seen.unicast || seen.gratuitous,
    mismatch: seen.senderMismatch || seen.targetMismatch,
    speaks: operation === 'request' || seen.gratuitous,
  }
}
