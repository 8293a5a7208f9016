/** For tests: lists in a folder of their own, with a table that stands for the kernel's and a clock that is set. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListName } from '@netscope/core/wire.ts'
import type { ListTable } from '../source.ts'
import { createLists, type Lists } from './lists.ts'

const createFakeTable = (capacity: number) => {
  const sets = { allow: new Set<string>(), deny: new Set<string>() }
  const each = (prefixes: Uint8Array, count: number, on: (text: string) => void) => {
    for (let i = 0; i < count; i++) on(formatPrefix(prefixes, i * PREFIX_BYTES))
  }
  const table: ListTable = {
    capacity,
    add: (list, prefixes, count) => {
      if (sets[list].size + count > capacity) throw new Error('full')
      each(prefixes, count, (text) => sets[list].add(text))
    },
    remove: (list, prefixes, count) => each(prefixes, count, (text) => sets[list].delete(text)),
  }
  return { table, inForce: (list: ListName) => [...sets[list]].sort() }
}

/** An entry as a command brings it. */
export const entry = (prefix: string, more: object = {}) => ({
  prefix,
  reason: '',
  origin: 'api',
  author: '',
  expiresAtMs: 0,
  ...more,
})

export const createListsRig = () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-lists-'))
  const clock = { nowMs: 1_000_000 }
  let current: Lists | undefined

  /** A new agent's lists, whatever became of those before. */
  const open = async (capacity = 1000) => {
    const fake = createFakeTable(capacity)
    const log = { info: () => undefined, warn: () => undefined }
    const lists = createLists(
      { path: join(folder, 'lists.json') },
      { table: fake.table, now: () => clock.nowMs, log },
    )
    lists.load()
    lists.apply()
    await lists.start()
    current = lists
    return { ...fake, lists }
  }

  return {
    folder,
    clock,
    file: (name: string) => join(folder, name),
    open,
    /** As open, after those before have stopped. */
    reopen: async (capacity?: number) => {
      await current?.stop()
      return open(capacity)
    },
    close: async () => {
      await current?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
