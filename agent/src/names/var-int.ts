/** Variable-length integers of QUIC (RFC 9000 16). */

export interface VarInt {
  /** Exact up to 2^53; no length or offset that we take is near. */
  value: number
  end: number
}

/** The integer at `at`, undefined where it is cut off. */
export const readVarInt = (bytes: Uint8Array, at: number): VarInt | undefined => {
  const first = bytes[at]
  if (first === undefined) return undefined
  const end = at + (1 << (first >> 6))
  if (end > bytes.length) return undefined
  let value = first & 0x3f
  for (let i = at + 1; i < end; i++) value = value * 256 + bytes[i]!
  return { value, end }
}
