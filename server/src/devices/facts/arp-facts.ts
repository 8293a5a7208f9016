/** What ARP says about devices. */
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import { isStation } from '../mac-kind.ts'
import type { Fact } from './fact.ts'

export const factsOfArp = (said: ArpObservation): Fact[] => {
  const { senderMac: mac, senderIp: ip } = said
  if (!isStation(mac)) return []
  // Who asks whether an address is free does not have it (RFC 5227 section 2.1.1).
  if (said.probe || ip === '0.0.0.0') return [{ kind: 'station', mac }]
  // A frame of somebody else: a proxy, a bond, or forgery. It takes no address from anybody.
  return [{ kind: 'binding', mac, ip, sure: !said.senderMismatch }]
}
