/** Prefixes of both families, asked for single addresses: by length, so that 100,000 cost some ten look-ups. */
import { PREFIX_BYTES } from '@netscope/core/slot.ts'

export interface AddressSet {
  readonly size: number
  /** PREFIX_BYTES at `at` of the bytes, as core/src/prefix.ts writes them; false: it was there. */
  add(bytes: Uint8Array, at: number): boolean
  /** Whether a prefix holds the address whose 16 bytes are at `at`. */
  holds(view: DataView, at: number): boolean
}

const V4_FROM = 96

const isV4 = (view: DataView, at: number): boolean =>
  view.getUint32(at) === 0 && view.getUint32(at + 4) === 0 && view.getUint32(at + 8) === 0xffff

/** The first `bits` of 32, as a number that V8 keeps without an object. */
const head = (word: number, bits: number): number =>
  bits === 0 ? 0 : (word & (-1 << (32 - bits))) | 0

const hex = (word: number, bits: number): string =>
  bits <= 0 ? '' : (head(word, Math.min(32, bits)) >>> 0).toString(36)

const keyOfV6 = (view: DataView, at: number, length: number): string =>
  [0, 1, 2, 3].map((i) => hex(view.getUint32(at + 4 * i), length - 32 * i)).join('.')

export const createAddressSet = (): AddressSet => {
  const v4 = new Map<number, Set<number>>()
  const v6 = new Map<number, Set<string>>()
  let size = 0

  const put = <K>(sets: Map<number, Set<K>>, length: number, key: K): boolean => {
    let set = sets.get(length)
    if (!set) sets.set(length, (set = new Set()))
    if (set.has(key)) return false
    set.add(key)
    size++
    return true
  }

  return {
    get size() {
      return size
    },
    add(bytes, at) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, PREFIX_BYTES)
      const length = bytes[at]!
      if (length >= V4_FROM && isV4(view, 4))
        return put(v4, length - V4_FROM, head(view.getInt32(16), length - V4_FROM))
      return put(v6, length, keyOfV6(view, 4, length))
    },
    holds(view, at) {
      if (isV4(view, at)) {
        const word = view.getInt32(at + 12)
        for (const [length, set] of v4) if (set.has(head(word, length))) return true
        return false
      }
      for (const [length, set] of v6) if (set.has(keyOfV6(view, at, length))) return true
      return false
    },
  }
}
