/** What the kernel program counts per CPU besides flow entries. */
import { DIRECTIONS, HOOK_COUNTERS, type HookCounters } from '@netscope/core/slot.ts'
import type { Traffic } from '../source.ts'
import type { BpfObject } from './bpf-object.ts'
import { deleteElement } from './libbpf.ts'
import { readPerCpu } from './per-cpu.ts'

const OVERFLOW_ENTRIES = 40

/** Counters of one interface and direction (0 ingress, 1 egress); undefined before its first rare packet. */
export const readHookCounters = (
  object: BpfObject,
  ifindex: number,
  direction: number,
): HookCounters | undefined => {
  const sums = readPerCpu(object.mapFd('hooks'), hookKey(ifindex, direction), HOOK_COUNTERS.length)
  return (
    sums && (Object.fromEntries(HOOK_COUNTERS.map((name, i) => [name, sums[i]])) as HookCounters)
  )
}

/** Makes room for the counters of other interfaces: containers come and go, and the map has an end. */
export const forgetHookCounters = (object: BpfObject, ifindex: number): void => {
  for (const [direction] of DIRECTIONS.entries()) {
    deleteElement(object.mapFd('hooks'), hookKey(ifindex, direction))
  }
}

/** struct hook_key */
const hookKey = (ifindex: number, direction: number): Buffer => {
  const key = Buffer.alloc(8)
  key.writeUInt32LE(ifindex, 0)
  key.writeUInt32LE(direction, 4)
  return key
}

/** Packets without an entry; index as in Source.overflow(). */
export const readOverflow = (object: BpfObject): Traffic[] =>
  Array.from({ length: OVERFLOW_ENTRIES }, (_, index) => {
    const key = Buffer.alloc(4)
    key.writeUInt32LE(index)
    const [packets = 0, bytes = 0] = readPerCpu(object.mapFd('overflow'), key, 2) ?? []
    return { packets, bytes }
  })
