/** A stand-in for the kernel's limits and pins in tests. */
import { formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { KernelLimit, ResponseTable } from '../source.ts'

export interface FakeResponseTable extends ResponseTable {
  /** By canonical prefix. */
  readonly limits: Map<string, KernelLimit>
  readonly pinned: Set<string>
  resets: boolean
  /** What the kernel answers to the next pins. */
  refusal: string
}

export const createFakeResponseTable = (given: Partial<ResponseTable> = {}): FakeResponseTable => {
  const texts = (prefixes: Uint8Array, count: number) =>
    Array.from({ length: count }, (_, i) => formatPrefix(prefixes, i * PREFIX_BYTES))
  const table: FakeResponseTable = {
    limits: new Map(),
    pinned: new Set(),
    ...{ resets: false, refusal: '', limitCapacity: 3, pinCapacity: 4, ...given },
    setLimit: (prefix, limit) => void table.limits.set(formatPrefix(prefix, 0), limit),
    removeLimit: (prefix) => void table.limits.delete(formatPrefix(prefix, 0)),
    limitDrops: (prefix) =>
      table.limits.has(formatPrefix(prefix, 0))
        ? { packets: 7, bytes: 700 }
        : { packets: 0, bytes: 0 },
    pin: (prefixes, count) => {
      if (table.refusal !== '') throw new Error(table.refusal)
      for (const text of texts(prefixes, count)) table.pinned.add(text)
      if (table.pinned.size > table.pinCapacity) throw new Error('ENOSPC')
    },
    unpin: (prefixes, count) => {
      for (const text of texts(prefixes, count)) table.pinned.delete(text)
    },
    setResets: (on) => void (table.resets = on),
  }
  return table
}
