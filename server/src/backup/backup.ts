/** A copy of everything the server keeps, while it goes on: state, keys, history, as one archive. */
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { State } from '../state/open-state.ts'
import type { FlowStore } from '../store/flow-store.ts'
import { archive, archiveBytes, type ArchivedFile } from './archive.ts'
import { FORMAT, isFileName, MANIFEST, type Manifest } from './manifest.ts'

export interface BackupDeps {
  state: State
  history: Pick<FlowStore, 'backup'>
  version: string
  /** Milliseconds since 1970. */
  wallClock(): number
}

export interface BackupFile {
  name: string
  bytes: number
  content: Readable
}

export interface Backup {
  /** Removes what a server that was killed left behind. */
  start(): void
  /** Throws `backup.running` or `backup.failed`; the copy is gone once the archive is read or closed. */
  make(): Promise<BackupFile>
}

const COPY = /^\.backup-[0-9a-f]{8}$/
/** What cannot be made anew: without them tokens and agents would not know the server again. */
const KEY_FILE = /\.(key|pem)$/
/** All in one step: what others write between steps makes SQLite begin anew. It is not the main thread that copies. */
const PAGES_AT_ONCE = 2 ** 31 - 1

/** `folder` is storage.path; there must be room for a second copy of all that it holds. */
export const createBackup = (config: { folder: string }, deps: BackupDeps): Backup => {
  const { folder } = config
  let isRunning = false

  const copies = (): string[] =>
    readdirSync(folder)
      .filter((name) => COPY.test(name))
      .map((name) => join(folder, name))

  const copyInto = async (copy: string): Promise<void> => {
    const { state, history, version, wallClock } = deps
    const manifest: Manifest = { format: FORMAT, version, createdAtMs: wallClock() }
    writeFileSync(join(copy, MANIFEST), `${JSON.stringify(manifest)}\n`)
    // The history first: of what comes in between, devices and agents are known rather than unknown.
    await history.backup(join(copy, 'history'))
    await copyState(state, join(copy, 'state.sqlite'))
    for (const name of readdirSync(folder))
      if (KEY_FILE.test(name)) copyFileSync(join(folder, name), join(copy, name))
  }

  return {
    start() {
      for (const copy of copies()) rmSync(copy, { recursive: true, force: true })
    },
    async make() {
      if (isRunning) throw new NetscopeError('backup.running')
      isRunning = true
      const copy = join(folder, `.backup-${randomBytes(4).toString('hex')}`)
      const end = (): void => {
        isRunning = false
        rmSync(copy, { recursive: true, force: true })
      }
      try {
        mkdirSync(copy, { mode: 0o700 })
        await copyInto(copy)
        const files = filesOf(copy)
        const at = deps.wallClock()
        const content = Readable.from(archive(files, at), { objectMode: false })
        content.once('close', end)
        return { name: fileNameOf(at), bytes: archiveBytes(files), content }
      } catch (cause) {
        end()
        if (cause instanceof NetscopeError) throw cause
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new NetscopeError('backup.failed', { reason }, { cause })
      }
    },
  }
}

/** By a connection of its own, which whoever writes does not hinder (WAL). */
const copyState = async ({ db }: State, to: string): Promise<void> => {
  const source = new DatabaseSync(db.location() ?? '', { readOnly: true })
  try {
    await copyDatabase(source, to, { rate: PAGES_AT_ONCE })
  } finally {
    source.close()
  }
}

/** The manifest comes first, so that a reader knows what follows. */
const filesOf = (copy: string): ArchivedFile[] => {
  const names = readdirSync(copy, { recursive: true, encoding: 'utf8' })
    .filter(isFileName)
    .filter((name) => statSync(join(copy, name)).isFile())
    .toSorted((a, b) => Number(b === MANIFEST) - Number(a === MANIFEST) || (a < b ? -1 : 1))
  return names.map((name) => {
    const path = join(copy, name)
    return { name, path, size: statSync(path).size }
  })
}

/** `netscope-20260731-120000.tar`, UTC. */
const fileNameOf = (ms: number): string => {
  const [day = '', time = ''] = new Date(ms).toISOString().replaceAll(/[-:]/g, '').split('T')
  return `netscope-${day}-${time.slice(0, 6)}.tar`
}
