/** Waits on the Unix socket for agents and takes in what they send. */
import { chmod, mkdir, stat, unlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { dirname } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Logger } from 'pino'
import type { Pipeline } from '../pipeline.ts'
import { createIngestCounts } from './ingest-counts.ts'
import type { IngestCounts } from './ingest-counts.ts'
import { serveAgent } from './serve-agent.ts'

const MAX_CONNECTIONS = 64

export interface Ingest {
  readonly counts: IngestCounts
  start(): Promise<void>
  stop(): Promise<void>
}

export interface IngestConfig {
  /** Path of the socket. */
  socket: string
}

export const createIngest = (
  { socket: path }: IngestConfig,
  { pipeline, log }: { pipeline: Pipeline; log: Logger },
): Ingest => {
  const counts = createIngestCounts()
  const open = new Set<Socket>()
  let server: Server | undefined

  const take = (socket: Socket): void => {
    if (open.size >= MAX_CONNECTIONS) {
      counts.rejectedConnections++
      socket.destroy()
      return
    }
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    serveAgent(socket, { pipeline, log, counts })
  }

  return {
    counts,
    async start() {
      await mkdir(dirname(path), { recursive: true })
      await removeStaleSocket(path)
      server = createServer(take)
      await listen(server, path)
      await chmod(path, 0o660)
      log.info({ socket: path }, 'waiting for agents')
    },
    async stop() {
      const closed = new Promise<void>((resolve) =>
        server ? server.close(() => resolve()) : resolve(),
      )
      for (const socket of open) socket.destroy()
      await closed
      server = undefined
    },
  }
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new NetscopeError(
          'uplink.socket',
          { socket: path, reason: error.message },
          { cause: error },
        ),
      ),
    )
    server.listen(path, resolve)
  })

/** What a killed server left behind is removed; a socket that somebody answers on, or another file, is not. */
const removeStaleSocket = async (path: string): Promise<void> => {
  const found = await stat(path).catch(() => undefined)
  if (!found) return
  const outcome = found.isSocket() ? await knock(path) : 'there is another kind of file'
  if (outcome === 'ECONNREFUSED') return unlink(path)
  throw new NetscopeError('uplink.socket', { socket: path, reason: outcome })
}

const knock = (path: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve('another server listens on it')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
