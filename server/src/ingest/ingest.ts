/** Waits for agents, on the Unix socket and over TLS, and takes in what they send. */
import { chmod, mkdir, stat, unlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { dirname } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'
import { formatServerAddress } from '@netscope/core/server-address.ts'
import type { ServerAddress } from '@netscope/core/server-address.ts'
import type { Logger } from 'pino'
import type { Pipeline } from '../pipeline.ts'
import { createIngestCounts } from './ingest-counts.ts'
import type { IngestCounts } from './ingest-counts.ts'
import { LOCAL, serveAgent } from './serve-agent.ts'
import type { Admission } from './serve-agent.ts'

/** Somewhat above the agents that are remembered: those that reconnect come before the old connection has gone. */
const MAX_CONNECTIONS = 300
/** Of records that wait to be durable, shared by all connections, and what each may have at most and at least. */
const MAX_PENDING_BYTES = 128 << 20
const [MOST_PENDING_BYTES, LEAST_PENDING_BYTES] = [8 << 20, 1 << 20]
/** To finish the handshake of TLS. */
const HANDSHAKE_MS = 5000

export interface Ingest {
  readonly counts: IngestCounts
  /** Port that agents of other machines connect to, once started; undefined: none may. */
  tlsPort(): number | undefined
  start(): Promise<void>
  stop(): Promise<void>
}

export interface IngestConfig {
  /** Path of the socket. */
  socket: string
  /** Where agents of other machines connect, and what they are shown; absent: none may. */
  tls?: ServerAddress & { certificate: string; key: string }
}

type TlsConfig = NonNullable<IngestConfig['tls']>

export interface IngestDeps {
  pipeline: Pipeline
  admission: Admission
  log: Logger
}

export const createIngest = (
  { socket: path, tls }: IngestConfig,
  { pipeline, admission, log }: IngestDeps,
): Ingest => {
  const counts = createIngestCounts()
  const open = new Set<Socket>()
  const servers: Server[] = []

  const maxPendingBytes = (): number =>
    Math.max(LEAST_PENDING_BYTES, Math.min(MOST_PENDING_BYTES, MAX_PENDING_BYTES / open.size))

  const take = (socket: Socket, from: string): void => {
    if (open.size >= MAX_CONNECTIONS) {
      counts.rejectedConnections++
      socket.destroy()
      return
    }
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    serveAgent(socket, { pipeline, admission, log, counts, from, maxPendingBytes })
  }

  const listenLocally = async (): Promise<void> => {
    await mkdir(dirname(path), { recursive: true })
    await removeStaleSocket(path)
    const server = createServer((socket) => take(socket, LOCAL))
    servers.push(server)
    await listen(server, { path }, (reason, cause) => {
      throw new NetscopeError('uplink.socket', { socket: path, reason }, { cause })
    })
    await chmod(path, 0o660)
    log.info({ socket: path }, 'waiting for agents')
  }

  const listenToOthers = async ({ host, port, certificate, key }: TlsConfig): Promise<void> => {
    const server = createTlsServer(
      { cert: certificate, key, minVersion: 'TLSv1.3', handshakeTimeout: HANDSHAKE_MS },
      (socket) => take(socket, socket.remoteAddress ?? 'gone'),
    )
    server.maxConnections = MAX_CONNECTIONS
    server.on('tlsClientError', (error, socket) => {
      counts.rejectedConnections++
      log.debug({ err: error, from: socket.remoteAddress }, 'no agent: its handshake failed')
    })
    servers.push(server)
    const address = formatServerAddress({ host, port })
    await listen(server, { host, port }, (reason, cause) => {
      throw new NetscopeError('uplink.cannot-listen', { address, reason }, { cause })
    })
    log.info({ address }, 'waiting for agents of other machines')
  }

  return {
    counts,
    tlsPort: () => {
      const address = servers[1]?.address()
      return typeof address === 'object' && address !== null ? address.port : undefined
    },
    async start() {
      await listenLocally()
      if (tls) await listenToOthers(tls)
    },
    async stop() {
      const closed = servers.map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      )
      for (const socket of open) socket.destroy()
      await Promise.all(closed)
      servers.length = 0
    },
  }
}

const listen = (
  server: Server,
  where: { path: string } | ServerAddress,
  onError: (reason: string, cause: Error) => never,
): Promise<void> =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, resolve)
  }).catch((error: Error) => onError(error.message, error))

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
