/** Addresses and ports in what NETLINK_SOCK_DIAG tells of a socket, IPv4 as ::ffff:a.b.c.d. */
import type { DiagMessage } from './diag-row.ts'

const AF_INET = 2
/** Offsets in struct inet_diag_msg. */
const LOCAL_PORT = 4
const REMOTE_PORT = 6
const LOCAL = 8
const REMOTE = 24

export const diagLocalAddress = (socket: DiagMessage): Uint8Array => addressAt(socket, LOCAL)
export const diagRemoteAddress = (socket: DiagMessage): Uint8Array => addressAt(socket, REMOTE)
export const diagPorts = ({ message }: DiagMessage): [local: number, remote: number] => [
  message.readUInt16BE(LOCAL_PORT),
  message.readUInt16BE(REMOTE_PORT),
]

const addressAt = ({ family, message }: DiagMessage, from: number): Uint8Array => {
  const address = new Uint8Array(16)
  if (family !== AF_INET) {
    address.set(message.subarray(from, from + 16))
    return address
  }
  address[10] = address[11] = 0xff
  address.set(message.subarray(from, from + 4), 12)
  return address
}
