/** What no feed may hold: special ranges, networks of this site, own addresses, routers and servers of names, what is pinned. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { SPECIAL_RANGES } from '../geo/special-ranges.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import type { Protected } from './feeds/subtract.ts'

export interface SiteAddresses {
  /** Networks that people named. */
  networks: readonly Prefix[]
  /** Addresses of machines with an agent. */
  own(): Iterable<string>
  /** Routers, DNS and DHCP servers that devices were seen to be. */
  infrastructure(): Iterable<string>
  /** What no block may hit, learned or said, such as from where people work now. */
  pinned(): Iterable<{ prefix: string; kind: string; reason: string }>
}

const SPECIAL: readonly Protected[] = SPECIAL_RANGES.map(([text, why]) => {
  return { prefix: parsePrefix(text), why }
})
/** Each is tried for every entry of every feed. */
const MAX_SINGLE = 512
const SPECIAL_TESTS = SPECIAL.map(({ prefix }) => ({
  length: prefix.length,
  holds: prefixTest(prefix),
}))

const isSpecial = ({ addr, length }: Prefix): boolean => {
  const view = new DataView(addr.buffer, addr.byteOffset, 16)
  return SPECIAL_TESTS.some((range) => range.length <= length && range.holds(view, 0))
}

/** Those of the internet: the others are no entry of a feed anyway. */
const pinnedOnes = (pinned: ReturnType<SiteAddresses['pinned']>): Protected[] => {
  const found = new Map<string, Protected>()
  for (const { prefix: text, kind, reason } of pinned) {
    const prefix = parsePrefix(text)
    if (!isSpecial(prefix) && !found.has(prefix.text))
      found.set(prefix.text, { prefix, why: `${kind}: ${reason}` })
  }
  return [...found.values()]
}

const byText = (a: Protected, b: Protected): number => (a.prefix.text < b.prefix.text ? -1 : 1)

/** Private networks are among the special ranges; in order, so that what is the same is the same. */
export const protectedRanges = ({
  networks,
  own,
  infrastructure,
  pinned,
}: SiteAddresses): Protected[] => {
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
  ].toSorted(byText)
  const named = networks.map((prefix) => ({ prefix, why: 'a network that people named' }))
  const held = pinnedOnes(pinned()).toSorted(byText)
  return [...SPECIAL, ...named, ...[...held, ...of].slice(0, MAX_SINGLE)]
}
