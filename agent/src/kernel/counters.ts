/** What the kernel program counts per CPU besides flow entries. */
import { HOOK_COUNTERS, type HookCounters } from '@netscope/core/slot.ts'
import type { Traffic } from '../source.ts'
import type { BpfObject } from './bpf-object.ts'
import { readPerCpu } from './per-cpu.ts'

const OVERFLOW_ENTRIES = 40

/** Counters of one interface and direction (0 ingress, 1 egress); undefined before its first rare packet. */
export const readHookCounters = (
  object: BpfObject,
  ifindex: number,
  direction: number,
): HookCounters | undefined => {
  const key = Buffer.alloc(8)
  key.writeUInt32LE(ifindex, 0)
  key.writeUInt32LE(direction, 4)
  const sums = readPerCpu(object.mapFd('hooks'), key, HOOK_COUNTERS.length)
  return (
    sums && (Object.fromEntries(HOOK_COUNTERS.map((name, i) => [name, sums[i]])) as HookCounters)
  )
}

/** Packets without an entry; index as in Source.overflow(). */
export const readOverflow = (object: BpfObject): Traffic[] =>
  Array.from({ length: OVERFLOW_ENTRIES }, (_, index) => {
    const key = Buffer.alloc(4)
    key.writeUInt32LE(index)
    const [packets = 0, bytes = 0] = readPerCpu(object.mapFd('overflow'), key, 2) ?? []
    return { packets, bytes }
  })
