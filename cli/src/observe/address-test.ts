/** Whether an address, as text, lies in a prefix. */
import { encodePrefix, type Prefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'

/** True for canonical addresses in `prefix`, false for whatever is none. */
export const addressTest = ({ addr, length, text }: Prefix): ((address: string) => boolean) => {
  if (length === 128) return (address) => address === text
  const bytes = new Uint8Array(PREFIX_BYTES)
  const whole = length >> 3
  const mask = (0xff00 >> (length & 7)) & 0xff
  return (address) => {
    if (encodePrefix(address, bytes, 0) !== undefined) return false
    for (let i = 0; i < whole; i++) if (bytes[4 + i] !== addr[i]) return false
    return whole === 16 || (bytes[4 + whole]! & mask) === addr[whole]
  }
}
