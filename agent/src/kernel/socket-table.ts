/** The kernel's socket entries in place (bpf/socket.h), and what its programs count beside them. */
import { RTT_BUCKETS } from '@netscope/core/rtt-bucket.ts'
import { PEER_CLASSES, type RttHistogram } from '@netscope/core/status.ts'
import { SOCKET_BYTES, SOCKET_CONTROL } from '../sockets/socket-slot.ts'
import type { SocketTable } from '../source.ts'
import { ringSize } from './bpf-object.ts'
import { mapMemory, mapMemoryByNeed, pageSize } from './libbpf.ts'
import { readPerCpu } from './per-cpu.ts'
import type { SocketPrograms } from './socket-programs.ts'

/** A multiple of every page size; 5,461 slots. */
const PIECE_BYTES = 1 << 20

export interface KernelSocketTable extends SocketTable {
  unmap(): void
}

export const createSocketTable = (
  { mapFd }: Pick<SocketPrograms, 'mapFd'>,
  capacity: number,
): KernelSocketTable => {
  const slots = mapMemoryByNeed(mapFd('sockets'), capacity * SOCKET_BYTES, PIECE_BYTES)
  const page = mapMemory(mapFd('.bss'), pageSize, true)
  const control = new Uint32Array(page.bytes.buffer, page.bytes.byteOffset, 4)
  const ring = ringSize(capacity)
  const free = mapMemory(mapFd('free_sockets'), ring * 8, true)
  const freeWords = new Uint32Array(free.bytes.buffer)
  let tail = 0
  return {
    capacity,
    slots: slots.bytes,
    handedOut: () => {
      const end = Math.min(Atomics.load(control, SOCKET_CONTROL.handedOut / 4), capacity)
      slots.growTo(end * SOCKET_BYTES)
      return end
    },
    recycle: (indexes, count) => {
      for (let i = 0; i < count; i++) freeWords[2 * ((tail + i) & (ring - 1))] = indexes[i] ?? 0
      tail = (tail + count) >>> 0
      Atomics.store(control, SOCKET_CONTROL.freeTail / 4, tail)
    },
    overflow: () => readPerCpu(mapFd('counters'), keyOf(0), 1)?.[0] ?? 0,
    rtt: () => PEER_CLASSES.flatMap((peer, index) => readHistogram(mapFd('rtt'), peer, index)),
    unmap: () => {
      slots.unmap()
      page.unmap()
      free.unmap()
    },
  }
}

const keyOf = (index: number): Buffer => {
  const key = Buffer.alloc(4)
  key.writeUInt32LE(index)
  return key
}

/** Nothing while there are no samples. */
const readHistogram = (fd: number, peer: RttHistogram['peer'], index: number): RttHistogram[] => {
  const [sumUs = 0, ...counts] = readPerCpu(fd, keyOf(index), 1 + RTT_BUCKETS) ?? []
  return counts.some((count) => count > 0) ? [{ peer, counts, sumUs }] : []
}
