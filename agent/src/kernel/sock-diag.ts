/** Sockets of this network namespace by NETLINK_SOCK_DIAG (sock_diag(7)): all of a kind, and the end of one. */
import koffi from 'koffi'
import type { DiagMessage } from '../sockets/diag-row.ts'
import { closeFd, errorName } from './libbpf.ts'

const libc = koffi.load('libc.so.6')
const socket = libc.func('int socket(int domain, int type, int protocol)')
const send = libc.func('long send(int fd, const void *data, size_t length, int flags)')
const receive = libc.func('long recv(int fd, void *data, size_t length, int flags)')

const AF_INET = 2
const AF_INET6 = 10
const AF_NETLINK = 16
const SOCK_RAW_CLOEXEC = 3 | 0o2000000
const NETLINK_SOCK_DIAG = 4
const SOCK_DIAG_BY_FAMILY = 20
const SOCK_DESTROY = 21
const REQUEST_DUMP = 0x301
const REQUEST_ACK = 0x5
/** Of struct inet_diag_sockid in struct inet_diag_req_v2. */
const SOCKET_ID_AT = 8
const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const IPPROTO_TCP = 6
/** The attribute tcp_info; asked for by bit 1. */
const INET_DIAG_INFO = 2
const HEADER_BYTES = 16
const REQUEST_BYTES = HEADER_BYTES + 56
/** struct inet_diag_msg */
const MESSAGE_BYTES = 72
const BUFFER_BYTES = 1 << 16
/** All states but TIME_WAIT, whose sockets nobody owns any more. */
const STATES = 0xfff & ~(1 << 6)

/** Which sockets a dump visits. */
interface DumpFilter {
  protocol: number
  /** One bit per state. */
  states: number
  /** 0: any */
  localPort: number
  withInfo: boolean
}

/** Visits every TCP socket; throws with the errno where the kernel refuses. */
export const dumpTcpSockets = (visit: (socket: DiagMessage) => void): void =>
  dumpSockets({ protocol: IPPROTO_TCP, states: STATES, localPort: 0, withInfo: true }, visit)

/** Visits the sockets of both families that the filter lets through; throws with the errno where the kernel refuses. */
export const dumpSockets = (filter: DumpFilter, visit: (socket: DiagMessage) => void): void =>
  withSocket((fd) => {
    for (const family of [AF_INET, AF_INET6]) dumpFamily(fd, family, filter, visit)
  })

const withSocket = <T>(use: (fd: number) => T): T => {
  const fd: number = socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG)
  if (fd < 0) throw new Error(`socket of sock_diag: ${errorName(koffi.errno())}`)
  try {
    return use(fd)
  } finally {
    closeFd(fd)
  }
}

/** nlmsghdr and inet_diag_req_v2, the latter without the socket. */
const requestOf = (type: number, flags: number, family: number, protocol: number): Buffer => {
  const request = Buffer.alloc(REQUEST_BYTES)
  request.writeUInt32LE(REQUEST_BYTES, 0)
  request.writeUInt16LE(type, 4)
  request.writeUInt16LE(flags, 6)
  request.writeUInt8(family, HEADER_BYTES)
  request.writeUInt8(protocol, HEADER_BYTES + 1)
  return request
}

/** Ends one socket (SOCK_DESTROY): its owner reads ECONNABORTED, TCP's peer gets a reset. Returns 0, or the negative errno. */
export const destroySocket = (family: number, protocol: number, id: Uint8Array): number =>
  withSocket((fd) => {
    const request = requestOf(SOCK_DESTROY, REQUEST_ACK, family, protocol)
    request.set(id, HEADER_BYTES + SOCKET_ID_AT)
    if (Number(send(fd, request, REQUEST_BYTES, 0)) < 0) return -koffi.errno()
    const answer = Buffer.alloc(1024)
    const length = Number(receive(fd, answer, answer.length, 0))
    if (length < HEADER_BYTES + 4) return -koffi.errno()
    return answer.readUInt16LE(4) === NLMSG_ERROR ? answer.readInt32LE(HEADER_BYTES) : 0
  })

const dumpFamily = (
  fd: number,
  family: number,
  { protocol, states, localPort, withInfo }: DumpFilter,
  visit: (socket: DiagMessage) => void,
): void => {
  const request = requestOf(SOCK_DIAG_BY_FAMILY, REQUEST_DUMP, family, protocol)
  request.writeUInt8(withInfo ? 1 << (INET_DIAG_INFO - 1) : 0, HEADER_BYTES + 2)
  request.writeUInt32LE(states, HEADER_BYTES + 4)
  request.writeUInt16BE(localPort, HEADER_BYTES + SOCKET_ID_AT)
  if (Number(send(fd, request, REQUEST_BYTES, 0)) < 0)
    throw new Error(`request of sock_diag: ${errorName(koffi.errno())}`)
  const buffer = Buffer.alloc(BUFFER_BYTES)
  for (;;) {
    const length = Number(receive(fd, buffer, BUFFER_BYTES, 0))
    if (length <= 0) throw new Error(`answer of sock_diag: ${errorName(koffi.errno())}`)
    if (visitMessages(buffer.subarray(0, length), visit)) return
  }
}

/** Returns whether the dump is over. */
const visitMessages = (bytes: Buffer, visit: (socket: DiagMessage) => void): boolean => {
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const length = bytes.readUInt32LE(at)
    const type = bytes.readUInt16LE(at + 4)
    if (type === NLMSG_DONE) return true
    if (type === NLMSG_ERROR)
      throw new Error(`sock_diag: ${errorName(bytes.readInt32LE(at + HEADER_BYTES))}`)
    if (length < HEADER_BYTES + MESSAGE_BYTES || at + length > bytes.length) return true
    visit(socketOf(bytes.subarray(at + HEADER_BYTES, at + length)))
    at += (length + 3) & ~3
  }
  return false
}

const NO_INFO = Buffer.alloc(0)

const socketOf = (message: Buffer): DiagMessage => ({
  family: message.readUInt8(0),
  state: message.readUInt8(1),
  message: message.subarray(0, MESSAGE_BYTES),
  info: attribute(message, INET_DIAG_INFO) ?? NO_INFO,
})

/** Value of a netlink attribute behind the message. */
const attribute = (message: Buffer, wanted: number): Buffer | undefined => {
  for (let at = MESSAGE_BYTES; at + 4 <= message.length;) {
    const length = message.readUInt16LE(at)
    if (length < 4 || at + length > message.length) return undefined
    if (message.readUInt16LE(at + 2) === wanted) return message.subarray(at + 4, at + length)
    at += (length + 3) & ~3
  }
  return undefined
}
