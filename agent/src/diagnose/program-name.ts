/** Names of loaded programs by their numbers, which takes CAP_SYS_ADMIN. */
import { COMMAND } from './minimal-program.ts'
import type { SystemCalls } from './system.ts'

/** Of struct bpf_prog_info (linux/bpf.h); all kernels take a longer buffer than theirs. */
const INFO = { bytes: 128, name: 64, nameBytes: 16 }

/** Empty where the name can't be had. Names are cut to 15 characters by the kernel. */
export const createNameReader = (calls: SystemCalls): ((id: number) => string) => {
  const known = new Map<number, string>()
  return (id) => {
    const before = known.get(id)
    if (before !== undefined) return before
    const name = readName(calls, id)
    known.set(id, name)
    return name
  }
}

const readName = (calls: SystemCalls, id: number): string => {
  const byId = Buffer.alloc(16)
  byId.writeUInt32LE(id, 0)
  const fd = calls.bpf(COMMAND.progGetFdById, byId)
  if (fd < 0) return ''
  const info = Buffer.alloc(INFO.bytes)
  const attr = Buffer.alloc(16)
  attr.writeUInt32LE(fd, 0)
  attr.writeUInt32LE(info.length, 4)
  attr.writeBigUInt64LE(calls.addressOf(info), 8)
  const result = calls.bpf(COMMAND.objGetInfoByFd, attr)
  calls.close(fd)
  if (result < 0) return ''
  return info.toString('latin1', INFO.name, INFO.name + INFO.nameBytes).replace(/\0.*$/s, '')
}
