/** The kernel's flow entries in place: slots mapped as memory, keys removed in batches. */
import { KEY_BYTES, OWNER_BYTES, SLOT_BYTES } from '@netscope/core/slot.ts'
import type { FlowTable } from '../source.ts'
import { ringSize, type BpfObject } from './bpf-object.ts'
import type { Control } from './control.ts'
import { deleteMany } from './map-batch.ts'
import { mapMemory, mapMemoryByNeed } from './libbpf.ts'

const V4_KEY_BYTES = 24
const REMOVE_CHUNK = 8192
/** Word 2 of an IPv4-mapped address: bytes 00 00 ff ff. */
const V4_MAPPED = 0xffff0000

export interface KernelFlowTable extends FlowTable {
  unmap(): void
}

/** A multiple of every page size; 5,461 slots. */
const PIECE_BYTES = 1 << 20

/** Slots are mapped as they come into use. */
export const createFlowTable = (
  object: BpfObject,
  control: Control,
  capacity: number,
): KernelFlowTable => {
  const slots = mapMemoryByNeed(object.mapFd('slots'), capacity * SLOT_BYTES, PIECE_BYTES)
  const owners = mapMemoryByNeed(object.mapFd('owners'), capacity * OWNER_BYTES, PIECE_BYTES)
  const ring = ringSize(capacity)
  const free = mapMemory(object.mapFd('free_slots'), ring * 8, true)
  const freeWords = new Uint32Array(free.bytes.buffer)
  let tail = 0
  return {
    capacity,
    slots: slots.bytes,
    owners: owners.bytes,
    handedOut: () => {
      const end = control.handedOut()
      slots.growTo(end * SLOT_BYTES)
      owners.growTo(end * OWNER_BYTES)
      return end
    },
    remove: createRemove(object.mapFd('flows4'), object.mapFd('flows6')),
    recycle: (indexes, count) => {
      for (let i = 0; i < count; i++) freeWords[2 * ((tail + i) & (ring - 1))] = indexes[i] ?? 0
      tail = (tail + count) >>> 0
      control.setFreeTail(tail)
    },
    unmap: () => {
      slots.unmap()
      owners.unmap()
      free.unmap()
    },
  }
}

const isV4 = (words: Uint32Array, at: number): boolean =>
  words[at] === 0 && words[at + 1] === 0 && words[at + 2] === V4_MAPPED

/** Sorts keys by table: IPv4's holds the last four bytes of both addresses and the rest of the key. */
const createRemove = (fd4: number, fd6: number) => {
  const keys4 = new Uint32Array((REMOVE_CHUNK * V4_KEY_BYTES) / 4)
  const keys6 = new Uint32Array((REMOVE_CHUNK * KEY_BYTES) / 4)
  const removeChunk = (words: Uint32Array, from: number, to: number) => {
    let n4 = 0
    let n6 = 0
    for (let at = from; at < to; at += KEY_BYTES / 4) {
      if (isV4(words, at) && isV4(words, at + 4)) {
        keys4[n4] = words[at + 3] ?? 0
        keys4[n4 + 1] = words[at + 7] ?? 0
        for (let i = 0; i < 4; i++) keys4[n4 + 2 + i] = words[at + 8 + i] ?? 0
        n4 += V4_KEY_BYTES / 4
      } else {
        for (let i = 0; i < KEY_BYTES / 4; i++) keys6[n6 + i] = words[at + i] ?? 0
        n6 += KEY_BYTES / 4
      }
    }
    deleteMany(fd4, new Uint8Array(keys4.buffer), V4_KEY_BYTES, n4 / (V4_KEY_BYTES / 4))
    deleteMany(fd6, new Uint8Array(keys6.buffer), KEY_BYTES, n6 / (KEY_BYTES / 4))
  }
  return (keys: Uint8Array, count: number): void => {
    const words = new Uint32Array(keys.buffer, keys.byteOffset, (count * KEY_BYTES) >> 2)
    const step = (REMOVE_CHUNK * KEY_BYTES) >> 2
    for (let at = 0; at < words.length; at += step) {
      removeChunk(words, at, Math.min(at + step, words.length))
    }
  }
}
