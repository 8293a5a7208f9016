/** The history in its thread: segments, the queue that writes, and the questions. */
import { createAppendQueue } from './append-queue.ts'
import type { AppendQueue } from './append-queue.ts'
import { openCurrentSegment } from './current-segment.ts'
import type { CurrentSegment } from './current-segment.ts'
import { startEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import { findFlows } from './find-flows.ts'
import { createMaintenance } from './maintenance.ts'
import type { RetentionConfig } from './maintenance.ts'
import { createSegments, prepareFolder } from './segments.ts'
import type { Segments, StoreLog } from './segments.ts'
import type { Position } from './segment-writer.ts'
import { seriesOf } from './series-of.ts'
import type { SentBatch, StoreCalls } from './store-message.ts'
import { topOf } from './top-of.ts'
import { createTurns } from './turns.ts'

export interface HistoryConfig extends RetentionConfig {
  /** Folder of the segments. */
  folder: string
  /** Memory of the engine. */
  memoryMb: number
  threads: number
  /** Records of a segment; the next one begins beyond it. */
  segmentRows: number
}

export interface HistoryDeps {
  /** Milliseconds since 1970. */
  now(): number
  log: StoreLog
  onDurable(batches: number): void
}

export interface History extends StoreCalls {
  append(batch: SentBatch): void
}

/** Beyond it, a segment's dictionary takes too much memory. */
const MAX_DICTIONARY = 500_000
const DAY_MS = 86_400_000

/** Opens the history in the folder; also gives the positions that are on the disk. */
export const openHistory = async (
  config: HistoryConfig,
  deps: HistoryDeps,
): Promise<{ history: History; positions: Position[] }> => {
  prepareFolder(config.folder)
  const engine = await startEngine(config)
  const segments = createSegments({ folder: config.folder, writer: engine.writer, log: deps.log })
  await segments.open()
  const current = await openCurrentSegment(engine.writer, segments.current)
  const history = createHistory(config, deps, { engine, segments, current })
  return { history, positions: current.positions() }
}

interface Opened {
  engine: Engine
  segments: Segments
  current: CurrentSegment
}

const createHistory = (
  config: HistoryConfig,
  { now, log, onDurable }: HistoryDeps,
  opened: Opened,
): History => {
  const { engine, segments } = opened
  let { current } = opened
  let beganOn = dayOf(now())
  const source = { engine, segments, now }
  const turns = createTurns()
  const maintenance = createMaintenance(config, {
    connection: engine.maintainer,
    segments,
    turns,
    now,
    log,
  })

  const isFull = (): boolean =>
    current.segment.rows >= config.segmentRows ||
    current.dictionary.size > MAX_DICTIONARY ||
    (current.segment.rows > 0 && dayOf(now()) !== beganOn)

  const target = async (): Promise<CurrentSegment> => {
    if (isFull()) {
      current.close()
      await segments.begin()
      current = await openCurrentSegment(engine.writer, segments.current)
      beganOn = dayOf(now())
      await maintenance.retain()
      void maintenance.run()
    }
    return current
  }

  const queue: AppendQueue = createAppendQueue({ target, log, onDurable })
  maintenance.start()
  void maintenance.run()

  return {
    append: queue.push,
    find: (request) => turns.take(() => findFlows(source, request)),
    top: (request) => turns.take(() => topOf(source, request)),
    series: (request) => turns.take(() => seriesOf(source, request)),
    async stats() {
      const { all } = segments
      const oldest = Math.min(...all.map(({ firstSecond }) => firstSecond))
      return {
        rows: all.reduce((sum, { rows }) => sum + rows, 0),
        bytesOnDisk: all.reduce((sum, segment) => sum + segments.bytesOf(segment), 0),
        oldestMs: Number.isFinite(oldest) ? oldest * 1000 : undefined,
        sealedSegments: all.filter(({ isSealed }) => isSealed).length,
      }
    },
    async backup() {
      throw new Error('not yet')
    },
    async stop() {
      await queue.stop()
      await maintenance.stop()
      await turns.take(async () => undefined)
      current.close()
      engine.stop()
    },
  }
}

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS)
