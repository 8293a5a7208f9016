/** Server-Sent Events (WHATWG HTML, section 9.2) over an answer that Fastify has let go of. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyReply } from 'fastify'
import type { EventSink } from './event-stream.ts'

const HEARTBEAT_MS = 15_000
/** How long a browser waits before it connects again. */
const RETRY_MS = 2000

/** Each costs up to MAX_WAITING_BYTES, and a query every second; a page takes two or three. */
export const MAX_STREAMS = 64

export interface SseConnections {
  readonly count: number
  /** Starts the answer; what `subscribe` returns is called once, whoever ends it. Throws `stream.too-many`. */
  open(reply: FastifyReply, subscribe: (sink: EventSink) => () => void): void
  start(): void
  /** Ends every open answer. */
  stop(): void
}

export const createSseConnections = (): SseConnections => {
  const open = new Set<FastifyReply['raw']>()
  let heartbeat: NodeJS.Timeout | undefined

  return {
    get count() {
      return open.size
    },
    open(reply, subscribe) {
      if (open.size >= MAX_STREAMS)
        throw new NetscopeError('stream.too-many', { limit: MAX_STREAMS })
      const { raw } = reply
      reply.hijack()
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      })
      raw.write(`retry: ${RETRY_MS}\n\n`)
      open.add(raw)
      raw.on('error', () => undefined)
      const unsubscribe = subscribe({
        write: (bytes) => void raw.write(bytes),
        waitingBytes: () => raw.writableLength,
      })
      raw.once('close', () => {
        open.delete(raw)
        unsubscribe()
      })
    },
    start() {
      heartbeat = setInterval(() => {
        for (const raw of open) if (raw.writableLength === 0) raw.write(':\n\n')
      }, HEARTBEAT_MS)
    },
    stop() {
      clearInterval(heartbeat)
      for (const raw of open) raw.end(() => raw.destroy())
    },
  }
}
