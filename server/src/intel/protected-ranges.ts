/** What no feed may hold: special ranges, networks of this site, own addresses, routers and servers of names. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { SPECIAL_RANGES } from '../geo/special-ranges.ts'
import type { Protected } from './feeds/subtract.ts'

export interface SiteAddresses {
  /** Networks that people named. */
  networks: readonly Prefix[]
  /** Addresses of machines with an agent. */
  own(): Iterable<string>
  /** Routers, DNS and DHCP servers that devices were seen to be. */
  infrastructure(): Iterable<string>
}

const SPECIAL: readonly Protected[] = SPECIAL_RANGES.map(([text, why]) => {
  return { prefix: parsePrefix(text), why }
})
/** Each is tried for every entry of every feed. */
const MAX_SINGLE = 512

/** Private networks are among the special ranges; in order, so that what is the same is the same. */
export const protectedRanges = ({ networks, own, infrastructure }: SiteAddresses): Protected[] => {
  const single = (addresses: Iterable<string>, why: string): Protected[] =>
    [...new Set(addresses)].flatMap((text) => {
      try {
        const prefix = parsePrefix(text)
        return SPECIAL.some(({ prefix: { text: range } }) => range === text)
          ? []
          : [{ prefix, why }]
      } catch {
        return []
      }
    })
  const of = [
    ...single(own(), 'an address of ours'),
    ...single(infrastructure(), 'a router or server of ours'),
  ].toSorted((a, b) => (a.prefix.text < b.prefix.text ? -1 : 1))
  const named = networks.map((prefix) => ({ prefix, why: 'a network that people named' }))
  return [...SPECIAL, ...named, ...of.slice(0, MAX_SINGLE)]
}
