/** Work on finished segments: roll-ups, and the end of the oldest by age and by size. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { seal } from './roll-ups.ts'
import type { Segment } from './segment.ts'
import type { Segments, StoreLog } from './segments.ts'
import type { Turns } from './turns.ts'

export interface RetentionConfig {
  retainDays: number
  /** Bytes of all segments beyond which the oldest one goes. */
  maxBytes: number
}

export interface MaintenanceDeps {
  /** A connection of its own: sealing takes seconds, which a commit must not wait for. */
  connection: DuckDBConnection
  segments: Segments
  turns: Turns
  now(): number
  log: StoreLog
}

export interface Maintenance {
  /** Does what is to be done now; calls while it works are one more round after it. */
  run(): Promise<void>
  /** Removes what is too old or too much, and nothing else. */
  retain(): Promise<void>
  start(): void
  stop(): Promise<void>
}

const EVERY_MS = 60_000
const DAY_MS = 86_400_000

export const createMaintenance = (
  { retainDays, maxBytes }: RetentionConfig,
  { connection, segments, turns, now, log }: MaintenanceDeps,
): Maintenance => {
  let working: Promise<void> | undefined
  let isWanted = false
  let sealing: Segment | undefined
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  const finished = (): Segment[] => segments.all.filter((segment) => segment !== segments.current)

  const sealAll = async (): Promise<void> => {
    for (const segment of finished()) {
      if (isStopped) return
      if (segment.isSealed && !segments.hasLog(segment)) continue
      sealing = segment
      try {
        if (!segment.isSealed) await seal(connection, segment)
        // Refused while the writer is in a transaction: the next round tries again.
        await connection.run(`CHECKPOINT ${segment.catalog}`).catch(() => undefined)
      } catch (error) {
        log('error', { file: segment.path, reason: String(error) }, 'no roll-ups could be made')
      } finally {
        sealing = undefined
      }
    }
  }

  const remove = async (segment: Segment, reason: string): Promise<void> => {
    await turns.take(() => segments.remove(segment))
    log('info', { file: segment.path, rows: segment.rows, reason }, 'the oldest flows were removed')
  }

  const retain = async (): Promise<void> => {
    const oldestFirst = finished().toSorted((a, b) => a.lastSecond - b.lastSecond)
    const total = () => segments.all.reduce((sum, segment) => sum + segments.bytesOf(segment), 0)
    const end = (now() - retainDays * DAY_MS) / 1000
    for (const segment of oldestFirst) {
      if (segment === sealing) continue
      if (segment.lastSecond < end) await remove(segment, 'age')
      else if (total() > maxBytes) await remove(segment, 'size')
    }
  }

  const work = async (): Promise<void> => {
    while (isWanted && !isStopped) {
      isWanted = false
      await retain()
      await sealAll()
      await retain()
    }
    working = undefined
  }

  const run = (): Promise<void> => {
    isWanted = true
    working ??= work()
    return working
  }

  return {
    run,
    retain,
    start() {
      timer = setInterval(() => void run(), EVERY_MS)
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      await working
    },
  }
}
