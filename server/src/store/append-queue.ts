/** Batches on their way from the journal into the segment: in order, many in one transaction, each stored once. */
import { setImmediate as others, setTimeout as pause } from 'node:timers/promises'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { isRepeat } from './intake.ts'
import type { RunNames } from './run-names.ts'
import type { Parts } from './parts.ts'
import type { SegmentDictionary } from './segment-dictionary.ts'
import type { Position } from './segment-writer.ts'
import { createStage } from './stage.ts'
import type { Stage } from './stage.ts'
import type { StoreLog } from './segments.ts'
import type { SentBatch } from './store-message.ts'

/** What is less than a transaction waits that long for more. */
const GATHER_MS = 2000
/** Transactions that may wait before no more is taken into the journal. */
export const MAX_WAITING = 3
/** After a failure it waits that long, and again, until the disk has room or the server stops. */
const RETRY_MS = 2000

/** What the queue writes to: the segment in use, opened anew after a failure. */
export interface Target {
  readonly dictionary: SegmentDictionary
  readonly parts: Parts
  /** Number of the next row of details. */
  readonly firstDetail: number
  lastSeq(agent: string, epoch: number): number | undefined
  write(stage: Stage, positions: readonly Position[]): Promise<void>
  /** After a failed write: to be as the disk is. */
  reopen(): Promise<void>
}

export interface AppendQueueConfig {
  /** Records of one transaction. Above 122,880, a row group, the engine writes them as they stay, and its log a word. */
  commitRecords: number
}

export interface AppendQueueDeps {
  /** The segment that is to be written to now; makes the next one where it is time. */
  target(): Promise<Target>
  log: StoreLog
  /** So many batches more are in a segment. */
  onWritten(batches: number): Promise<void>
}

export interface AppendQueue {
  push(batch: SentBatch, run: RunNames): void
  /** Resolves when there is room for more. */
  room(): Promise<void>
  /** Resolves when everything that waits now is written, or the disk has no room. */
  flush(): Promise<void>
  /** Resolves when nothing waits, or nothing more can be written. */
  stop(): Promise<void>
}

export const createAppendQueue = (
  { commitRecords }: AppendQueueConfig,
  { target, log, onWritten }: AppendQueueDeps,
): AppendQueue => {
  const waiting: { batch: SentBatch; run: RunNames }[] = []
  const stage = createStage()
  let waitingRecords = 0
  let working: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  /** Batches that do not wait for more. */
  let flushLeft = 0
  let isStopping = false
  let hasFailed = false
  const onRoom: (() => void)[] = []

  const isFull = (): boolean => waitingRecords >= MAX_WAITING * commitRecords

  /** Fills the stage from the first batches; tells how many they are, and the positions after them. */
  const decode = async (to: Target): Promise<{ batches: number; positions: Position[] }> => {
    const positions = new Map<string, Position>()
    stage.clear(to.firstDetail)
    let batches = 0
    for (const { batch, run } of waiting) {
      const count = recordsOf(batch)
      if (batches > 0 && stage.rows + count > commitRecords) break
      batches++
      const { agent, epoch, seq } = batch
      const key = `${epoch} ${agent}`
      const last = positions.get(key)?.seq ?? to.lastSeq(agent, epoch)
      if (last !== undefined && isRepeat(seq, last)) continue
      positions.set(key, { agent, epoch, seq })
      addRecords(stage, batch, run.idsFor(to.dictionary), to.parts)
      // The journal works in this thread, too.
      await others()
    }
    return { batches, positions: [...positions.values()] }
  }

  const writeSome = async (): Promise<void> => {
    const to = await target()
    const { batches, positions } = await decode(to)
    if (positions.length > 0) await to.write(stage, positions)
    for (const { batch } of waiting.splice(0, batches)) waitingRecords -= recordsOf(batch)
    flushLeft = Math.max(0, flushLeft - batches)
    if (!isFull()) for (const resolve of onRoom.splice(0)) resolve()
    await onWritten(batches)
  }

  const recover = async (error: unknown): Promise<void> => {
    const reason = error instanceof Error ? error.message : String(error)
    log('error', { reason }, 'flow records wait in the journal: they cannot be written')
    await pause(RETRY_MS)
    await (await target()).reopen()
  }

  const isDue = (): boolean =>
    waiting.length > 0 && (waitingRecords >= commitRecords || flushLeft > 0 || isStopping)

  const work = async (): Promise<void> => {
    let failed: unknown
    while (isDue() && !(failed !== undefined && isStopping)) {
      try {
        if (failed !== undefined) await recover(failed)
        await writeSome()
        failed = undefined
      } catch (error) {
        if (isFatal(error)) throw error
        failed = error
      }
      hasFailed = failed !== undefined
    }
    flushLeft = 0
    working = undefined
    if (waiting.length > 0) timer ??= setTimeout(() => void begin(), GATHER_MS)
  }

  const begin = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    flushLeft = waiting.length
    working ??= work()
    return working
  }

  return {
    push(batch, run) {
      waiting.push({ batch, run })
      waitingRecords += recordsOf(batch)
      if (waitingRecords >= commitRecords) working ??= work()
      else if (!working) timer ??= setTimeout(() => void begin(), GATHER_MS)
    },
    room: () => (isFull() ? new Promise((resolve) => onRoom.push(resolve)) : Promise.resolve()),
    async flush() {
      if (waiting.length > 0 && !hasFailed) await begin()
    },
    async stop() {
      isStopping = true
      await (waiting.length > 0 ? begin() : working)
      clearTimeout(timer)
    },
  }
}

/** The engine does nothing more in this process: the thread ends, and the server with it. */
const isFatal = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('database has been invalidated')

const recordsOf = ({ records }: SentBatch): number => records.length / RECORD_BYTES

const addRecords = (
  stage: Stage,
  batch: SentBatch,
  ids: ReturnType<RunNames['idsFor']>,
  parts: Parts,
): void => {
  const context: FlowContext = {
    agent: batch.agent,
    wallOffsetMs: batch.wallOffsetMs,
    interfaceName: () => '',
    text: () => '',
    process: () => undefined,
  }
  const reader = new FlowReader(batch.records, context)
  for (let at = 0; at < batch.records.length; at += RECORD_BYTES) {
    const before = parts.take(batch.agent, reader.seek(at), ids)
    if (before !== false) stage.add(reader, ids, before)
  }
}
