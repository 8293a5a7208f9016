/** How long the kernel programs of this process run: what the kernel measures itself while it is told to. */
import { readdirSync, readlinkSync } from 'node:fs'
import { addressOf, bpf, closeFd, errorName } from '@netscope/agent/kernel/libbpf.ts'
import { runStats } from '@netscope/agent/kernel/program-info.ts'

export interface ProgramRuns {
  name: string
  runs: number
  runNs: number
}

const OBJ_GET_INFO_BY_FD = 15
const ENABLE_STATS = 32
/** struct bpf_prog_info (linux/bpf.h): name is at 64. */
const INFO = { bytes: 224, name: 64, nameBytes: 16 }
const OPEN_FILES = '/proc/self/fd'

/** Until the returned function is called, or this process ends; needs Linux 5.8. The sysctl stays as it is. */
export const enableRunStats = (): (() => void) => {
  const fd = bpf(ENABLE_STATS, Buffer.alloc(4))
  if (fd < 0) throw new Error(`BPF_ENABLE_STATS: ${errorName(fd)}`)
  return () => void closeFd(fd)
}

const nameOf = (fd: number): string => {
  const info = Buffer.alloc(INFO.bytes)
  const attr = Buffer.alloc(16)
  attr.writeUInt32LE(fd, 0)
  attr.writeUInt32LE(info.length, 4)
  attr.writeBigUInt64LE(addressOf(info), 8)
  if (bpf(OBJ_GET_INFO_BY_FD, attr) < 0) return `descriptor ${fd}`
  const name = info.toString('latin1', INFO.name, INFO.name + INFO.nameBytes)
  return name.slice(0, name.indexOf('\0'))
}

const isProgram = (fd: string): boolean => {
  try {
    return readlinkSync(`${OPEN_FILES}/${fd}`) === 'anon_inode:bpf-prog'
  } catch {
    return false // the descriptor of the folder itself
  }
}

/** All that have run, by the descriptors that are open here; `names` of some of them are known in full. */
export const ownPrograms = (names: ReadonlyMap<number, string>): ProgramRuns[] =>
  readdirSync(OPEN_FILES)
    .filter(isProgram)
    .map(Number)
    .map((fd) => ({ name: names.get(fd) ?? nameOf(fd), ...runStats(fd) }))
    .filter(({ runs }) => runs > 0)
