/**
 * Addresses and CIDR prefixes of both families, strictly by RFC 4291 and dotted decimal: text to the
 * kernel's binary form (PREFIX_BYTES: u32 LE length in bits, 16 address bytes, IPv4 as ::ffff:a.b.c.d,
 * so that an IPv4 length counts from 96) and back. A restart reads 1,000,000 of them: no regular
 * expression and no object per entry on that way.
 */
import { formatAddress } from './address.ts'
import { NetscopeError } from './errors.ts'
import { PREFIX_BYTES } from './slot.ts'

export interface Prefix {
  /** Bits, 0 to 128; of IPv4 from 96. */
  length: number
  /** 16 bytes, host bits cleared. */
  addr: Uint8Array
  /** Canonical: RFC 5952, no /32 or /128. */
  text: string
}

/** Text of the longest prefix: eight groups and `/128`, the last two groups perhaps dotted. */
const LONGEST_TEXT = 49
const IPV4_FROM = 96

const DOT = 46
const COLON = 58
const ZERO = 48

const digitOf = (code: number): number => {
  const digit = code - ZERO
  return digit >= 0 && digit <= 9 ? digit : -1
}

const hexDigitOf = (code: number): number => {
  const digit = digitOf(code)
  if (digit >= 0) return digit
  const letter = code | 0x20
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** Four decimal octets without leading zeros in text[from, to) to target[at, at + 4). */
const readV4 = (
  text: string,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
): boolean => {
  let octets = 0
  let value = -1
  for (let i = from; i <= to; i++) {
    const code = i === to ? DOT : text.charCodeAt(i)
    if (code === DOT) {
      if (value < 0 || octets === 4) return false
      target[at + octets++] = value
      value = -1
      continue
    }
    const digit = digitOf(code)
    if (digit < 0 || value === 0) return false
    value = value < 0 ? digit : value * 10 + digit
    if (value > 255) return false
  }
  return octets === 4
}

/** Bytes from `gap` to `written` move to the end of the 16; the zeros of `::` take their place. */
const openGap = (target: Uint8Array, at: number, gap: number, written: number): boolean => {
  if (written === 16) return false
  target.copyWithin(at + 16 - written + gap, at + gap, at + written)
  target.fill(0, at + gap, at + 16 - written + gap)
  return true
}

/** An IPv6 address in text[from, to) to target[at, at + 16); the algorithm of inet_pton(3). */
const readV6 = (
  text: string,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
): boolean => {
  let written = 0
  let gap = -1
  let value = 0
  let digits = 0
  let group = from
  let start = from
  if (text.charCodeAt(from) === COLON && text.charCodeAt(++start) !== COLON) return false
  for (let i = start; i < to; i++) {
    const code = text.charCodeAt(i)
    const digit = hexDigitOf(code)
    if (digit >= 0) {
      if (++digits > 4) return false
      value = value * 16 + digit
    } else if (code === COLON) {
      group = i + 1
      if (digits === 0) {
        if (gap >= 0) return false
        gap = written
        continue
      }
      if (group === to || written > 14) return false
      target[at + written++] = value >> 8
      target[at + written++] = value & 255
      value = digits = 0
    } else if (code === DOT && written <= 12 && readV4(text, group, to, target, at + written)) {
      written += 4
      digits = 0
      break
    } else return false
  }
  if (digits > 0) {
    if (written > 14) return false
    target[at + written++] = value >> 8
    target[at + written++] = value & 255
  }
  return gap < 0 ? written === 16 : openGap(target, at, gap, written)
}

/** The number in text[from, end) if it is at most `most` and has no leading zero, else -1. */
const readLength = (text: string, from: number, most: number): number => {
  if (from === text.length || (text.charCodeAt(from) === ZERO && from + 1 < text.length)) return -1
  let value = 0
  for (let i = from; i < text.length; i++) {
    const digit = digitOf(text.charCodeAt(i))
    value = value * 10 + digit
    if (digit < 0 || value > most) return -1
  }
  return value
}

const clearHostBits = (target: Uint8Array, at: number, length: number): void => {
  const whole = length >> 3
  if (whole === 16) return
  target[at + whole]! &= 0xff00 >> (length & 7)
  target.fill(0, at + whole + 1, at + 16)
}

/** Whether an IPv6 prefix would, in the one trie that holds both families, match all of IPv4. */
const holdsIpv4 = (target: Uint8Array, at: number, length: number): boolean => {
  if (length >= IPV4_FROM) return false
  for (let i = 0; i < 10; i++) if (target[at + i] !== 0) return false
  const mask = (0xffff << (IPV4_FROM - Math.max(length, 80))) & 0xffff
  return ((target[at + 10]! << 8) | target[at + 11]!) === mask
}

/**
 * Writes the prefix that `text` names to target[at, at + PREFIX_BYTES), host bits cleared; returns why
 * it names none, or undefined. After a refusal the bytes there are undefined.
 */
export const encodePrefix = (text: string, target: Uint8Array, at: number): string | undefined => {
  if (text.length > LONGEST_TEXT) return 'it is too long for an address'
  const slash = text.indexOf('/')
  const end = slash < 0 ? text.length : slash
  const isV6 = text.includes(':')
  const addr = at + 4
  let length = 128
  if (isV6) {
    if (!readV6(text, 0, end, target, addr)) return whyNotV6(text)
    if (slash >= 0) length = readLength(text, slash + 1, 128)
    if (length < 0) return 'the length after / must be 0 to 128'
  } else {
    target.fill(0, addr, addr + 10)
    target[addr + 10] = target[addr + 11] = 255
    if (!readV4(text, 0, end, target, addr + 12)) return whyNotV4(text)
    if (slash >= 0) length = readLength(text, slash + 1, 32)
    if (length < 0) return 'the length after / must be 0 to 32'
    if (slash >= 0) length += IPV4_FROM
  }
  clearHostBits(target, addr, length)
  if (length > 0 && isV6 && holdsIpv4(target, addr, length))
    return 'it would also match all of IPv4'
  target[at] = length
  target[at + 1] = target[at + 2] = target[at + 3] = 0
  return undefined
}

const whyNotV4 = (text: string): string => {
  if (text === '') return 'it is empty'
  if (/\s/.test(text)) return 'it has white space'
  if (/^[0-9a-fx.]+$/i.test(text)) {
    return 'an IPv4 address is four decimal numbers of 0 to 255 without leading zeros'
  }
  return 'it is not an IPv4 or IPv6 address or prefix'
}

const whyNotV6 = (text: string): string => {
  if (text.includes('%')) return 'a zone (%) has no meaning in a list'
  if (/\s/.test(text)) return 'it has white space'
  return 'it is not an IPv6 address'
}

/** Text of the prefix at bytes[at, at + PREFIX_BYTES), canonical. */
export const formatPrefix = (bytes: Uint8Array, at: number): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, PREFIX_BYTES)
  const length = view.getUint32(0, true)
  const address = formatAddress(view, 4)
  if (length === 128) return address
  return `${address}/${address.includes(':') ? length : length - IPV4_FROM}`
}

/** The prefix at bytes[at, at + PREFIX_BYTES), as encodePrefix writes it. */
export const decodePrefix = (bytes: Uint8Array, at = 0): Prefix => ({
  length: bytes[at]!,
  addr: bytes.slice(at + 4, at + PREFIX_BYTES),
  text: formatPrefix(bytes, at),
})

/** The prefix that `text` names; throws `list.prefix-invalid` with the reason. */
export const parsePrefix = (text: string): Prefix => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  const reason = encodePrefix(text, bytes, 0)
  if (reason !== undefined) {
    const shown = JSON.stringify(
      text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text,
    )
    throw new NetscopeError('list.prefix-invalid', { prefix: shown, reason })
  }
  return decodePrefix(bytes)
}
