/** bpf_prog_info of loaded programs: names and run times. */
import { addressOf, bpf, closeFd } from './libbpf.ts'

const PROG_GET_FD_BY_ID = 13
const OBJ_GET_INFO_BY_FD = 15
/** Offsets in struct bpf_prog_info (linux/bpf.h). */
const INFO = { bytes: 224, name: 64, runTimeNs: 192, runCount: 200 }

const readInfo = (fd: number): Buffer | undefined => {
  const info = Buffer.alloc(INFO.bytes)
  const attr = Buffer.alloc(16)
  attr.writeUInt32LE(fd, 0)
  attr.writeUInt32LE(info.length, 4)
  attr.writeBigUInt64LE(addressOf(info), 8)
  return bpf(OBJ_GET_INFO_BY_FD, attr) < 0 ? undefined : info
}

/** Name of the program with this id, up to 15 characters; undefined when there is none. */
export const programName = (id: number): string | undefined => {
  const attr = Buffer.alloc(16)
  attr.writeUInt32LE(id, 0)
  const fd = bpf(PROG_GET_FD_BY_ID, attr)
  if (fd < 0) return undefined
  const info = readInfo(fd)
  closeFd(fd)
  return info?.toString('latin1', INFO.name, INFO.name + 16).replace(/\0.*$/, '')
}

/** Runs and their nanoseconds; both 0 unless the sysctl kernel.bpf_stats_enabled is 1. */
export const runStats = (fd: number): { runs: number; runNs: number } => {
  const info = readInfo(fd)
  if (!info) return { runs: 0, runNs: 0 }
  return {
    runs: Number(info.readBigUInt64LE(INFO.runCount)),
    runNs: Number(info.readBigUInt64LE(INFO.runTimeNs)),
  }
}
