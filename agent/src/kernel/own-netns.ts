/** Which network namespace we are in: what the kernel's programs call it. */
import { readlinkSync } from 'node:fs'
import koffi from 'koffi'
import { closeFd } from './libbpf.ts'

const libc = koffi.load('libc.so.6')
const socket = libc.func('int socket(int domain, int type, int protocol)')
const getOption = libc.func(
  'int getsockopt(int fd, int level, int name, _Out_ uint64_t *value, _Inout_ uint32_t *length)',
)

const AF_INET = 2
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000
const SOL_SOCKET = 1
const SO_NETNS_COOKIE = 71

/** As bpf_get_netns_cookie(); 0 where it is not to be had (before Linux 5.14). */
export const ownNetnsCookie = (): bigint => {
  const fd: number = socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0)
  if (fd < 0) return 0n
  const value = [0]
  const result: number = getOption(fd, SOL_SOCKET, SO_NETNS_COOKIE, value, [8])
  closeFd(fd)
  return result === 0 ? BigInt(value[0]!) : 0n
}

/** Number of its inode in nsfs; 0 where it is not to be read. */
export const ownNetnsInode = (): number => {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0] ?? 0)
  } catch {
    return 0
  }
}
