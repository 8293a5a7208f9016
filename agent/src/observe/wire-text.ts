/** Text of what stands in a packet. The caller has checked that the bytes are there. */
import { formatV6 } from '@netscope/core/address.ts'

/** Longest text that a record keeps, in characters: a DNS name (RFC 1035 section 2.3.4) fits. */
const MAX_TEXT = 255

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export const hexOf = (view: DataView, from: number, to: number, separator = ''): string => {
  const pairs: string[] = []
  for (let at = from; at < to; at++) pairs.push(HEX[view.getUint8(at)]!)
  return pairs.join(separator)
}

export const macAt = (view: DataView, at: number): string => hexOf(view, at, at + 6, ':')

export const ipv4At = (view: DataView, at: number): string =>
  `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`

export const ipv6At = (view: DataView, at: number): string => formatV6(view, at)

const utf8 = new TextDecoder()
/** Cc and Cf: what moves a cursor, hides text or turns its direction; and line ends. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu

/** Foreign text made harmless: at most MAX_TEXT characters, `?` for what could mislead a reader. */
export const harmless = (text: string): string =>
  text.slice(0, MAX_TEXT).toWellFormed().replace(UNPRINTABLE, '?')

/** UTF-8 text without final zeros, made harmless. */
export const textAt = (view: DataView, from: number, to: number): string => {
  let end = Math.min(to, from + 4 * MAX_TEXT)
  while (end > from && view.getUint8(end - 1) === 0) end--
  return harmless(utf8.decode(new Uint8Array(view.buffer, view.byteOffset + from, end - from)))
}
