/** Messages as NETLINK_SOCK_DIAG writes them, for tests. */
import type { DiagMessage } from './diag-row.ts'

export interface FakeDiagSocket {
  /** Address bytes: 4 or 16. */
  local: number[]
  remote: number[]
  localPort: number
  remotePort: number
  state: number
  cookie: bigint
  inode: number
  uid: number
  /** Bytes of struct tcp_info that this kernel knows; 0: none. */
  infoBytes: number
  sent: number
  received: number
  srttUs: number
  minRttUs: number
  retransmits: number
  window: number
  rate: bigint
}

/** Size of struct inet_diag_msg; offsets as in linux/inet_diag.h. */
const MESSAGE_BYTES = 72
/** Of Linux 6.12; offsets as in linux/tcp.h. */
const INFO_BYTES = 248

export const fakeDiagMessage = (socket: Partial<FakeDiagSocket> = {}): DiagMessage => {
  const { local = [10, 0, 0, 1], remote = [192, 0, 2, 1], state = 1 } = socket
  const message = Buffer.alloc(MESSAGE_BYTES)
  const family = local.length === 4 ? 2 : 10
  message.writeUInt8(family, 0)
  message.writeUInt8(state, 1)
  message.writeUInt16BE(socket.localPort ?? 40_000, 4)
  message.writeUInt16BE(socket.remotePort ?? 443, 6)
  message.set(local, 8)
  message.set(remote, 24)
  message.writeBigUInt64LE(socket.cookie ?? 1n, 44)
  message.writeUInt32LE(socket.uid ?? 0, 64)
  message.writeUInt32LE(socket.inode ?? 0, 68)
  const info = Buffer.alloc(INFO_BYTES)
  info.writeUInt32LE(socket.srttUs ?? 0, 68)
  info.writeUInt32LE(socket.window ?? 0, 80)
  info.writeUInt32LE(socket.retransmits ?? 0, 100)
  info.writeBigUInt64LE(BigInt(socket.sent ?? 0), 120)
  info.writeBigUInt64LE(BigInt(socket.received ?? 0), 128)
  info.writeUInt32LE(socket.minRttUs ?? 0xffffffff, 148)
  info.writeBigUInt64LE(socket.rate ?? 0n, 160)
  return { family, state, message, info: info.subarray(0, socket.infoBytes ?? INFO_BYTES) }
}
