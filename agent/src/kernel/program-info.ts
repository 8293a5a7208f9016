/** bpf_prog_info of loaded programs: run times. */
import { addressOf, bpf } from './libbpf.ts'

const OBJ_GET_INFO_BY_FD = 15
/** Offsets in struct bpf_prog_info (linux/bpf.h). */
const INFO = { bytes: 224, runTimeNs: 192, runCount: 200 }

const readInfo = (fd: number): Buffer | undefined => {
  const info = Buffer.alloc(INFO.bytes)
  const attr = Buffer.alloc(16)
  attr.writeUInt32LE(fd, 0)
  attr.writeUInt32LE(info.length, 4)
  attr.writeBigUInt64LE(addressOf(info), 8)
  return bpf(OBJ_GET_INFO_BY_FD, attr) < 0 ? undefined : info
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
