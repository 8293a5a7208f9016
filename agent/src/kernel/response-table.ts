/** Limits of rate and pinned addresses in the kernel: two LPM tries, and the counters that say when to search them. */
import { LIMIT, LIMIT_BYTES, LIMIT_KINDS, PREFIX_BYTES } from '@netscope/core/slot.ts'
import { MAX_LIMITS, MAX_PINNED } from '@netscope/core/wire-response.ts'
import type { KernelLimit, ResponseTable } from '../source.ts'
import type { BpfObject } from './bpf-object.ts'
import type { Control } from './control.ts'
import { deleteElement, errorName, lookupElement, nextKey, updateElement } from './libbpf.ts'
import { deleteMany, insertMany } from './map-batch.ts'

/** Above what both sources of pinned addresses together send. */
export const PIN_CAPACITY = 2 * MAX_PINNED

export const createResponseTable = (object: BpfObject, control: Control): ResponseTable => {
  const fds = { limits: object.mapFd('limits'), pinned: object.mapFd('pinned') }
  let lastId = 0

  const changed = (map: 'limits' | 'pinned') => {
    const isEmpty = nextKey(fds[map], null, Buffer.alloc(PREFIX_BYTES)) < 0
    control.setListEntries(map, isEmpty ? 0 : 1)
    control.nextListGeneration()
  }

  return {
    limitCapacity: MAX_LIMITS,
    setLimit: (prefix, limit) => {
      const result: number = updateElement(fds.limits, prefix, encodeLimit(limit, ++lastId), 0)
      if (result < 0) throw new Error(`adding a limit: ${errorName(result)}`)
      changed('limits')
    },
    removeLimit: (prefix) => {
      deleteElement(fds.limits, prefix)
      changed('limits')
    },
    limitDrops: (prefix) => {
      const value = Buffer.alloc(LIMIT_BYTES)
      if ((lookupElement(fds.limits, prefix, value) as number) < 0) return { packets: 0, bytes: 0 }
      return {
        packets: Number(value.readBigUInt64LE(LIMIT.droppedPackets)),
        bytes: Number(value.readBigUInt64LE(LIMIT.droppedBytes)),
      }
    },
    pinCapacity: PIN_CAPACITY,
    pin: (prefixes, count) => {
      const result = insertMany(fds.pinned, prefixes, PREFIX_BYTES, count)
      changed('pinned')
      if (result < 0) throw new Error(`pinning addresses: ${errorName(result)}`)
    },
    unpin: (prefixes, count) => {
      deleteMany(fds.pinned, prefixes, PREFIX_BYTES, count)
      changed('pinned')
    },
    setResets: control.setResets,
  }
}

const encodeLimit = ({ nsPerPacket, burstNs, kind }: KernelLimit, id: number): Buffer => {
  const value = Buffer.alloc(LIMIT_BYTES)
  value.writeBigUInt64LE(BigInt(nsPerPacket), LIMIT.nsPerPacket)
  value.writeBigUInt64LE(BigInt(burstNs), LIMIT.burstNs)
  value.writeUInt32LE(id, LIMIT.id)
  value.writeUInt32LE(LIMIT_KINDS.indexOf(kind), LIMIT.kind)
  return value
}
