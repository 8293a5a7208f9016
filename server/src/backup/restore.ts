/** Puts a backup in the place of what a server keeps, while no server runs there. */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { NetscopeError } from '@netscope/core/errors.ts'
import { openState } from '../state/open-state.ts'
import { MANIFEST, type Manifest } from './manifest.ts'
import { unpack } from './unpack.ts'

export interface RestoreRequest {
  /** The archive. */
  file: string
  /** storage.path */
  folder: string
  /** Puts aside what is there. */
  force: boolean
  /** Whose the files are to be; without it those of whoever owns the folder. */
  owner?: { uid: number; gid: number }
  /** Milliseconds since 1970. */
  now: number
  /** Opens the history in the folder as a server does, and closes it; throws what is wrong with it. */
  checkHistory(folder: string): Promise<void>
}

export interface Restored {
  manifest: Manifest
  /** Folder of what was there before. */
  putAside?: string
}

/** Neither what was put aside earlier nor what the file system keeps there. */
const IS_KEPT = /^(before-restore-.*|lost\+found)$/
const LEFTOVER = /^\.(restore|backup)-/

const dataIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => !IS_KEPT.test(name) && !LEFTOVER.test(name))

/** A server holds its database open; SQLite gives nobody else all of it then. */
const checkUnused = (folder: string): void => {
  const path = join(folder, 'state.sqlite')
  if (!existsSync(path)) return
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK')
  } catch (error) {
    const BUSY = 5
    const { errcode } = error as { errcode?: number }
    if (((errcode ?? 0) & 0xff) === BUSY) throw new NetscopeError('restore.running', { folder })
    // Damaged: perhaps the very reason why it is restored.
  } finally {
    db.close()
  }
}

const ownEverything = (path: string, { uid, gid }: { uid: number; gid: number }): void => {
  chownSync(path, uid, gid)
  if (!statSync(path).isDirectory()) return
  for (const name of readdirSync(path)) ownEverything(join(path, name), { uid, gid })
}

const moveAll = (names: readonly string[], from: string, to: string): void => {
  for (const name of names) renameSync(join(from, name), join(to, name))
}

/**
 * What is there stays as it is until the backup is unpacked, proven whole and opened. Throws `backup.damaged`,
 * `backup.newer`, `restore.running`, `restore.exists`, and what opening state and history throw.
 */
export const restore = async (request: RestoreRequest): Promise<Restored> => {
  const { file, folder, force, now } = request
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  checkUnused(folder)
  const before = dataIn(folder)
  if (before.length > 0 && !force) throw new NetscopeError('restore.exists', { folder })
  const draft = join(folder, `.restore-${process.pid}`)
  // In the same folder, which may be a mount: a rename is enough then.
  mkdirSync(draft, { mode: 0o700 })
  try {
    const manifest = await unpack(file, draft)
    openState({ path: join(draft, 'state.sqlite'), now }).close()
    await request.checkHistory(draft)
    rmSync(join(draft, MANIFEST))
    ownEverything(draft, request.owner ?? statSync(folder))
    if (request.owner) chownSync(folder, request.owner.uid, request.owner.gid)
    const putAside = before.length > 0 ? asideOf(folder, now) : undefined
    if (putAside !== undefined) {
      mkdirSync(putAside, { mode: 0o700 })
      moveAll(before, folder, putAside)
    }
    moveAll(readdirSync(draft), draft, folder)
    return { manifest, ...(putAside !== undefined && { putAside }) }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

const asideOf = (folder: string, now: number): string =>
  join(folder, `before-restore-${new Date(now).toISOString().replaceAll(/[:.]/g, '')}`)
