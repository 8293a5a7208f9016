/** Domain names in DNS messages (RFC 1035 3.1, 4.1.4): compressed, hostile, of bounded cost. */
import { printableLabel } from './printable-byte.ts'

/** RFC 1035 2.3.4, with the lengths of the labels and the root. */
const MAX_NAME_BYTES = 255
/** Encoders need one pointer, a few at most; each reading of a name costs no more than this many. */
const MAX_POINTERS = 32

export interface DnsName {
  /** Lower case, printable, without the last dot; the root is '.'. */
  text: string
  /** Where the bytes after the name begin. */
  end: number
}

/** The name at `at`, its labels made by `labelText`, or undefined where it is cut off, too long, or its pointers don't lead backwards. */
export const readDnsName = (
  message: Uint8Array,
  at: number,
  labelText = printableLabel,
): DnsName | undefined => {
  let text = ''
  let end = -1
  let lowest = at
  let bytes = 1
  let pointers = 0
  for (let i = at; ;) {
    const length = message[i]
    if (length === undefined) return undefined
    if (length === 0) return { text: text === '' ? '.' : text, end: end < 0 ? i + 1 : end }
    if (length >= 0xc0) {
      const low = message[i + 1]
      if (low === undefined || ++pointers > MAX_POINTERS) return undefined
      if (end < 0) end = i + 2
      const target = ((length & 0x3f) << 8) | low
      if (target >= lowest) return undefined
      lowest = i = target
      continue
    }
    bytes += 1 + length
    const next = i + 1 + length
    // 0x40 and 0x80 are label types that nobody uses (RFC 6891 5).
    if (length > 63 || bytes > MAX_NAME_BYTES || next > message.length) return undefined
    const label = labelText(message, i + 1, next)
    text = text === '' ? label : `${text}.${label}`
    i = next
  }
}
