/** Addresses as lists write them beside prefixes: with a port, and ranges from one address to another. */
import { decodePrefix, encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'

const BITS = 128
const V4_MARK = 0xffffn

/** undefined: it is no single address. */
const numberOf = (text: string): bigint | undefined => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  if (encodePrefix(text, bytes, 0) !== undefined || bytes[0] !== BITS) return undefined
  return BigInt(`0x${Buffer.from(bytes.subarray(4)).toString('hex')}`)
}

const isV4 = (address: bigint): boolean => address >> 32n === V4_MARK

const prefixAt = (address: bigint, length: number): string => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  bytes[0] = length
  bytes.set(Buffer.from(address.toString(16).padStart(32, '0'), 'hex'), 4)
  return decodePrefix(bytes).text
}

/** The fewest prefixes that hold exactly the addresses from `first` to `last`; empty: it is no range. */
const prefixesBetween = (first: string, last: string): string[] => {
  const [from, to] = [numberOf(first), numberOf(last)]
  if (from === undefined || to === undefined || isV4(from) !== isV4(to)) return []
  const found: string[] = []
  for (let at = from; at <= to;) {
    let bits = 0
    while (bits < BITS && (at >> BigInt(bits)) % 2n === 0n && at + (2n << BigInt(bits)) - 1n <= to)
      bits++
    found.push(prefixAt(at, BITS - bits))
    at += 1n << BigInt(bits)
  }
  return found
}

const RANGE = /^([0-9a-f.:]{2,45})\s*-\s*([0-9a-f.:]{2,45})$/i
const WITH_PORT = /^(?:\[([0-9a-f.:]{2,45})\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::\d{1,5})?$/i

/** Prefixes that the text stands for; empty: none. */
export const prefixesOf = (text: string): string[] => {
  const [, first, last] = RANGE.exec(text) ?? []
  if (first !== undefined && last !== undefined) return prefixesBetween(first, last)
  const [, v6, v4] = WITH_PORT.exec(text) ?? []
  const address = v6 ?? v4
  return address === undefined || numberOf(address) === undefined ? [] : [address]
}
