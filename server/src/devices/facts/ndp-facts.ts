/** What Neighbor Discovery says about devices. */
import { toldSubnets } from '@netscope/core/told-subnets.ts'
import type { NdpObservation, RouterAdvertisement } from '@netscope/core/observation/ndp.ts'
import { isStation } from '../mac-kind.ts'
import type { Fact } from './fact.ts'

const UNSPECIFIED = '::'
/** What hosts ignore is no news (RFC 4861 section 7.1, RFC 6980). */
const isValid = ({ hopLimit, code, fragmented }: NdpObservation): boolean =>
  hopLimit === 255 && code === 0 && !fragmented

export const factsOfNdp = (said: NdpObservation): Fact[] => {
  if (!isValid(said)) return []
  const facts: Fact[] = []
  const sure = !said.linkMismatch
  const bind = (mac: string | undefined, ip: string): void => {
    if (mac !== undefined && isStation(mac) && ip !== UNSPECIFIED)
      facts.push({ kind: 'binding', mac, ip, sure })
  }
  bind(said.sourceLinkMac, said.src)
  if (said.message === 'NA') {
    // A solicited answer may leave the option out (section 4.4): the frame is the sender's.
    bind(said.targetLinkMac ?? said.srcMac, said.target)
    if (said.router) facts.push(router(said.target, 'says so in a neighbor advertisement'))
  }
  if (said.message === 'RA') facts.push(...factsOfAdvertisement(said))
  return facts
}

const router = (ip: string, detail: string): Fact => ({
  kind: 'role',
  of: { ip },
  role: 'router',
  detail,
})

const factsOfAdvertisement = (said: RouterAdvertisement): Fact[] => {
  const facts: Fact[] = []
  if (isStation(said.srcMac))
    facts.push({ kind: 'binding', mac: said.srcMac, ip: said.src, sure: false })
  // 0: it is no default router (any more), but it may still announce prefixes.
  if (said.routerLifetimeSeconds > 0) facts.push(router(said.src, 'sends router advertisements'))
  for (const subnet of toldSubnets(said)) facts.push({ kind: 'subnet', ...subnet })
  for (const { address, lifetimeSeconds } of said.dnsServers)
    if (lifetimeSeconds > 0)
      facts.push({
        kind: 'role',
        of: { ip: address },
        role: 'DNS server',
        detail: `named by the router advertisements of ${said.src}`,
      })
  return facts
}
