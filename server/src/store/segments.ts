/** All segments of the history: finds them, makes the next one, gives those of a range, and removes the oldest. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { NetscopeError } from '@netscope/core/errors.ts'
import {
  attach,
  createSegment,
  detach,
  isOlder,
  readSegment,
  SEGMENT_FILE,
  segmentAt,
  upgradeSegment,
} from './segment.ts'
import type { Segment } from './segment.ts'

export type StoreLog = (
  level: 'info' | 'warn' | 'error',
  fields: Record<string, unknown>,
  message: string,
) => void

export interface SegmentsDeps {
  folder: string
  writer: DuckDBConnection
  log: StoreLog
}

export interface Segments {
  /** Oldest first; the last one is written to. */
  readonly all: readonly Segment[]
  readonly current: Segment
  /** Attaches what is there and makes the first one if need be; throws when the folder can't be used. */
  open(): Promise<void>
  /** Makes the next one, which is written to from now on; returns the one before. */
  begin(): Promise<Segment>
  /** Bytes of its files. */
  bytesOf(segment: Segment): number
  /** Whether a part of it is still in its log. */
  hasLog(segment: Segment): boolean
  remove(segment: Segment): Promise<void>
}

const walOf = ({ path }: Segment): string => `${path}.wal`

export const createSegments = ({ folder, writer, log }: SegmentsDeps): Segments => {
  const all: Segment[] = []
  const upgraded = new Set<Segment>()
  let current: Segment | undefined

  const found = (): Segment[] =>
    readdirSync(folder)
      .flatMap((name) => SEGMENT_FILE.exec(name)?.[1] ?? [])
      .map((number) => segmentAt(folder, Number(number)))
      .toSorted((a, b) => a.number - b.number)

  /** Nothing else can be done with it here, but it may still be of use to somebody. */
  const setAside = (segment: Segment, reason: string): void => {
    const to = `${segment.path}.unreadable`
    renameSync(segment.path, to)
    if (existsSync(walOf(segment))) renameSync(walOf(segment), `${to}.wal`)
    log('error', { file: to, reason }, 'a part of the history cannot be read and was set aside')
  }

  const upgrade = async (segment: Segment): Promise<void> => {
    if (!(await isOlder(writer, segment))) return
    await detach(writer, segment)
    await attach(writer, segment, false)
    await upgradeSegment(writer, segment)
    upgraded.add(segment)
  }

  const openOne = async (segment: Segment, isLast: boolean): Promise<boolean> => {
    try {
      await attach(writer, segment, !isLast && !existsSync(walOf(segment)))
      await upgrade(segment)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (isOfOthers(reason)) throw failure(segment, reason, error)
      setAside(segment, reason)
      return false
    }
    const problem = await readSegment(writer, segment).catch((error: unknown) => String(error))
    if (problem === undefined) return true
    await detach(writer, segment)
    if (problem === 'newer') throw new NetscopeError('history.newer', { path: segment.path })
    setAside(segment, problem === 'foreign' ? 'it holds no history' : problem)
    return false
  }

  const begin = async (): Promise<Segment> => {
    const next = segmentAt(folder, (found().at(-1)?.number ?? 0) + 1)
    await createSegment(writer, next, current)
    all.push(next)
    current = next
    return next
  }

  return {
    all,
    get current() {
      if (!current) throw new Error('the history is not open')
      return current
    },
    async open() {
      const segments = found()
      for (const segment of segments) {
        if (await openOne(segment, segment === segments.at(-1))) all.push(segment)
      }
      current = all.at(-1)
      if (!current || current.isSealed || upgraded.has(current)) await begin()
    },
    async begin() {
      const before = current
      const next = await begin()
      return before ?? next
    },
    bytesOf: (segment) => sizeOf(segment.path) + sizeOf(walOf(segment)),
    hasLog: (segment) => sizeOf(walOf(segment)) > 0,
    async remove(segment) {
      const index = all.indexOf(segment)
      if (index < 0 || segment === current) return
      all.splice(index, 1)
      await detach(writer, segment)
      for (const path of [segment.path, walOf(segment)]) rmSync(path, { force: true })
    },
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Not the file's fault: it is left where it is. */
const isOfOthers = (reason: string): boolean =>
  /could not set lock|permission denied|read-only file system|newer version|storage version|no space left|too many open/i.test(
    reason,
  )

const failure = ({ path }: Segment, reason: string, cause: unknown): NetscopeError =>
  /newer version|storage version/i.test(reason)
    ? new NetscopeError('history.newer', { path }, { cause })
    : new NetscopeError('history.unusable', { path, reason }, { cause })

/** Makes the folder and what is in it of no use to others; throws `history.unusable`. */
export const prepareFolder = (folder: string): void => {
  try {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 })
    // Of a file system that can only be read, a recursive mkdir says that the folder does not exist.
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    const probe = `${folder}/.writable`
    mkdirSync(probe)
    rmSync(probe, { recursive: true })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NetscopeError('history.unusable', { path: folder, reason }, { cause })
  }
}
