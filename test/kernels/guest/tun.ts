/** A TUN interface: what a program writes arrives there, without an Ethernet header. */
import koffi from 'koffi'
import { ip, icmp } from '../../../agent/src/mock/packet.ts'
import { here } from './link.ts'

export const TUN = 'tun-program'
export const TUN_HOST = '10.80.0.1'
export const TUN_PROGRAM = '10.80.0.2'

const O_RDWR = 2
const TUNSETIFF = 0x400454ca
const IFF_TUN = 1
const IFF_NO_PI = 0x1000
const ECHO_REQUEST = 8
const libc = koffi.load('libc.so.6')
const open = libc.func('int open(const char *path, int flags)')
const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)')
const write = libc.func('long write(int fd, const void *bytes, size_t length)')

/** Makes the interface, down; it lives as long as this process. Returns what sends an echo request to the host. */
export const makeTun = (): ((dataBytes: number) => void) => {
  const fd: number = open('/dev/net/tun', O_RDWR)
  /** struct ifreq */
  const request = Buffer.alloc(40)
  request.write(TUN, 0, 'latin1')
  request.writeUInt16LE(IFF_TUN | IFF_NO_PI, 16)
  if ((ioctl(fd, TUNSETIFF, request) as number) < 0)
    throw new Error(`TUNSETIFF: errno ${koffi.errno()}`)
  here(`ip addr add ${TUN_HOST}/24 dev ${TUN}`)
  return (dataBytes) => {
    const echo = icmp(ECHO_REQUEST, 0, 1, new Uint8Array(dataBytes))
    const packet = ip({ src: TUN_PROGRAM, dst: TUN_HOST }, echo)
    if (Number(write(fd, packet, packet.length)) !== packet.length)
      throw new Error(`write: errno ${koffi.errno()}`)
  }
}
