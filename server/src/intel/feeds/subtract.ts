/** Takes addresses out of a prefix that nobody may block or call bad: what is left of it, in prefixes. */
import { decodePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import type { AddressTest } from '@netscope/core/query/prefix-test.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'

/** Addresses that are kept out of feeds, and why. */
export interface Protected {
  prefix: Prefix
  why: string
}

export interface Subtraction {
  /** What of them touches the prefix. */
  reasons: string[]
  left: Prefix[]
}

export interface Subtractor {
  /** undefined: nothing is taken out, which is what nearly all prefixes are. */
  subtract(prefix: Prefix): Subtraction | undefined
}

interface Hole {
  prefix: Prefix
  view: DataView
  holds: AddressTest
  why: string
}

const viewOf = ({ addr }: Prefix): DataView => new DataView(addr.buffer, addr.byteOffset, 16)

export const createSubtractor = (protectedOnes: readonly Protected[]): Subtractor => {
  const holes = protectedOnes.map(({ prefix, why }): Hole => {
    return { prefix, view: viewOf(prefix), holds: prefixTest(prefix), why }
  })

  /** Two prefixes never overlap in part: one holds the other, or they share nothing. */
  const touching = (prefix: Prefix, among: readonly Hole[]): Hole[] => {
    const view = viewOf(prefix)
    let holds: AddressTest | undefined
    return among.filter((hole) => {
      if (hole.prefix.length <= prefix.length) return hole.holds(view, 0)
      holds ??= prefixTest(prefix)
      return holds(hole.view, 0)
    })
  }

  const leftOf = (prefix: Prefix, among: readonly Hole[]): Prefix[] => {
    const touched = touching(prefix, among)
    if (touched.length === 0) return [prefix]
    if (touched.some((hole) => hole.prefix.length <= prefix.length)) return []
    return halvesOf(prefix).flatMap((half) => leftOf(half, touched))
  }

  return {
    subtract(prefix) {
      const touched = touching(prefix, holes)
      if (touched.length === 0) return undefined
      const reasons = [...new Set(touched.map(({ prefix: { text }, why }) => `${text} (${why})`))]
      return { reasons, left: leftOf(prefix, touched) }
    },
  }
}

const halvesOf = ({ length, addr }: Prefix): Prefix[] =>
  [0, 1].map((bit) => {
    const bytes = new Uint8Array(PREFIX_BYTES)
    bytes[0] = length + 1
    bytes.set(addr, 4)
    if (bit === 1) bytes[4 + (length >> 3)]! |= 0x80 >> (length & 7)
    return decodePrefix(bytes)
  })
