/** TCP sockets of this network namespace by NETLINK_SOCK_DIAG (sock_diag(7)): those that are older than our programs. */
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
const REQUEST_DUMP = 0x301
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

/** Visits every TCP socket; throws with the errno where the kernel refuses. */
export const dumpTcpSockets = (visit: (socket: DiagMessage) => void): void => {
  const fd: number = socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG)
  if (fd < 0) throw new Error(`socket of sock_diag: ${errorName(koffi.errno())}`)
  try {
    for (const family of [AF_INET, AF_INET6]) dumpFamily(fd, family, visit)
  } finally {
    closeFd(fd)
  }
}

const dumpFamily = (fd: number, family: number, visit: (socket: DiagMessage) => void): void => {
  const request = Buffer.alloc(REQUEST_BYTES)
  request.writeUInt32LE(REQUEST_BYTES, 0)
  request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4)
  request.writeUInt16LE(REQUEST_DUMP, 6)
  request.writeUInt8(family, HEADER_BYTES)
  request.writeUInt8(IPPROTO_TCP, HEADER_BYTES + 1)
  request.writeUInt8(1 << (INET_DIAG_INFO - 1), HEADER_BYTES + 2)
  request.writeUInt32LE(STATES, HEADER_BYTES + 4)
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
