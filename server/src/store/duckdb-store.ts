/** The history in DuckDB, in a thread of its own: neither writing nor asking holds up the server's thread. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { ErrorCode } from '@netscope/core/errors.ts'
import type { Logger } from 'pino'
import type { FlowStore } from './flow-store.ts'
import type { HistoryConfig } from './history.ts'
import { createRunMemory } from './run-memory.ts'
import type { RunMemory } from './run-memory.ts'
import type { FromStore, SentError, StoreCall, StoreCalls, ToStore } from './store-message.ts'

interface Waiting {
  resolve(value: never): void
  reject(error: Error): void
}

interface WaitingBatch extends Waiting {
  bytes: number
  agent: string
  epoch: number
  seq: number
}

const restored = (error: SentError): Error =>
  'code' in error
    ? new NetscopeError(error.code as ErrorCode, error.params)
    : new Error(error.message)

export const createDuckdbStore = (config: HistoryConfig, { log }: { log: Logger }): FlowStore => {
  const calls = new Map<number, Waiting>()
  /** In the order in which they were handed over; the thread keeps it. */
  const batches: WaitingBatch[] = []
  const positions = new Map<string, number>()
  const runs = new Map<string, RunMemory>()
  let worker: Worker | undefined
  let backlogBytes = 0
  let nextCall = 1

  const keyOf = (agent: string, epoch: number): string => `${epoch} ${agent}`
  const post = (message: ToStore, transfer: ArrayBuffer[] = []): void =>
    worker?.postMessage(message, transfer)

  const call = <C extends StoreCall>(
    name: C,
    request?: Parameters<StoreCalls[C]>[0],
  ): ReturnType<StoreCalls[C]> =>
    new Promise((resolve, reject) => {
      if (!worker) return reject(new NetscopeError('history.stopped'))
      const id = nextCall++
      calls.set(id, { resolve, reject })
      post({ is: 'call', id, call: name, request })
    }) as ReturnType<StoreCalls[C]>

  const settle = (count: number): void => {
    for (const batch of batches.splice(0, count)) {
      backlogBytes -= batch.bytes
      const key = keyOf(batch.agent, batch.epoch)
      positions.set(key, Math.max(batch.seq, positions.get(key) ?? 0))
      batch.resolve(undefined as never)
    }
  }

  const abandon = (error: Error): void => {
    for (const { reject } of [...calls.values(), ...batches.splice(0)]) reject(error)
    calls.clear()
    backlogBytes = 0
    worker = undefined
  }

  const onMessage = (message: Exclude<FromStore, { is: 'started' | 'failed' }>): void => {
    switch (message.is) {
      case 'durable':
        return settle(message.batches)
      case 'log':
        return log[message.level](message.fields, message.message)
      case 'answer':
        calls.get(message.id)?.resolve(message.result as never)
        break
      case 'refusal':
        calls.get(message.id)?.reject(restored(message.error))
    }
    calls.delete(message.id)
  }

  return {
    get backlogBytes() {
      return backlogBytes
    },
    start: () =>
      new Promise((resolve, reject) => {
        const thread = new Worker(join(import.meta.dirname, 'store-thread.ts'), {
          workerData: config,
        })
        worker = thread
        let isStarted = false
        thread.on('message', (message: FromStore) => {
          if (message.is === 'started') {
            for (const [agent, epoch, seq] of message.positions)
              positions.set(keyOf(agent, epoch), seq)
            isStarted = true
            resolve()
          } else if (message.is === 'failed') {
            void thread.terminate()
            worker = undefined
            reject(restored(message.error))
          } else onMessage(message)
        })
        thread.on('error', (error: Error) => {
          log.fatal({ err: error }, 'the thread of the history broke')
          abandon(error)
          reject(error)
          // Nobody can go on without it; a server that starts again finds what was acknowledged in the journal.
          if (isStarted) throw error
        })
        thread.on('exit', () => abandon(new NetscopeError('history.stopped')))
      }),
    async stop() {
      const thread = worker
      if (!thread) return
      await call('stop')
      await thread.terminate()
    },
    append: ({ agent, epoch, seq, records, context }) =>
      new Promise<void>((resolve, reject) => {
        if (!worker) return reject(new NetscopeError('history.stopped'))
        const run = runs.get(agent) ?? createRunMemory()
        runs.set(agent, run)
        const names = run.freshNames(records, context)
        const copy = new Uint8Array(records)
        const { wallOffsetMs } = context
        batches.push({ resolve, reject, bytes: copy.length, agent, epoch, seq })
        backlogBytes += copy.length
        post({ is: 'append', batch: { agent, epoch, seq, wallOffsetMs, records: copy, names } }, [
          copy.buffer,
        ])
      }),
    lastSeq: (agent, epoch) => positions.get(keyOf(agent, epoch)),
    find: (request) => call('find', request),
    top: (request) => call('top', request),
    series: (request) => call('series', request),
    stats: () => call('stats'),
    backup: (folder) => call('backup', folder),
  }
}
