/** Batches on their way into the journal: in order, many with one wait for the disk; repeats are left out. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Journal } from './journal.ts'
import type { RunNames } from './run-names.ts'
import type { StoreLog } from './segments.ts'
import type { SentBatch } from './store-message.ts'

/** Bytes of records that are written at a time. */
export const WRITE_BYTES = 8 << 20
/** After a failure it waits that long, and again, until the disk has room or the server stops. */
const RETRY_MS = 2000

export interface TakenBatch {
  batch: SentBatch
  run: RunNames
}

export interface IntakeDeps {
  journal: Journal
  /** The last number of that run that is safe, or about to be. */
  positions: ReadonlyMap<string, number>
  log: StoreLog
  /** Resolves when there is room for more. */
  room(): Promise<void>
  /** The batches are on the disk; repeats are not among them. */
  onDurable(batches: readonly TakenBatch[], count: number): void
}

export interface Intake {
  push(batch: SentBatch, run: RunNames): void
  /** Resolves when nothing waits, or nothing more can be written. */
  stop(): Promise<void>
}

export const positionKey = (agent: string, epoch: number): string => `${epoch} ${agent}`

export const createIntake = ({ journal, positions, log, room, onDurable }: IntakeDeps): Intake => {
  const waiting: TakenBatch[] = []
  const last = new Map(positions)
  let working: Promise<void> | undefined
  let isStopping = false
  const stopping = Promise.withResolvers<void>()

  /** The first batches that wait, without repeats, and how many they are with them. */
  const next = (): { batches: TakenBatch[]; count: number } => {
    const batches: TakenBatch[] = []
    const numbers = new Map<string, number>()
    let [count, bytes] = [0, 0]
    for (const taken of waiting) {
      const { batch } = taken
      if (bytes > WRITE_BYTES) break
      count++
      const key = positionKey(batch.agent, batch.epoch)
      const before = numbers.get(key) ?? last.get(key)
      if (before !== undefined && isRepeat(batch.seq, before)) continue
      numbers.set(key, batch.seq)
      batches.push(taken)
      bytes += batch.records.length
    }
    return { batches, count }
  }

  const writeSome = async (): Promise<void> => {
    await Promise.race([room(), stopping.promise])
    const { batches, count } = next()
    if (batches.length > 0) await journal.append(batches.map(wholeBatch))
    for (const { batch } of batches) last.set(positionKey(batch.agent, batch.epoch), batch.seq)
    waiting.splice(0, count)
    onDurable(batches, count)
  }

  const work = async (): Promise<void> => {
    let hasFailed = false
    while (waiting.length > 0 && !(hasFailed && isStopping)) {
      try {
        if (hasFailed) await pause(RETRY_MS)
        await writeSome()
        hasFailed = false
      } catch (error) {
        hasFailed = true
        const reason = error instanceof Error ? error.message : String(error)
        log('error', { reason }, 'flow records cannot be written and wait')
      }
    }
    working = undefined
  }

  return {
    push(batch, run) {
      waiting.push({ batch, run })
      working ??= work()
    },
    async stop() {
      isStopping = true
      stopping.resolve()
      await working
    },
  }
}

/** An entry of the journal is understood by itself. */
const wholeBatch = ({ batch, run }: TakenBatch): SentBatch => ({
  ...batch,
  names: run.namesIn(batch.records),
})

/** Serial number arithmetic (RFC 1982): the numbers may wrap. */
export const isRepeat = (seq: number, last: number): boolean => ((seq - last) | 0) <= 0
