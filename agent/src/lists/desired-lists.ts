/**
 * The lists that the server wants in force: taken whole or by changes, kept by the lists on disk. Which state that is
 * lies in a file beside them, written after all of it is durable, and not waited for by changes: after a crash in between
 * the server sends it whole.
 */
import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { ListName, ListsRevision } from '@netscope/core/wire.ts'
import { ArgumentError } from '../argument-error.ts'
import type { Lists } from './lists.ts'

export interface DesiredLists {
  /** What is in force; undefined: lists of our own, or of no server yet. */
  state(): ListsRevision | undefined
  begin(): void
  page(list: ListName, entries: readonly unknown[]): Promise<void>
  /** Removes what no page since begin() held. */
  end(state: ListsRevision): Promise<Done>
  change(
    list: ListName,
    change: { add: readonly unknown[]; remove: readonly unknown[] },
    from: number,
    to: ListsRevision,
  ): Promise<Done>
}

export interface Done {
  state: ListsRevision
  deny: number
  allow: number
}

export interface DesiredListsDeps {
  lists: Pick<Lists, 'add' | 'remove' | 'get' | 'sizes'>
  log: { warn(fields: object, message: string): void }
}

const NAMES: readonly ListName[] = ['deny', 'allow']
const PAGE = 10_000

/** `path` is the file of the state. */
export const createDesiredLists = (
  { path }: { path: string },
  { lists, log }: DesiredListsDeps,
): DesiredLists => {
  let state = readState(path)
  /** Prefixes of the pages so far; undefined: no begin(). */
  let held: Record<ListName, Set<string>> | undefined

  /** Of the last state; the one before may be skipped. */
  let writing: Promise<void> | undefined
  let written: ListsRevision | undefined

  const writeLast = async (): Promise<void> => {
    while (state && written !== state) {
      written = state
      try {
        await writeState(path, state)
      } catch (error) {
        // At the next start the server sends the lists whole.
        const reason = (error as Error).message
        log.warn({ path, reason }, 'the state of the lists cannot be kept')
      }
    }
    writing = undefined
  }

  const keep = (next: ListsRevision): Done => {
    state = next
    writing ??= writeLast()
    const { deny, allow } = lists.sizes()
    return { state: next, deny: deny.entries, allow: allow.entries }
  }

  const removeOthers = async (list: ListName, wanted: ReadonlySet<string>): Promise<void> => {
    const others: string[] = []
    for (let offset = 0; ; offset += PAGE) {
      const { entries } = await lists.get(list, offset, PAGE, '')
      others.push(...entries.map(({ prefix }) => prefix).filter((prefix) => !wanted.has(prefix)))
      if (entries.length < PAGE) break
    }
    if (others.length > 0) await lists.remove(list, others)
  }

  return {
    state: () => state,
    begin: () => {
      held = { deny: new Set(), allow: new Set() }
    },
    page: async (list, entries) => {
      if (!held) throw new ArgumentError('there was no lists.begin')
      const added = held[list]
      // In force at once: an entry must not be missing while the rest is on its way.
      await lists.add(list, entries)
      for (const entry of entries) added.add(String((entry as { prefix: unknown }).prefix))
    },
    end: async (next) => {
      const wanted = held
      held = undefined
      if (!wanted) throw new ArgumentError('there was no lists.begin')
      for (const list of NAMES) await removeOthers(list, wanted[list])
      const done = keep(next)
      await writing
      return done
    },
    change: async (list, { add, remove }, from, to) => {
      if (state?.server !== to.server || state.revision !== from)
        throw new NetscopeError('list.out-of-step', { revision: from })
      if (add.length > 0) await lists.add(list, add)
      if (remove.length > 0) await lists.remove(list, remove)
      return keep(to)
    },
  }
}

const readState = (path: string): ListsRevision | undefined => {
  try {
    const { server, revision } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    const isWhole = typeof server === 'string' && typeof revision === 'number'
    return isWhole ? { server, revision } : undefined
  } catch {
    // Absent or damaged: the server sends the lists whole.
    return undefined
  }
}

const writeState = async (path: string, state: ListsRevision): Promise<void> => {
  const temporary = `${path}.tmp`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(state)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}
