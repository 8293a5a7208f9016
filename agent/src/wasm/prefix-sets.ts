/** The lists and the pinned addresses beside the WebAssembly program: a set per prefix length, so that a look-up tries few. */
import { PREFIX_BYTES } from '@netscope/core/slot.ts'

const ADDRESS_BITS = 128

export interface PrefixSets {
  /** `list`: 0 allow, 1 deny, 2 pinned, as bpf/wasm/platform.h numbers them. Throws, and adds nothing, when they do not fit. */
  add(list: number, prefixes: Uint8Array, count: number): void
  remove(list: number, prefixes: Uint8Array, count: number): void
  /** Whether a prefix of the list holds the 16-byte address at `at`. */
  has(list: number, view: DataView, at: number): boolean
  size(list: number): number
}

/** Empty lists of at most `capacity` entries each; prefixes are PREFIX_BYTES each. */
export const createPrefixSets = (capacity: number): PrefixSets => {
  const lists = [0, 1, 2].map(() => new Map<number, Set<bigint>>())
  const of = (list: number) => lists[list] ?? new Map<number, Set<bigint>>()
  const size = (list: number): number => {
    let sum = 0
    for (const set of of(list).values()) sum += set.size
    return sum
  }

  const add = (list: number, prefixes: Uint8Array, count: number): void => {
    let known = 0
    if (size(list) + count > capacity) {
      eachPrefix(
        prefixes,
        count,
        (length, bits) => (known += of(list).get(length)?.has(bits) ? 1 : 0),
      )
    }
    if (size(list) + count - known > capacity)
      throw new Error(`a list holds at most ${capacity} entries`)
    eachPrefix(prefixes, count, (length, bits) => {
      const set = of(list).get(length)
      if (set) set.add(bits)
      else of(list).set(length, new Set([bits]))
    })
  }

  const remove = (list: number, prefixes: Uint8Array, count: number): void =>
    eachPrefix(prefixes, count, (length, bits) => {
      const set = of(list).get(length)
      set?.delete(bits)
      if (set?.size === 0) of(list).delete(length)
    })

  const has = (list: number, view: DataView, at: number): boolean => {
    const address = addressAt(view, at)
    for (const [length, set] of of(list))
      if (set.has(address >> BigInt(ADDRESS_BITS - length))) return true
    return false
  }

  return { add, remove, has, size }
}

const addressAt = (view: DataView, at: number): bigint =>
  (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8)

const eachPrefix = (
  prefixes: Uint8Array,
  count: number,
  on: (length: number, bits: bigint) => void,
): void => {
  const view = new DataView(prefixes.buffer, prefixes.byteOffset, prefixes.byteLength)
  for (let i = 0; i < count; i++) {
    const length = Math.min(view.getUint32(i * PREFIX_BYTES, true), ADDRESS_BITS)
    on(length, addressAt(view, i * PREFIX_BYTES + 4) >> BigInt(ADDRESS_BITS - length))
  }
}
