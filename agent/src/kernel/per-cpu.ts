/** Reading maps with one value per CPU: sums of u64 counters. */
import { lookupElement, possibleCpus } from './libbpf.ts'

const CPUS: number = possibleCpus()

/** Sums `fields` u64 counters of one entry over all possible CPUs; undefined when there is none. */
export const readPerCpu = (fd: number, key: Buffer, fields: number): number[] | undefined => {
  const bytes = Buffer.alloc(CPUS * fields * 8)
  if ((lookupElement(fd, key, bytes) as number) < 0) return undefined
  const sums = Array.from({ length: fields }, () => 0)
  for (let cpu = 0; cpu < CPUS; cpu++) {
    for (let i = 0; i < fields; i++) {
      const at = (cpu * fields + i) * 8
      sums[i] = (sums[i] ?? 0) + bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 4294967296
    }
  }
  return sums
}
