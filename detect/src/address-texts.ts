/** Texts of addresses, made once: the same address is mostly the very same string, which maps compare in no time. */
import { formatAddress } from '@netscope/core/address.ts'

/** Places; about 5 MB with their texts. More addresses than these push each other out, which costs time only. */
const PLACES_BITS = 16
const PLACES = 1 << PLACES_BITS

/** Text by RFC 5952 of the 16 bytes at `at`, IPv4-mapped addresses as IPv4. */
export type AddressTexts = (view: DataView, at: number) => string

export const createAddressTexts = (): AddressTexts => {
  const words = new Uint32Array(PLACES * 4)
  const texts: (string | undefined)[] = Array.from({ length: PLACES })

  return (view, at) => {
    const a = view.getUint32(at, true)
    const b = view.getUint32(at + 4, true)
    const c = view.getUint32(at + 8, true)
    const d = view.getUint32(at + 12, true)
    let hash = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0x9e3779b1) ^ c
    hash = Math.imul(hash ^ Math.imul(d, 0xc2b2ae35), 0x9e3779b1)
    const place = (hash ^ (hash >>> 15)) >>> (32 - PLACES_BITS)
    const word = place * 4
    const known = texts[place]
    if (
      known !== undefined &&
      words[word] === a &&
      words[word + 1] === b &&
      words[word + 2] === c &&
      words[word + 3] === d
    ) {
      return known
    }
    words[word] = a
    words[word + 1] = b
    words[word + 2] = c
    words[word + 3] = d
    return (texts[place] = formatAddress(view, at))
  }
}
