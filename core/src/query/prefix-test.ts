/** Whether an address lies in a prefix, on bytes. */
import type { Prefix } from '../prefix.ts'

export type AddressTest = (view: DataView, at: number) => boolean

export const prefixTest = ({ addr, length }: Pick<Prefix, 'addr' | 'length'>): AddressTest => {
  const view = new DataView(addr.buffer, addr.byteOffset, 16)
  const masks = [0, 1, 2, 3].map((word) => maskOf(length - 32 * word))
  const [m0, m1, m2, m3] = masks as [number, number, number, number]
  const word = (at: number, mask: number) => (view.getUint32(at) & mask) >>> 0
  const [w0, w1, w2, w3] = [word(0, m0), word(4, m1), word(8, m2), word(12, m3)]
  return (of, at) =>
    (of.getUint32(at + 12) & m3) >>> 0 === w3 &&
    (of.getUint32(at + 8) & m2) >>> 0 === w2 &&
    (of.getUint32(at + 4) & m1) >>> 0 === w1 &&
    (of.getUint32(at) & m0) >>> 0 === w0
}

/** Whether some address is in both. */
export const prefixesOverlap = (a: Prefix, b: Prefix): boolean => {
  const [wide, narrow] = a.length <= b.length ? [a, b] : [b, a]
  return prefixTest(wide)(new DataView(narrow.addr.buffer, narrow.addr.byteOffset, 16), 0)
}

/** The mask of the first `bits` bits of a 32-bit word. */
const maskOf = (bits: number): number => {
  if (bits <= 0) return 0
  return bits >= 32 ? 0xffffffff : (-1 << (32 - bits)) >>> 0
}
