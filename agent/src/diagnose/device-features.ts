/** Features of network devices that are on (`ethtool -k`), by SIOCETHTOOL: needs no privilege. */
import koffi, { type LibraryHandle } from 'koffi'

/** include/uapi/linux/ethtool.h */
const SIOCETHTOOL = 0x8946
const GSTRINGS = 0x1b
const GSSET_INFO = 0x37
const GFEATURES = 0x3a
const ETH_SS_FEATURES = 4
const STRING_BYTES = 32
/** The kernel has some 70. */
const MAX_FEATURES = 1024
const IFNAMSIZ = 16
const AF_INET = 2
const SOCK_DGRAM_CLOEXEC = 0x80002

export const createFeatureReader = (libc: LibraryHandle) => {
  const socket = libc.func('int socket(int domain, int type, int protocol)')
  const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)')
  const close = libc.func('int close(int fd)')
  let names: readonly string[] = []

  const ask = (fd: number, device: string, request: Buffer): boolean => {
    /** struct ifreq: name, then the pointer. */
    const ifreq = Buffer.alloc(40)
    ifreq.write(device, 0, IFNAMSIZ - 1, 'latin1')
    ifreq.writeBigUInt64LE(BigInt(koffi.address(request)), IFNAMSIZ)
    return Number(ioctl(fd, SIOCETHTOOL, ifreq)) === 0
  }

  /** The same for all devices of a kernel. */
  const readNames = (fd: number, device: string): string[] => {
    const info = Buffer.alloc(20)
    info.writeUInt32LE(GSSET_INFO, 0)
    info.writeBigUInt64LE(1n << BigInt(ETH_SS_FEATURES), 8)
    if (!ask(fd, device, info)) return []
    const count = Math.min(info.readUInt32LE(16), MAX_FEATURES)
    const strings = Buffer.alloc(12 + count * STRING_BYTES)
    strings.writeUInt32LE(GSTRINGS, 0)
    strings.writeUInt32LE(ETH_SS_FEATURES, 4)
    strings.writeUInt32LE(count, 8)
    if (!ask(fd, device, strings)) return []
    return Array.from({ length: count }, (_, i) => {
      const at = 12 + i * STRING_BYTES
      return strings.toString('latin1', at, at + STRING_BYTES).replace(/\0.*$/s, '')
    })
  }

  const readActive = (fd: number, device: string): readonly string[] | undefined => {
    if (names.length === 0) names = readNames(fd, device)
    const blocks = Math.ceil(names.length / 32)
    if (blocks === 0) return undefined
    const features = Buffer.alloc(8 + blocks * 16)
    features.writeUInt32LE(GFEATURES, 0)
    features.writeUInt32LE(blocks, 4)
    if (!ask(fd, device, features)) return undefined
    // Each block: available, requested, active, never changed.
    return names.filter(
      (_, bit) => (features.readUInt32LE(8 + (bit >> 5) * 16 + 8) >>> (bit & 31)) & 1,
    )
  }

  return (device: string): readonly string[] | undefined => {
    const fd = Number(socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0))
    if (fd < 0) return undefined
    const active = readActive(fd, device)
    close(fd)
    return active
  }
}
