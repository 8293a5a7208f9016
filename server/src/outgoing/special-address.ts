/** Addresses that are not of the internet, or that stand for a private one: what a URL from outside must not lead to. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { createNamedPrefixes } from '../geo/named-prefixes.ts'
import { SPECIAL_RANGES } from '../geo/special-ranges.ts'

const ADDRESS_AT = 4

const nameOf = createNamedPrefixes([
  ...SPECIAL_RANGES,
  // Of Azure's hosts, though it is a public address.
  ['168.63.129.16/32', 'a metadata service'],
  ['fd00:ec2::254/128', 'a metadata service'],
  ['169.254.169.254/32', 'a metadata service'],
  ['100.100.100.200/32', 'a metadata service'],
  ['2001::/32', 'Teredo'],
  ['fec0::/10', 'site-local'],
])

/** Where an IPv4 address lies in the 16 bytes of such prefixes (RFC 6052, RFC 3056, RFC 4291 section 2.5.5.1, RFC 2765 section 2.1). */
const EMBEDDING: readonly (readonly [start: readonly number[], at: number])[] = [
  [[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 12],
  [[0x20, 0x02], 2],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 12],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0], 12],
]

/** What is special about an address, such as `loopback`; undefined: nothing. The text is one that has been checked. */
export const specialKind = (address: string): string | undefined => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  if (encodePrefix(address, bytes, 0) !== undefined) return 'not an address'
  const view = new DataView(bytes.buffer)
  const own = nameOf(view, ADDRESS_AT)
  if (own) return own
  for (const [start, at] of EMBEDDING) {
    if (!start.every((byte, i) => bytes[ADDRESS_AT + i] === byte)) continue
    const inner = specialKind([...bytes.subarray(ADDRESS_AT + at, ADDRESS_AT + at + 4)].join('.'))
    if (inner) return inner
  }
  return undefined
}
