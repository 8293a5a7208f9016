/** One file of the spool: batches one behind the other, deleted when the server has all of them. */
import { closeSync, fdatasync, ftruncateSync, openSync, rmSync, writevSync } from 'node:fs'
import {
  encodeHead,
  readRecord,
  readTags,
  type BatchTag,
  type StoredRecord,
} from './segment-record.ts'

export interface Segment {
  readonly path: string
  /** Bytes of whole batches. */
  bytes: number
  /** Batches that were sent as they came and are not acknowledged yet. */
  live: number
  /** Batches that were read, sent and are not acknowledged yet. */
  replaying: number
  /** Whether there is something in it that was not sent as it came. */
  toReplay: boolean
  /** Where the next batch to replay begins. */
  readAt: number
  /** Taken out of the spool: what is still said of it means nothing. */
  gone: boolean
}

export const newSegment = (path: string, bytes: number, toReplay: boolean): Segment => ({
  path,
  bytes,
  live: 0,
  replaying: 0,
  toReplay,
  readAt: 0,
  gone: false,
})

/** The segment that is written to. */
export interface OpenSegment extends Segment {
  fd: number
}

/** Makes the file; throws when it exists or the disk does not take it. */
export const createSegment = (path: string): OpenSegment => ({
  ...newSegment(path, 0, false),
  fd: openSync(path, 'wx+', 0o600),
})

/**
 * Appends a batch. It is in the page cache then, which outlives this process but not the machine. Throws, and
 * the file is as before, when the disk does not take all of it.
 */
export const appendTo = (
  segment: OpenSegment,
  tag: BatchTag,
  pieces: readonly Uint8Array[],
): number => {
  const all = [encodeHead(tag, pieces), ...pieces]
  const bytes = all.reduce((sum, piece) => sum + piece.length, 0)
  let written = 0
  try {
    written = writevSync(segment.fd, all, segment.bytes)
  } finally {
    if (written !== bytes) ftruncateSync(segment.fd, segment.bytes)
  }
  if (written !== bytes) throw new Error('the disk is full')
  segment.bytes += bytes
  return bytes
}

/** Nothing in it is needed any more, but it is written on. */
export const emptySegment = (segment: OpenSegment): void => {
  ftruncateSync(segment.fd, 0)
  segment.bytes = 0
  segment.readAt = 0
  segment.toReplay = false
}

/** No more is written to it. What the machine must not lose in a power cut goes to the disk in its own time. */
export const closeSegment = ({ fd }: OpenSegment): void => {
  fdatasync(fd, () => closeSync(fd))
}

export const deleteSegment = (segment: Segment): void => {
  segment.gone = true
  rmSync(segment.path, { force: true })
}

/** The batch at `readAt`, which moves on; undefined at the end, and behind what is torn. */
export const readNext = (segment: Segment): StoredRecord | 'torn' | undefined => {
  if (segment.readAt >= segment.bytes) return undefined
  const found = withFile(segment, (fd) => readRecord(fd, segment.readAt, segment.bytes))
  segment.readAt = typeof found === 'object' ? found.next : segment.bytes
  return found
}

export const tagsOf = (segment: Segment): BatchTag[] =>
  withFile(segment, (fd) => readTags(fd, segment.bytes))

const withFile = <T>({ path }: Segment, read: (fd: number) => T): T => {
  const fd = openSync(path, 'r')
  try {
    return read(fd)
  } finally {
    closeSync(fd)
  }
}
