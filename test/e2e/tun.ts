/** Opens the TUN interface NAME (linux/if_tun.h) and swallows what is sent to it, until killed. */
import koffi from 'koffi'

const O_RDWR = 2
const TUNSETIFF = 0x400454ca
const IFF_TUN = 1
const IFF_NO_PI = 0x1000
const libc = koffi.load('libc.so.6')
const open = libc.func('int open(const char *path, int flags)')
const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)')

const fd: number = open('/dev/net/tun', O_RDWR)
/** struct ifreq */
const request = Buffer.alloc(40)
request.write(process.argv[2] ?? 'tun0', 0, 'latin1')
request.writeUInt16LE(IFF_TUN | IFF_NO_PI, 16)
if ((ioctl(fd, TUNSETIFF, request) as number) < 0)
  throw new Error(`TUNSETIFF: errno ${koffi.errno()}`)
console.log('ready')
setInterval(() => undefined, 1000)
