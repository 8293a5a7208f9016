/** Which packets a capture takes, as the kernel program reads it (bpf/capture.h). */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { KEY_BYTES } from '@netscope/core/slot.ts'
import type { CaptureFilter } from '@netscope/core/wire.ts'
import { CAPTURE_FILTER, CAPTURE_FILTER_BYTES } from './captured-packet.ts'

export interface FilterContext {
  snapLength: number
  /** Of `filter.interface`; 0 without one. */
  ifindex: number
  /** Port of our own page on lo: its packets are left out unless the filter names it, since a capture makes more of them. */
  ownPort: number
}

/** Throws NetscopeError `list.prefix-invalid`; the key must be KEY_BYTES in hex. */
export const encodeFilter = (filter: CaptureFilter, context: FilterContext): Uint8Array => {
  const bytes = Buffer.alloc(CAPTURE_FILTER_BYTES)
  const { ip, port, protocol, key } = filter
  if (ip !== undefined) {
    const { addr, length } = parsePrefix(ip)
    bytes.set(addr, CAPTURE_FILTER.addr)
    bytes.set(maskOf(length), CAPTURE_FILTER.mask)
  }
  bytes.writeUInt32LE(context.ifindex, CAPTURE_FILTER.ifindex)
  bytes.writeUInt32LE(context.snapLength, CAPTURE_FILTER.snapLength)
  if (port !== undefined) {
    bytes.writeUInt16LE(port, CAPTURE_FILTER.port)
    bytes[CAPTURE_FILTER.hasPort] = 1
  }
  if (protocol !== undefined) {
    bytes[CAPTURE_FILTER.protocol] = protocol
    bytes[CAPTURE_FILTER.hasProtocol] = 1
  }
  if (port !== undefined && port === context.ownPort) bytes[CAPTURE_FILTER.ownPage] = 1
  if (key !== undefined) {
    bytes.set(Buffer.from(key, 'hex').subarray(0, KEY_BYTES), CAPTURE_FILTER.key)
    bytes[CAPTURE_FILTER.hasKey] = 1
  }
  return bytes
}

const maskOf = (length: number): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, i) => {
    const bits = Math.min(8, Math.max(0, length - 8 * i))
    return (0xff << (8 - bits)) & 0xff
  })
