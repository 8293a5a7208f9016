/**
 * Sends Ethernet frames out of an interface as they are: `send-frames.ts INTERFACE TIMES < HEX-LINES`.
 * What no tool of the lab makes (VLAN tags without the 8021q module, odd fragments) comes from here.
 */
import { readFileSync } from 'node:fs'
import koffi from 'koffi'

const AF_PACKET = 17
const SOCK_RAW = 3
const libc = koffi.load('libc.so.6')
const socket = libc.func('int socket(int domain, int type, int protocol)')
const bind = libc.func('int bind(int fd, const void *address, uint32_t length)')
const write = libc.func('long write(int fd, const void *bytes, size_t length)')

const [name = '', times = '1'] = process.argv.slice(2)
const fd: number = socket(AF_PACKET, SOCK_RAW, 0)
/** struct sockaddr_ll */
const address = Buffer.alloc(20)
address.writeUInt16LE(AF_PACKET, 0)
address.writeInt32LE(Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8')), 4)
if ((bind(fd, address, address.length) as number) < 0)
  throw new Error(`bind to ${name}: errno ${koffi.errno()}`)

const frames = readFileSync(0, 'utf8')
  .trim()
  .split('\n')
  .map((line) => Buffer.from(line, 'hex'))
for (let round = 0; round < Number(times); round++) {
  for (const frame of frames) {
    if (Number(write(fd, frame, frame.length)) !== frame.length)
      throw new Error(`write: errno ${koffi.errno()}`)
  }
}
