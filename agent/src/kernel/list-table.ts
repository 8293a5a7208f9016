/** The allow and the deny list in the kernel: two LPM tries, and the counters that say when to search them. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListName, ListTable } from '../source.ts'
import type { BpfObject } from './bpf-object.ts'
import type { Control } from './control.ts'
import { errorName, nextKey } from './libbpf.ts'
import { deleteMany, insertMany } from './map-batch.ts'

const ENOSPC = -28

/** Changes are in force for the next packet when a call returns. */
export const createListTable = (
  object: BpfObject,
  control: Control,
  capacity: number,
): ListTable => {
  const fds = { allow: object.mapFd('allow'), deny: object.mapFd('deny') }
  const changed = (list: ListName) => {
    const empty = nextKey(fds[list], null, Buffer.alloc(PREFIX_BYTES)) < 0
    control.setListEntries(list, empty ? 0 : 1)
    control.nextListGeneration()
  }
  return {
    capacity,
    add: (list, prefixes, count) => {
      const result = insertMany(fds[list], prefixes, PREFIX_BYTES, count)
      changed(list)
      if (result === ENOSPC) throw new NetscopeError('list.full', { list, capacity })
      if (result < 0) throw new Error(`adding to the ${list} list: ${errorName(result)}`)
    },
    remove: (list, prefixes, count) => {
      deleteMany(fds[list], prefixes, PREFIX_BYTES, count)
      changed(list)
    },
  }
}
