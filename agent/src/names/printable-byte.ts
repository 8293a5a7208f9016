/** Bytes of names as printable ASCII, with the escapes of RFC 1035 5.1: `\.`, `\\`, and `\DDD` for what can't be seen. */

/** Text of each byte value as it stands within a label. */
const TEXT: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x2e || byte === 0x5c) return `\\${String.fromCharCode(byte)}`
  return byte > 0x20 && byte < 0x7f
    ? String.fromCharCode(byte)
    : `\\${String(byte).padStart(3, '0')}`
})

const LOWER_CASE: readonly string[] = TEXT.map((text, byte) =>
  byte >= 0x41 && byte <= 0x5a ? text.toLowerCase() : text,
)

/** The bytes from `start` to `end` as one label of a DNS name: lower case, dots of its own escaped. */
export const printableLabel = (bytes: Uint8Array, start: number, end: number): string => {
  let text = ''
  for (let i = start; i < end; i++) text += LOWER_CASE[bytes[i]!]!
  return text
}

/** The bytes as text, dots as they are. */
export const printableText = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += byte === 0x2e ? '.' : TEXT[byte]!
  return text
}
