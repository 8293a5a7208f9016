/** One output at work: gathers events, hands them to its sink, and tries again until they are taken. */
import { randomUUID } from 'node:crypto'
import type { Outcome } from '../notify/channel.ts'
import { failureOf } from '../notify/channel.ts'
import { noCounts } from './export-line.ts'
import type { ExportBatch, ExportCounts, Exported, ExportLine } from './export-line.ts'
import { createLineQueue } from './line-queue.ts'
import type { Sink, SinkKind } from './sink.ts'

/** Since the server started. */
export interface OutputFigures {
  sent: ExportCounts
  lost: ExportCounts
  /** Events, and their bytes, also those under way. */
  waiting: number
  waitingBytes: number
  /** Of the last attempt; empty: it went well. */
  error: string
  /** Milliseconds since 1970; 0: never. */
  errorAtMs: number
  sentAtMs: number
}

export interface Output {
  add(line: ExportLine): void
  /** What could not be made a line of. */
  lose(what: Exported): void
  figures(): OutputFigures
  /** Sends what waits, once; what is not taken is lost. */
  stop(): Promise<void>
}

export interface OutputDeps {
  sink: Sink
  kind: Pick<SinkKind, 'gatherMs' | 'batch'>
  queueBytes: number
  /** Milliseconds since 1970. */
  now(): number
  /** From 0 to 1. */
  random(): number
  /** Called when it fails after it went well, and the other way round. */
  onChange(error: string): void
}

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 60_000
/** No event is longer: what an agent or a program reports is bounded, and so is a datagram. */
const LONGEST_BYTES = 65_000

export const retryMs = (attempts: number, random: number): number =>
  Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(10, attempts - 1)) * (0.75 + random / 4)

export const createOutput = (deps: OutputDeps): Output => {
  const { sink, kind, now } = deps
  const queue = createLineQueue(deps.queueBytes)
  const sent = noCounts()
  const lost = noCounts()
  let under: { batch: ExportBatch; bytes: number } | undefined
  let error = ''
  let errorAtMs = 0
  let sentAtMs = 0
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | undefined
  let wake: (() => void) | undefined
  let isStopping = false

  const say = (reason: string): void => {
    if ((reason === '') !== (error === '')) deps.onChange(reason)
    error = reason
    if (reason !== '') errorAtMs = now()
  }

  const count = (to: ExportCounts, lines: readonly ExportLine[]): void => {
    for (const { what } of lines) to[what]++
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const late = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(late)
        resolve()
      }
    })

  const attempt = async (batch: ExportBatch): Promise<Outcome> => {
    try {
      return await sink.send(batch)
    } catch (thrown) {
      return failureOf(thrown)
    }
  }

  const deliver = async (batch: ExportBatch): Promise<void> => {
    for (let attempts = 1; ; attempts++) {
      const outcome = await attempt(batch)
      if (outcome.kind === 'sent') {
        count(sent, batch.lines)
        sentAtMs = now()
        return say('')
      }
      say(outcome.reason)
      if (outcome.kind === 'refused' || isStopping) return count(lost, batch.lines)
      const asked = outcome.kind === 'later' ? outcome.afterMs : undefined
      await pause(asked ?? retryMs(attempts, deps.random()))
    }
  }

  const work = async (): Promise<void> => {
    while (queue.size > 0) {
      const lines = queue.take(kind.batch.lines, kind.batch.bytes)
      const batch = { id: randomUUID(), lines }
      under = { batch, bytes: lines.reduce((sum, { bytes }) => sum + bytes, 0) }
      await deliver(batch)
      under = undefined
    }
    working = undefined
  }

  const begin = (): void => {
    timer = undefined
    working ??= work()
  }

  return {
    add(line) {
      if (line.bytes > LONGEST_BYTES || isStopping || !queue.add(line)) {
        lost[line.what]++
        return
      }
      if (!working) timer ??= setTimeout(begin, kind.gatherMs)
    },
    lose: (what) => void lost[what]++,
    figures: () => ({
      ...{ sent: { ...sent }, lost: { ...lost }, error, errorAtMs, sentAtMs },
      waiting: queue.size + (under?.batch.lines.length ?? 0),
      waitingBytes: queue.bytes + (under?.bytes ?? 0),
    }),
    async stop() {
      isStopping = true
      clearTimeout(timer)
      wake?.()
      begin()
      await working
      await sink.close()
    },
  }
}
