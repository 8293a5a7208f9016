/** A row of the socket table as an object, for tests. */
import { formatAddress } from '@netscope/core/address.ts'
import { capturedOwner, type CapturedOwner } from './captured-owner.ts'
import { SOCKET, SOCKET_BYTES } from './socket-slot.ts'

export interface SocketRow {
  row: number
  cookie: bigint
  state: number
  tcpState: number
  protocol: number
  role: number
  local: string
  remote: string
  localPort: number
  remotePort: number
  sent: number
  received: number
  srttUs: number
  rttSamples: number
  retransmits: number
  owner: CapturedOwner | undefined
}

/** Rows [0, end) that are in use. */
export const socketRows = (slots: Uint8Array, end: number): SocketRow[] => {
  const view = new DataView(slots.buffer, slots.byteOffset, end * SOCKET_BYTES)
  const words = new Uint32Array(slots.buffer, slots.byteOffset, (end * SOCKET_BYTES) / 4)
  return Array.from({ length: end }, (_, row): SocketRow => {
    const at = row * SOCKET_BYTES
    return {
      row,
      cookie: view.getBigUint64(at + SOCKET.cookie, true),
      state: view.getUint8(at + SOCKET.slotState),
      tcpState: view.getUint8(at + SOCKET.tcpState),
      protocol: view.getUint8(at + SOCKET.protocol),
      role: view.getUint8(at + SOCKET.role),
      local: formatAddress(view, at + SOCKET.localAddr),
      remote: formatAddress(view, at + SOCKET.remoteAddr),
      localPort: view.getUint16(at + SOCKET.localPort, true),
      remotePort: view.getUint16(at + SOCKET.remotePort, true),
      sent: Number(view.getBigUint64(at + SOCKET.sentBytes, true)),
      received: Number(view.getBigUint64(at + SOCKET.receivedBytes, true)),
      srttUs: view.getUint32(at + SOCKET.srttUs, true),
      rttSamples: view.getUint32(at + SOCKET.rttSamples, true),
      retransmits: view.getUint32(at + SOCKET.retransmits, true),
      owner: capturedOwner(words, row),
    }
  }).filter(({ state }) => state !== 0)
}
