/** Which addresses are on a link itself, by what its stations ask for and are told. */
import type { Observation } from '@netscope/core/observation.ts'
import { toldSubnets } from '@netscope/core/told-subnets.ts'

export interface LinkSubnets {
  note(seen: Observation): void
  /** `link`: the text of `linkOf`. */
  has(link: string, address: string): boolean
}

const MAX_SUBNETS = 4096

export const linkOf = (seen: { ifindex: number; vlan: number; innerVlan: number }): string =>
  `${seen.ifindex} ${seen.vlan}.${seen.innerVlan}`

/** ARP and Neighbor Discovery name single addresses; what is around them is taken to be on the link too: /24 and /64. */
export const createLinkSubnets = (): LinkSubnets => {
  const subnets = new Set<string>()
  const add = (link: string, address: string): void => {
    if (!isUseful(address)) return
    const key = `${link} ${subnetOf(address)}`
    if (subnets.has(key)) return
    if (subnets.size >= MAX_SUBNETS) {
      for (const oldest of subnets) {
        subnets.delete(oldest)
        break
      }
    }
    subnets.add(key)
  }
  return {
    note(seen) {
      if (seen.kind === 'arp') {
        add(linkOf(seen), seen.targetIp)
        add(linkOf(seen), seen.senderIp)
      } else if (seen.kind === 'ndp' && (seen.message === 'NS' || seen.message === 'NA')) {
        add(linkOf(seen), seen.target)
      } else {
        for (const { prefix } of toldSubnets(seen)) add(linkOf(seen), prefix)
      }
    },
    has: (link, address) => subnets.has(`${link} ${subnetOf(address)}`),
  }
}

const isUseful = (address: string): boolean =>
  address !== '' && address !== '0.0.0.0' && !address.startsWith('fe80:')

/** The first three bytes of IPv4; the first four groups of IPv6, whose text may leave zeros out (RFC 5952). */
const subnetOf = (address: string): string => {
  if (!address.includes(':')) return address.slice(0, address.lastIndexOf('.'))
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const after = tail === '' ? 0 : tail.split(':').length
    while (groups.length + after < 8) groups.push('0')
    if (groups.length < 4) groups.push(...tail.split(':'))
  }
  return groups.slice(0, 4).join(':')
}
