/** What NETLINK_SOCK_DIAG tells of a socket (linux/inet_diag.h, linux/tcp.h), written as a row of the socket table. */
import { TCP_STATES } from '@netscope/core/enrichment.ts'
import { ROLE_UNKNOWN, SOCKET, SOCKET_OPEN } from './socket-slot.ts'

const AF_INET = 2
const TCP = 6
/** Offsets in struct inet_diag_msg. */
const MESSAGE = {
  localPort: 4,
  remotePort: 6,
  local: 8,
  remote: 24,
  cookie: 44,
  uid: 64,
  inode: 68,
}
/** Offsets in struct tcp_info. */
const INFO = {
  srttUs: 68,
  congestionWindow: 80,
  retransmits: 100,
  sentBytes: 120,
  receivedBytes: 128,
  minRttUs: 148,
  deliveryRate: 160,
}
const NO_RTT = 0xffffffff
/** SYN and FIN count as a byte each: in this state ours is acknowledged, in those theirs has come. */
const FIN_WAIT2 = TCP_STATES.indexOf('fin-wait-2')
const THEIR_FIN = new Set(
  (['close-wait', 'last-ack', 'closing'] as const).map((state) => TCP_STATES.indexOf(state)),
)

/** A socket as the kernel tells it: views into a buffer that the next one overwrites. */
export interface DiagMessage {
  family: number
  /** include/net/tcp_states.h */
  state: number
  /** struct inet_diag_msg; addresses and ports in network byte order. */
  message: Buffer
  /** struct tcp_info, as long as this kernel's; empty where there is none. */
  info: Buffer
}

export const diagCookie = ({ message }: DiagMessage): [low: number, high: number] => [
  message.readUInt32LE(MESSAGE.cookie),
  message.readUInt32LE(MESSAGE.cookie + 4),
]
export const diagInode = ({ message }: DiagMessage): number => message.readUInt32LE(MESSAGE.inode)
export const diagUid = ({ message }: DiagMessage): number => message.readUInt32LE(MESSAGE.uid)
export const diagLocalPort = ({ message }: DiagMessage): number =>
  message.readUInt16BE(MESSAGE.localPort)

/**
 * Writes the row (SOCKET_BYTES) at `at`; the counters are those since the socket began. `isClient`: its SYN is among
 * the bytes that the kernel counts.
 */
export const writeDiagRow = (
  row: Buffer,
  at: number,
  socket: DiagMessage,
  isClient: boolean,
): void => {
  const { message, info, state } = socket
  message.copy(row, at + SOCKET.cookie, MESSAGE.cookie, MESSAGE.cookie + 8)
  writeAddress(row, at + SOCKET.localAddr, socket, MESSAGE.local)
  writeAddress(row, at + SOCKET.remoteAddr, socket, MESSAGE.remote)
  row.writeUInt16LE(message.readUInt16BE(MESSAGE.localPort), at + SOCKET.localPort)
  row.writeUInt16LE(message.readUInt16BE(MESSAGE.remotePort), at + SOCKET.remotePort)
  const syn = isClient ? 1n : 0n
  writeInfo(row, at, info, syn + (state === FIN_WAIT2 ? 1n : 0n), THEIR_FIN.has(state) ? 1n : 0n)
  row.writeUInt8(state, at + SOCKET.tcpState)
  row.writeUInt8(TCP, at + SOCKET.protocol)
  row.writeUInt8(ROLE_UNKNOWN, at + SOCKET.role)
  row.writeUInt8(SOCKET_OPEN, at + SOCKET.slotState)
}

/** Fields that an older kernel's tcp_info lacks stay 0. */
const writeInfo = (
  row: Buffer,
  at: number,
  info: Buffer,
  notSent: bigint,
  notReceived: bigint,
): void => {
  const u32 = (offset: number) => (info.length >= offset + 4 ? info.readUInt32LE(offset) : 0)
  const u64 = (offset: number) => (info.length >= offset + 8 ? info.readBigUInt64LE(offset) : 0n)
  const minRttUs = u32(INFO.minRttUs)
  row.writeUInt32LE(u32(INFO.srttUs), at + SOCKET.srttUs)
  row.writeUInt32LE(minRttUs === NO_RTT ? 0 : minRttUs, at + SOCKET.minRttUs)
  row.writeUInt32LE(u32(INFO.retransmits), at + SOCKET.retransmits)
  row.writeUInt32LE(u32(INFO.congestionWindow), at + SOCKET.congestionWindow)
  row.writeUInt32LE(Math.min(Number(u64(INFO.deliveryRate)), 0xffffffff), at + SOCKET.deliveryRate)
  row.writeBigUInt64LE(without(u64(INFO.sentBytes), notSent), at + SOCKET.sentBytes)
  row.writeBigUInt64LE(without(u64(INFO.receivedBytes), notReceived), at + SOCKET.receivedBytes)
}

const without = (bytes: bigint, others: bigint): bigint => (bytes > others ? bytes - others : 0n)

const writeAddress = (row: Buffer, at: number, { family, message }: DiagMessage, from: number) => {
  if (family !== AF_INET) {
    message.copy(row, at, from, from + 16)
    return
  }
  row.fill(0, at, at + 10)
  row.fill(0xff, at + 10, at + 12)
  message.copy(row, at + 12, from, from + 4)
}
