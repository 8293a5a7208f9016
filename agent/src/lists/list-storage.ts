/**
 * The lists on disk: a base file (list-file.ts) and a journal of the changes since. A change is durable
 * when it is in the journal, so that one entry costs one line. When the journal has grown, the base is
 * written anew beside the running work: changes go to a next journal meanwhile, which then takes the
 * journal's place. At start base, journal and next journal are read in this order; since a change names
 * all fields of its entry, it doesn't matter whether the base holds it already.
 */
import { copyFileSync, linkSync, mkdirSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ListName } from '@netscope/core/wire.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { openJournal, type Journal } from './journal.ts'
import { readJournal, type OnChange } from './journal-reader.ts'
import { readListFile, writeListFile, type OnEntry, type Snapshot } from './list-file.ts'

export interface ListStorageDeps {
  now(): number
  /** What the lists hold at this moment. */
  snapshot(): Record<ListName, Snapshot>
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

export interface ListStorage {
  /** Reads everything; returns what was wrong, in words for people. Never throws. */
  load(onEntry: OnEntry, onChange: OnChange): string[]
  /** Call after load(). */
  start(): Promise<void>
  /** Makes changes durable that are already in the snapshot; rejects with `list.not-saved`. */
  record(lines: string): Promise<void>
  /** Why changes can't be saved at present; '' when they can. */
  problem(): string
  stop(): Promise<void>
}

const COMPACT_ABOVE_BYTES = 4 << 20
const RETRY_MS = 5000

export const createListStorage = (path: string, deps: ListStorageDeps): ListStorage => {
  const journalPath = `${path.replace(/\.json$/, '')}.journal`
  const nextPath = `${journalPath}.next`
  const stamp = new Date(deps.now()).toISOString().replace(/[:.]/g, '-')
  let lengths = { journal: 0, next: 0 }
  let journal: Journal | undefined
  /** Whether changes go to the next journal: the base must be written before it can take its place. */
  let onNext = false
  let mustCompact = false
  /** Files that exist but could not be read stay as they are: nothing is written, every change is refused. */
  let unreadable = ''
  let problem = ''
  let opening: Promise<Journal> | undefined
  let compacting: Promise<void> | undefined
  let compactAbove = COMPACT_ABOVE_BYTES
  let retry: NodeJS.Timeout | undefined
  const stopping = new AbortController()

  /** The base is replaced by renaming, so a second name keeps it; the journal is written on, so copy it. */
  const keepAside = (
    file: string,
    why: string,
    keep: (from: string, to: string) => void,
  ): string => {
    const aside = `${file}.${why}-${stamp}`
    keep(file, aside)
    mustCompact = true
    return aside
  }

  const loadBase = (onEntry: OnEntry): string[] => {
    const { kind, reason } = readListFile(path, onEntry)
    if (kind === 'foreign') {
      const original = keepAside(path, 'original', linkSync)
      deps.log.info({ path, original }, 'imported the lists of another layout')
    }
    if (kind !== 'corrupt') return []
    const aside = keepAside(path, 'corrupt', linkSync)
    return [
      `The lists in ${path} were damaged (${reason}); what could be read is in force, the file is kept as ${aside}.`,
    ]
  }

  const loadJournal = (
    file: string,
    onChange: OnChange,
  ): { problems: string[]; length: number } => {
    const { length, badLines } = readJournal(file, onChange)
    if (badLines === 0) return { problems: [], length }
    const aside = keepAside(file, 'corrupt', copyFileSync)
    return {
      problems: [
        `${badLines} lines of ${file} were damaged and are not in force; the file is kept as ${aside}.`,
      ],
      length,
    }
  }

  /** A file that may not be read is a reason, never an exception. */
  const attempt = <T>(file: string, otherwise: T, read: () => T): T => {
    try {
      return read()
    } catch (error) {
      unreadable = `${file} cannot be read: ${(error as Error).message}`
      return otherwise
    }
  }

  const openJournals = async (): Promise<Journal> => {
    mkdirSync(dirname(path), { recursive: true })
    rmSync(temporary(path), { force: true })
    onNext = lengths.next > 0
    journal = onNext
      ? await openJournal(nextPath, lengths.next)
      : await openJournal(journalPath, lengths.journal)
    await syncFolder(path)
    mustCompact ||= onNext
    return journal
  }

  const opened = async (): Promise<Journal> => {
    if (journal) return journal
    opening ??= openJournals().finally(() => (opening = undefined))
    return opening
  }

  const writeBase = async (lists: Record<ListName, Snapshot>): Promise<number> => {
    await rm(temporary(path), { force: true })
    const file = await open(temporary(path), 'wx', 0o600)
    try {
      await writeListFile(file, lists, stopping.signal)
      await file.sync()
      return (await file.stat()).size
    } catch (error) {
      // On a full disk half a file would take the room that the journal needs.
      await rm(temporary(path), { force: true })
      throw error
    } finally {
      await file.close()
    }
  }

  const turnToNextJournal = async (): Promise<Journal | undefined> => {
    const next = await openJournal(nextPath, 0)
    await syncFolder(path)
    const before = journal
    journal = next
    onNext = true
    return before
  }

  const compact = async (): Promise<void> => {
    const before = onNext ? undefined : await turnToNextJournal()
    const lists = deps.snapshot()
    await before?.close()
    const bytes = await writeBase(lists)
    await rename(temporary(path), path)
    await syncFolder(path)
    await rename(nextPath, journalPath)
    await syncFolder(path)
    onNext = false
    mustCompact = false
    compactAbove = Math.max(COMPACT_ABOVE_BYTES, bytes / 2)
    deps.log.info({ path, bytes }, 'wrote the lists anew')
  }

  const compactOnce = (): Promise<void> => {
    compacting ??= compact().then(
      () => {
        compacting = undefined
        problem = ''
      },
      (error: unknown) => {
        compacting = undefined
        throw error
      },
    )
    return compacting
  }

  const fail = (error: unknown): void => {
    const reason = (error as Error).message
    if (stopping.signal.aborted) return
    if (problem === '') deps.log.warn({ path, reason }, 'the lists cannot be saved, trying again')
    problem = reason
    clearTimeout(retry)
    retry = setTimeout(() => void repair(), RETRY_MS).unref()
  }

  /** Writes everything anew: the lists in memory are the truth, also of changes that could not be saved. */
  const repair = async (): Promise<void> => {
    await opened().then(compactOnce).catch(fail)
  }

  const record = async (lines: string): Promise<void> => {
    if (unreadable !== '') throw new NetscopeError('list.unreadable', { path, reason: unreadable })
    try {
      await opened()
      // Read behind the await: the journal may have been turned meanwhile, and the old one closed.
      const current = journal!
      await current.append(lines)
      if (current.bytes() > compactAbove && !compacting) compactOnce().catch(fail)
    } catch (error) {
      fail(error)
      const reason = `${problem}; the change is in force until the agent ends`
      throw new NetscopeError('list.not-saved', { path, reason }, { cause: error })
    }
  }

  return {
    load: (onEntry, onChange) => {
      const none = { problems: [], length: 0 }
      const base = attempt(path, [], () => loadBase(onEntry))
      const first = attempt(journalPath, none, () => loadJournal(journalPath, onChange))
      const next = attempt(nextPath, none, () => loadJournal(nextPath, onChange))
      lengths = { journal: first.length, next: next.length }
      return [...base, ...first.problems, ...next.problems]
    },
    start: async () => {
      if (unreadable === '')
        await opened()
          .then(() => (mustCompact ? compactOnce() : undefined))
          .catch(fail)
    },
    record,
    problem: () => unreadable || problem,
    stop: async () => {
      stopping.abort()
      clearTimeout(retry)
      await compacting?.catch(() => undefined)
      await journal?.close()
    },
  }
}

const temporary = (path: string) => `${path}.tmp`

/** Makes new names in the folder of `path` durable. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
