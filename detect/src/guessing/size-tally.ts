/**
 * How often which size came, of messages that are known only with their headers. Sizes are compared among connections with
 * as many packets: there the headers are the same, and a byte more is a byte more said.
 */

export interface SizeTally {
  add(packets: number, bytes: number): void
  /** Sizes that are more than chance, among connections with as many packets. */
  distinct(): number
  /** Whether nearly all are within `bytes` of the most frequent size with as many packets. */
  isWithin(bytes: number): boolean
}

/** Kinds of connections (packets) and sizes of each. */
const [MAX_KINDS, MAX_SIZES] = [8, 64]
/** From so many on all are halved: what was long ago counts less. */
const MOST = 4096
/** Part of all from which a size is more than chance, and what nearly all are. */
const [LEAST_PART, NEARLY_ALL] = [0.05, 0.9]

export const createSizeTally = (): SizeTally => {
  const kinds = new Map<number, Map<number, number>>()
  let total = 0

  const halve = (): void => {
    total = 0
    for (const sizes of kinds.values())
      for (const [bytes, count] of sizes) {
        if (count < 2) sizes.delete(bytes)
        else sizes.set(bytes, count / 2)
        total += count < 2 ? 0 : count / 2
      }
  }

  return {
    add(packets, bytes) {
      let sizes = kinds.get(packets)
      if (!sizes && kinds.size < MAX_KINDS) kinds.set(packets, (sizes = new Map<number, number>()))
      if (total >= MOST) halve()
      total++
      const count = sizes?.get(bytes)
      if (sizes && (count !== undefined || sizes.size < MAX_SIZES))
        sizes.set(bytes, (count ?? 0) + 1)
    },
    distinct() {
      let most = 0
      for (const sizes of kinds.values()) {
        const frequent = [...sizes.values()].filter((count) => count >= LEAST_PART * total)
        most = Math.max(most, frequent.length)
      }
      return most
    },
    isWithin(bytes) {
      let near = 0
      for (const sizes of kinds.values()) {
        const [first] = [...sizes].toSorted((a, b) => b[1] - a[1])
        for (const [size, count] of sizes) if (Math.abs(size - first![0]) <= bytes) near += count
      }
      return near >= NEARLY_ALL * total
    },
  }
}
