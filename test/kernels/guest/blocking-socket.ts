/** A TCP socket by the C library's calls, blocking, for what Node cannot ask: MSG_WAITALL, sendfile, splice, the cookie. */
import koffi from 'koffi'
import { addressBytes } from '../../../agent/src/mock/address-bytes.ts'

const AF_INET = 2
const SOCK_STREAM = 1
const SOL_SOCKET = 1
const SO_COOKIE = 57
export const MSG_PEEK = 2
export const MSG_WAITALL = 0x100

const libc = koffi.load('libc.so.6')
const socket = libc.func('int socket(int family, int type, int protocol)')
const connectTo = libc.func('int connect(int fd, const void *address, uint32_t length)')
const send = libc.func('long send(int fd, const void *bytes, size_t length, int flags)')
const recv = libc.func('long recv(int fd, void *bytes, size_t length, int flags)')
const getsockopt = libc.func(
  'int getsockopt(int fd, int level, int name, void *value, void *length)',
)
const sendfile = libc.func('long sendfile(int to, int from, void *offset, size_t count)')
const splice = libc.func(
  'long splice(int from, void *from_offset, int to, void *to_offset, size_t length, uint32_t flags)',
)
const pipe = libc.func('int pipe(void *ends)')
const close = libc.func('int close(int fd)')

const checked = (what: string, result: unknown): number => {
  if (Number(result) < 0) throw new Error(`${what}: errno ${koffi.errno()}`)
  return Number(result)
}

export interface BlockingSocket {
  /** SO_COOKIE */
  cookie: bigint
  send(bytes: Buffer): number
  /** Each returns what the system call did. */
  receive(length: number, flags: number): number
  sendFile(from: number, length: number): number
  /** Into a pipe that nobody reads: below 64 KiB in all. */
  splice(length: number): number
  close(): void
}

/** Over IPv4. */
export const connectBlocking = (address: string, port: number): BlockingSocket => {
  const fd = checked('socket', socket(AF_INET, SOCK_STREAM, 0))
  const to = Buffer.alloc(16)
  to.writeUInt16LE(AF_INET, 0)
  to.writeUInt16BE(port, 2)
  to.set(addressBytes(address), 4)
  checked('connect', connectTo(fd, to, to.length))
  const cookie = Buffer.alloc(8)
  const length = Buffer.from([8, 0, 0, 0])
  checked('SO_COOKIE', getsockopt(fd, SOL_SOCKET, SO_COOKIE, cookie, length))
  const ends = Buffer.alloc(8)
  checked('pipe', pipe(ends))
  return {
    cookie: cookie.readBigUInt64LE(),
    send: (bytes) => checked('send', send(fd, bytes, bytes.length, 0)),
    receive: (bytes, flags) => checked('recv', recv(fd, Buffer.alloc(bytes), bytes, flags)),
    sendFile: (from, bytes) => checked('sendfile', sendfile(fd, from, null, bytes)),
    splice: (bytes) => checked('splice', splice(fd, null, ends.readInt32LE(4), null, bytes, 0)),
    close: () => {
      for (const end of [fd, ends.readInt32LE(0), ends.readInt32LE(4)]) close(end)
    },
  }
}
