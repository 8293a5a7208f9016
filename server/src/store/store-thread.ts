/** The thread of the history: takes what the server's thread sends, and answers. */
import { parentPort, workerData } from 'node:worker_threads'
import { NetscopeError } from '@netscope/core/errors.ts'
import { openHistory } from './history.ts'
import type { History, HistoryConfig } from './history.ts'
import type { FromStore, SentError, ToStore } from './store-message.ts'

const port = parentPort
if (!port) throw new Error('this is a thread of the server')

const send = (message: FromStore): void => port.postMessage(message)

const errorOf = (error: unknown): SentError => {
  if (error instanceof NetscopeError) return { code: error.code, params: { ...error.params } }
  return { message: error instanceof Error ? error.message : String(error) }
}

const answer = async (
  history: History,
  { id, call, request }: Extract<ToStore, { is: 'call' }>,
): Promise<void> => {
  try {
    const run = history[call] as (request: unknown) => Promise<unknown>
    send({ is: 'answer', id, result: await run(request) })
  } catch (error) {
    send({ is: 'refusal', id, error: errorOf(error) })
  }
}

try {
  const { history, positions } = await openHistory(workerData as HistoryConfig, {
    now: Date.now,
    log: (level, fields, message) => send({ is: 'log', level, fields, message }),
    onDurable: (batches) => send({ is: 'durable', batches }),
  })
  port.on('message', (message: ToStore) => {
    if (message.is === 'append') history.append(message.batch)
    else void answer(history, message)
  })
  send({
    is: 'started',
    positions: positions.map(({ agent, epoch, seq }) => [agent, epoch, seq]),
  })
} catch (error) {
  send({ is: 'failed', error: errorOf(error) })
}
