/**
 * System calls through libc alone, so that the doctor can speak where there is no libbpf to load
 * (agent/src/kernel/libbpf.ts needs it).
 */
import koffi from 'koffi'
import { createFeatureReader } from './device-features.ts'
import type { SystemCalls } from './system.ts'

const ARM64 = process.arch === 'arm64'
/** arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h; from 424 on the same everywhere. */
const SYS = {
  bpf: ARM64 ? 280 : 321,
  perfEventOpen: ARM64 ? 241 : 298,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
}
const CLOEXEC = 1
const FSCONFIG_CMD_CREATE = 6
const PERF_FLAG_FD_CLOEXEC = 8
const RLIMIT_MEMLOCK = 8
const RLIMIT_BYTES = 16

export const addressOf = (bytes: Uint8Array): bigint => BigInt(koffi.address(bytes))

/** `raiseLockedMemory`: lifts the limit of this process where that is permitted, as `netscope up` and libbpf do. */
export const createSystemCalls = (raiseLockedMemory: boolean): SystemCalls => {
  const libc = koffi.load('libc.so.6')
  if (raiseLockedMemory) {
    const setLimit = libc.func('int setrlimit(int resource, const void *limits)')
    setLimit(RLIMIT_MEMLOCK, Buffer.alloc(RLIMIT_BYTES, 0xff)) // RLIM_INFINITY, twice
  }
  const syscallRaw = libc.func(
    'long syscall(long number, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e)',
  )
  const closeRaw = libc.func('int close(int fd)')
  const call = (number: number, ...args: (number | bigint)[]): number => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = args
    const result = Number(syscallRaw(number, a, b, c, d, e))
    return result < 0 ? -koffi.errno() : result
  }
  const closing = new Set<Promise<void>>()
  const close = (fd: number): void => {
    const closed = new Promise<void>((resolve) => {
      closeRaw.async(fd, () => resolve())
    })
    closing.add(closed)
    void closed.then(() => closing.delete(closed))
  }
  return {
    bpf: (command, attr) => call(SYS.bpf, command, addressOf(attr), attr.length),
    addressOf,
    perfEventOpen: (attr) =>
      call(SYS.perfEventOpen, addressOf(attr), -1, 0, -1, PERF_FLAG_FD_CLOEXEC),
    close,
    settle: async () => void (await Promise.all(closing)),
    mountUnseen: (type) => {
      const name = Buffer.from(`${type}\0`)
      const context = call(SYS.fsopen, addressOf(name), CLOEXEC)
      if (context < 0) return context
      const created = call(SYS.fsconfig, context, FSCONFIG_CMD_CREATE)
      const mounted = created < 0 ? created : call(SYS.fsmount, context, CLOEXEC)
      close(context)
      return mounted
    },
    deviceFeatures: createFeatureReader(libc),
  }
}
