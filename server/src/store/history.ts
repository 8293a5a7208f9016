/** The history in its thread: segments, the queue that writes, and the questions. */
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { createAppendQueue } from './append-queue.ts'
import type { AppendQueueConfig } from './append-queue.ts'
import { copySegments } from './copy-segments.ts'
import { openCurrentSegment } from './current-segment.ts'
import type { CurrentSegment } from './current-segment.ts'
import { startEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import { findFlows } from './find-flows.ts'
import { createIntake, isRepeat, positionKey } from './intake.ts'
import { createJournal } from './journal.ts'
import type { Journal } from './journal.ts'
import { createMaintenance } from './maintenance.ts'
import type { RetentionConfig } from './maintenance.ts'
import { createRuns } from './run-names.ts'
import { createSegments, prepareFolder } from './segments.ts'
import type { Segments, StoreLog } from './segments.ts'
import type { Position } from './segment-writer.ts'
import { seriesOf } from './series-of.ts'
import type { SentBatch, StoreCalls } from './store-message.ts'
import { topOf } from './top-of.ts'
import { createTurns } from './turns.ts'

export interface HistoryConfig extends RetentionConfig, AppendQueueConfig {
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
  const journal = createJournal(config.folder, config.commitRecords * RECORD_BYTES)
  const recovered = await journal.recover()
  const positions = positionsAfter(current.positions(), recovered)
  const opened = { engine, segments, current, journal, positions }
  const history = createHistory(config, deps, opened, recovered)
  return { history, positions: [...positions.values()] }
}

/** By run: what the segments have, and what the journal has on top. */
const positionsAfter = (
  written: readonly Position[],
  recovered: readonly SentBatch[],
): Map<string, Position> => {
  const positions = new Map(written.map((of) => [positionKey(of.agent, of.epoch), of]))
  for (const { agent, epoch, seq } of recovered) {
    const key = positionKey(agent, epoch)
    const before = positions.get(key)?.seq
    if (before === undefined || !isRepeat(seq, before)) positions.set(key, { agent, epoch, seq })
  }
  return positions
}

interface Opened {
  engine: Engine
  segments: Segments
  current: CurrentSegment
  journal: Journal
  /** What is safe, by run. */
  positions: ReadonlyMap<string, Position>
}

const createHistory = (
  config: HistoryConfig,
  { now, log, onDurable }: HistoryDeps,
  opened: Opened,
  recovered: readonly SentBatch[],
): History => {
  const { engine, segments, journal } = opened
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

  const runs = createRuns()
  const queue = createAppendQueue(config, { target, log, onWritten: journal.taken })
  const intake = createIntake({
    journal,
    positions: new Map([...opened.positions].map(([key, { seq }]) => [key, seq])),
    log,
    room: queue.room,
    onDurable(batches, count) {
      for (const { batch, run } of batches) queue.push(batch, run)
      onDurable(count)
    },
  })
  for (const batch of recovered) queue.push(batch, runs.of(batch))
  maintenance.start()
  void maintenance.run()

  /** What was durable when somebody asked is in the answer. */
  const answer = async <T>(ask: () => Promise<T>): Promise<T> => {
    await queue.flush()
    return turns.take(ask)
  }

  return {
    append: (batch) => intake.push(batch, runs.of(batch)),
    find: (request) => answer(() => findFlows(source, request)),
    top: (request) => answer(() => topOf(source, request)),
    series: (request) => answer(() => seriesOf(source, request)),
    async stats() {
      await queue.flush()
      const { all } = segments
      const oldest = Math.min(...all.map(({ firstSecond }) => firstSecond))
      return {
        rows: all.reduce((sum, { rows }) => sum + rows, 0),
        bytesOnDisk: all.reduce((sum, segment) => sum + segments.bytesOf(segment), 0),
        oldestMs: Number.isFinite(oldest) ? oldest * 1000 : undefined,
        sealedSegments: all.filter(({ isSealed }) => isSealed).length,
      }
    },
    backup: (folder) => answer(() => copySegments({ engine, segments }, folder)),
    async stop() {
      await intake.stop()
      await queue.stop()
      await journal.close()
      await maintenance.stop()
      await turns.take(async () => undefined)
      current.close()
      engine.stop()
    },
  }
}

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS)
