/**
 * The agent's disk queue of batches with records of ended flows. Each is written before it is sent, so that killing
 * the agent loses none; those that could not be sent as they came, or were not acknowledged, are read again, oldest
 * first. Bounded: beyond `maxBytes` the oldest file goes, and what was lost with it is counted.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  appendTo,
  closeSegment,
  createSegment,
  deleteSegment,
  emptySegment,
  newSegment,
  readNext,
  tagsOf,
  type OpenSegment,
  type Segment,
} from './segment.ts'
import type { BatchTag } from './segment-record.ts'

export interface SpoolConfig {
  /** A folder of its own; made where it is missing. */
  path: string
  maxBytes: number
  /** Size from which the next file is begun; an eighth of maxBytes, at most 4 MiB, unless told. */
  segmentBytes?: number
}

export interface SpoolDeps {
  /** Milliseconds of any steady clock. */
  clock(): number
  /** Whether the server has this batch, or it is on its way as it came: it need not be replayed. */
  isSettled(tag: BatchTag): boolean
  log: { warn(fields: object, message: string): void; info(fields: object, message: string): void }
}

/** A batch on the disk that is under way to the server. */
export interface Ticket {
  /** The server has it. */
  acknowledge(): void
  /** It did not arrive, as far as we know: to be replayed. False: it was given up meanwhile. */
  giveBack(): boolean
}

export interface Spooled extends BatchTag {
  /** Payload of a `spooled` frame. */
  payload: Buffer
  ticket: Ticket
}

export interface Spool {
  /** Finds what an earlier run has left. Never throws: what is wrong is in problem(). */
  start(): void
  stop(): void
  /** Writes a batch, which is sent as it comes, or else replayed later; undefined: the disk does not take it. */
  append(tag: BatchTag, pieces: readonly Uint8Array[], isSentNow: boolean): Ticket | undefined
  /** The oldest batch that waits to be replayed and is not under way. */
  next(): Spooled | undefined
  /** The connection has gone: replays from the oldest again. */
  rewind(): void
  /** Why the disk does not take batches; '' when it does. */
  problem(): string
  counts(): SpoolCounts
}

export interface SpoolCounts {
  bytes: number
  /** Records that were given up because the bound was reached. */
  overflowRecords: number
  /** Files whose rest could not be read: torn by a crash of the machine, or damaged. */
  damagedFiles: number
}

const MAX_SEGMENT_BYTES = 4 << 20
/** After the disk has refused. */
const RETRY_MS = 5000
/** Of a batch that is not under way: it is found again by reading. */
const WAITING: Ticket = { acknowledge: () => undefined, giveBack: () => true }
const NAME = /^\d{16}\.spool$/

export const createSpool = (config: SpoolConfig, deps: SpoolDeps): Spool => {
  const segmentBytes = config.segmentBytes ?? Math.min(MAX_SEGMENT_BYTES, config.maxBytes / 8)
  const segments: Segment[] = []
  let current: OpenSegment | undefined
  let lastNumber = 0
  let problem = ''
  let retryAtMs = 0
  let overflowRecords = 0
  let damagedFiles = 0

  const fail = (error: unknown): void => {
    const reason = (error as Error).message
    if (problem === '') deps.log.warn({ path: config.path, reason }, 'the spool takes nothing')
    problem = reason
    retryAtMs = deps.clock() + RETRY_MS
  }

  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      fail(error)
      return undefined
    }
  }

  const totalBytes = (): number => segments.reduce((sum, { bytes }) => sum + bytes, 0)

  const drop = (segment: Segment): void => {
    segments.splice(segments.indexOf(segment), 1)
    attempt(() => deleteSegment(segment))
  }

  /** Deletes what nobody needs; the file that is written to is emptied instead. */
  const tidy = (segment: Segment): void => {
    if (segment.gone || segment.live > 0 || segment.replaying > 0) return
    if (segment.toReplay && segment.readAt < segment.bytes) return
    if (segment !== current) drop(segment)
    else if (current.bytes > 0) attempt(() => current && emptySegment(current))
  }

  const evictOldest = (): void => {
    const [oldest] = segments
    if (!oldest) return
    for (const tag of attempt(() => tagsOf(oldest)) ?? [])
      if (!deps.isSettled(tag)) overflowRecords += tag.records
    drop(oldest)
  }

  const closeCurrent = (): void => {
    const before = current
    current = undefined
    if (before) closeSegment(before)
    if (before) tidy(before)
  }

  const writable = (): OpenSegment => {
    if (current && current.bytes >= segmentBytes) closeCurrent()
    if (current) return current
    mkdirSync(config.path, { recursive: true, mode: 0o700 })
    const name = `${String(++lastNumber).padStart(16, '0')}.spool`
    current = createSegment(join(config.path, name))
    segments.push(current)
    return current
  }

  const ticketOf = (segment: Segment, kind: 'live' | 'replaying'): Ticket => ({
    acknowledge: () => {
      segment[kind]--
      tidy(segment)
    },
    giveBack: () => {
      if (segment.gone) return false
      segment[kind]--
      segment.toReplay = true
      return true
    },
  })

  const append: Spool['append'] = (tag, pieces, isSentNow) => {
    if (problem !== '' && deps.clock() < retryAtMs) return undefined
    return attempt(() => {
      const segment = writable()
      appendTo(segment, tag, pieces)
      if (problem !== '') deps.log.info({ path: config.path }, 'the spool takes batches again')
      problem = ''
      if (isSentNow) segment.live++
      else segment.toReplay = true
      while (totalBytes() > config.maxBytes && segments.length > 1) evictOldest()
      return isSentNow ? ticketOf(segment, 'live') : WAITING
    })
  }

  /** The next batch of `segment` that is to be replayed. */
  const nextOf = (segment: Segment): Spooled | undefined => {
    for (;;) {
      const found = readNext(segment)
      if (found === undefined) return undefined
      if (found === 'torn') {
        damagedFiles++
        deps.log.warn({ path: segment.path }, 'the rest of a file of the spool cannot be read')
        return undefined
      }
      if (deps.isSettled(found)) continue
      segment.replaying++
      return { ...found, ticket: ticketOf(segment, 'replaying') }
    }
  }

  return {
    start: () => {
      attempt(() => {
        mkdirSync(config.path, { recursive: true, mode: 0o700 })
        for (const name of readdirSync(config.path)
          .filter((file) => NAME.test(file))
          .toSorted()) {
          const path = join(config.path, name)
          segments.push(newSegment(path, statSync(path).size, true))
          lastNumber = Number.parseInt(name, 10)
        }
        writable()
      })
    },
    stop: () => closeCurrent(),
    append,
    next: () => {
      for (const segment of segments.slice()) {
        if (!segment.toReplay) continue
        const found = attempt(() => nextOf(segment))
        if (found) return found
        tidy(segment)
      }
      return undefined
    },
    rewind: () => {
      for (const segment of segments) {
        segment.readAt = 0
        segment.replaying = 0
      }
    },
    problem: () => problem,
    counts: () => ({ bytes: totalBytes(), overflowRecords, damagedFiles }),
  }
}
