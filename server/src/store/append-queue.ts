/** Batches on their way to the disk: in order, many in one transaction, each stored once. */
import { setTimeout as pause } from 'node:timers/promises'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import type { RunNames } from './run-names.ts'
import { createRunNames } from './run-names.ts'
import type { SegmentDictionary } from './segment-dictionary.ts'
import type { Position } from './segment-writer.ts'
import { createStage } from './stage.ts'
import type { Stage } from './stage.ts'
import type { StoreLog } from './segments.ts'
import type { SentBatch } from './store-message.ts'

/** Records of one transaction: what comes meanwhile waits for the next one. */
const COMMIT_RECORDS = 65_536
/** After a failure it waits that long, and again, until the disk has room or the server stops. */
const RETRY_MS = 2000

/** What the queue writes to: the segment in use, opened anew after a failure. */
export interface Target {
  readonly dictionary: SegmentDictionary
  /** Number of the next row of details. */
  readonly firstDetail: number
  lastSeq(agent: string, epoch: number): number | undefined
  write(stage: Stage, positions: readonly Position[]): Promise<void>
  /** After a failed write: to be as the disk is. */
  reopen(): Promise<void>
}

export interface AppendQueueDeps {
  /** The segment that is to be written to now; makes the next one where it is time. */
  target(): Promise<Target>
  log: StoreLog
  /** So many batches more are durable. */
  onDurable(batches: number): void
}

export interface AppendQueue {
  push(batch: SentBatch): void
  /** Resolves when nothing waits, or nothing more can be written. */
  stop(): Promise<void>
}

export const createAppendQueue = ({ target, log, onDurable }: AppendQueueDeps): AppendQueue => {
  const waiting: { batch: SentBatch; run: RunNames }[] = []
  const runs = new Map<string, RunNames>()
  const stage = createStage()
  let working: Promise<void> | undefined
  let isStopping = false

  /** What waits of a run before keeps the names of that run. */
  const runOf = ({ agent, names }: SentBatch): RunNames => {
    const known = names.isNewRun ? undefined : runs.get(agent)
    const run = known ?? createRunNames(agent)
    runs.set(agent, run)
    run.take(names)
    return run
  }

  /** Fills the stage from the first batches; returns how many they are, and the positions after them. */
  const decode = (to: Target): { batches: number; positions: Position[] } => {
    const positions = new Map<string, Position>()
    stage.clear(to.firstDetail)
    let batches = 0
    for (const { batch, run } of waiting) {
      const count = batch.records.length / RECORD_BYTES
      if (batches > 0 && stage.rows + count > COMMIT_RECORDS) break
      batches++
      const { agent, epoch, seq } = batch
      const key = `${epoch} ${agent}`
      const last = positions.get(key)?.seq ?? to.lastSeq(agent, epoch)
      if (last !== undefined && isRepeat(seq, last)) continue
      positions.set(key, { agent, epoch, seq })
      addRecords(stage, batch, run.idsFor(to.dictionary))
    }
    return { batches, positions: [...positions.values()] }
  }

  const writeSome = async (): Promise<void> => {
    const to = await target()
    const { batches, positions } = decode(to)
    if (positions.length > 0) await to.write(stage, positions)
    waiting.splice(0, batches)
    onDurable(batches)
  }

  const recover = async (error: unknown): Promise<void> => {
    const reason = error instanceof Error ? error.message : String(error)
    log('error', { reason }, 'flow records cannot be written and wait')
    await pause(RETRY_MS)
    await (await target()).reopen()
  }

  const work = async (): Promise<void> => {
    let failed: unknown
    while (waiting.length > 0 && !(failed !== undefined && isStopping)) {
      try {
        if (failed !== undefined) await recover(failed)
        await writeSome()
        failed = undefined
      } catch (error) {
        failed = error
      }
    }
    working = undefined
  }

  return {
    push(batch) {
      waiting.push({ batch, run: runOf(batch) })
      working ??= work()
    },
    async stop() {
      isStopping = true
      await working
    },
  }
}

const addRecords = (stage: Stage, batch: SentBatch, ids: ReturnType<RunNames['idsFor']>): void => {
  const context: FlowContext = {
    agent: batch.agent,
    wallOffsetMs: batch.wallOffsetMs,
    interfaceName: () => '',
    text: () => '',
    process: () => undefined,
  }
  const reader = new FlowReader(batch.records, context)
  for (let at = 0; at < batch.records.length; at += RECORD_BYTES) stage.add(reader.seek(at), ids)
}

/** Serial number arithmetic (RFC 1982): the numbers may wrap. */
const isRepeat = (seq: number, last: number): boolean => ((seq - last) | 0) <= 0
