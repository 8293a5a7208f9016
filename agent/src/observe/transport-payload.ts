/** The bytes that UDP or TCP carry in a frame. */
import { readIpPacket } from './ip-packet.ts'
import { readLinkFrame } from './link-frame.ts'

export interface TransportPayload {
  protocol: 'tcp' | 'udp'
  /** Of TCP (RFC 9293 3.4), else 0. */
  sequence: number
  srcPort: number
  dstPort: number
  /** Without padding; of what is cut off, the beginning. */
  bytes: Uint8Array
}

const TCP = 6
const UDP = 17
const UDP_HEADER_BYTES = 8
const TCP_HEADER_BYTES = 20

/** Undefined where there is no whole header. */
export const transportPayload = (
  frame: Uint8Array,
  linkHeaderBytes: 0 | 14,
): TransportPayload | undefined => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const link = readLinkFrame(view, linkHeaderBytes, 0)
  const packet = link && readIpPacket(view, link.at, link.etherType)
  if (packet === undefined) return undefined
  const { protocol, payloadAt: at, end } = packet
  if (end - at < (protocol === TCP ? TCP_HEADER_BYTES : UDP_HEADER_BYTES)) return undefined
  const ports = { srcPort: view.getUint16(at), dstPort: view.getUint16(at + 2) }
  if (protocol === UDP) {
    const length = Math.max(UDP_HEADER_BYTES, view.getUint16(at + 4) || end - at)
    const bytes = frame.subarray(at + UDP_HEADER_BYTES, Math.min(end, at + length))
    return { protocol: 'udp', sequence: 0, ...ports, bytes }
  }
  if (protocol !== TCP) return undefined
  const header = (view.getUint8(at + 12) >> 4) * 4
  if (header < TCP_HEADER_BYTES || at + header > end) return undefined
  const bytes = frame.subarray(at + header, end)
  return { protocol: 'tcp', sequence: view.getUint32(at + 4), ...ports, bytes }
}
