/** The smallest maps of the kinds that we use, and types of our own (BTF) for those that need them. */
import { COMMAND } from './minimal-program.ts'
import type { SystemCalls } from './system.ts'

/** enum bpf_map_type */
export const MAP_TYPE = {
  hash: 1,
  array: 2,
  lpmTrie: 11,
  socketStorage: 24,
  ringBuffer: 27,
} as const
/** BPF_F_NO_PREALLOC, BPF_F_CLONE, BPF_F_MMAPABLE */
export const MAP_FLAG = { noPreallocation: 1, clone: 1 << 9, mmapable: 1 << 10 } as const

export interface MinimalMap {
  type: number
  keyBytes: number
  valueBytes: number
  entries: number
  flags?: number
}

const INT = 1 << 24
const SIGNED = 1 << 24
/** Numbers of the types in `ownTypes`. */
const INT32_ID = 1
const INT64_ID = 2

/** BTF with a 32-bit and a 64-bit integer (Documentation/bpf/btf.rst). */
export const ownTypes = (): Buffer => {
  const strings = Buffer.from('\0int\0long\0')
  const types = Buffer.alloc(32)
  ;[1, INT, 4, SIGNED | 32, 5, INT, 8, SIGNED | 64].forEach((word, i) =>
    types.writeUInt32LE(word, i * 4),
  )
  const header = Buffer.alloc(24)
  header.writeUInt16LE(0xeb9f, 0)
  header[2] = 1
  header.writeUInt32LE(header.length, 4)
  header.writeUInt32LE(types.length, 12)
  header.writeUInt32LE(types.length, 16)
  header.writeUInt32LE(strings.length, 20)
  return Buffer.concat([header, types, strings])
}

/** A file descriptor or -errno. */
export const loadTypes = (calls: SystemCalls): number => {
  const types = ownTypes()
  const attr = Buffer.alloc(28)
  attr.writeBigUInt64LE(calls.addressOf(types), 0)
  attr.writeUInt32LE(types.length, 16)
  return calls.bpf(COMMAND.btfLoad, attr)
}

/** A file descriptor or -errno; `types` are those of key and value, an int32 and an int64. */
export const createMap = (calls: SystemCalls, map: MinimalMap, types?: number): number => {
  const attr = Buffer.alloc(72)
  attr.writeUInt32LE(map.type, 0)
  attr.writeUInt32LE(map.keyBytes, 4)
  attr.writeUInt32LE(map.valueBytes, 8)
  attr.writeUInt32LE(map.entries, 12)
  attr.writeUInt32LE(map.flags ?? 0, 16)
  if (types !== undefined) {
    attr.writeUInt32LE(types, 48)
    attr.writeUInt32LE(INT32_ID, 52)
    attr.writeUInt32LE(INT64_ID, 56)
  }
  return calls.bpf(COMMAND.mapCreate, attr)
}
