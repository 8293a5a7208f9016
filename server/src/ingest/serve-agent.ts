/** One connection of an agent: hello first, then frames, each acknowledged once it is taken in. */
import type { Socket } from 'node:net'
import { createFrameDecoder, encodeFrame, encodeJsonFrame } from '@netscope/core/frame.ts'
import { FRAME } from '@netscope/core/wire.ts'
import type { Logger } from 'pino'
import type { Agent, AgentLink } from '../agents.ts'
import type { Pipeline } from '../pipeline.ts'
import type { IngestCounts } from './ingest-counts.ts'
import { parseHello } from './messages.ts'

const HELLO_WITHIN_MS = 5000
/** Commands and acknowledgements that may wait for an agent; beyond it, it does not read. */
const MAX_WAITING_BYTES = 4 << 20

interface Deps {
  pipeline: Pipeline
  counts: IngestCounts
  log: Logger
}

/** Bytes that break the protocol close this connection, with one line in the log; nothing is thrown. */
export const serveAgent = (socket: Socket, { pipeline, counts, log }: Deps): void => {
  let agent: Agent | undefined
  let problem: string | undefined
  let unacknowledged = false
  counts.connections++

  const write = (frame: Uint8Array): void => {
    socket.write(frame)
    if (socket.writableLength > MAX_WAITING_BYTES) problem ??= 'it does not read what it is sent'
  }

  const link: AgentLink = {
    send(type, value) {
      write(encodeJsonFrame(type, 0, value))
      if (problem !== undefined && !socket.destroyed) reject(problem)
    },
    close: () => socket.destroy(),
  }

  const welcome = (type: number, payload: Uint8Array): string | undefined => {
    const hello =
      type === FRAME.hello ? parseHello(payload) : { problem: 'the first frame is not a hello' }
    if ('problem' in hello) return hello.problem
    clearTimeout(helloTimer)
    agent = pipeline.connected(hello.value, link)
    return agent ? undefined : 'there are too many agents'
  }

  const take = (type: number, seq: number, payload: Uint8Array): string | undefined => {
    if (!agent) return welcome(type, payload)
    if (type === FRAME.hello) return 'a second hello'
    counts.frames++
    unacknowledged = true
    if (agent.lastSeq !== undefined && isRepeat(seq, agent.lastSeq)) {
      counts.repeatedFrames++
      return undefined
    }
    const wrong = pipeline.take(agent, type, payload)
    if (wrong === undefined) agent.lastSeq = seq
    return wrong
  }

  const decoder = createFrameDecoder((type, seq, payload) => {
    problem ??= take(type, seq, payload)
  })

  const reject = (reason: string): void => {
    counts.rejectedConnections++
    log.warn({ agent: agent?.name, reason }, 'closing the connection of an agent')
    socket.destroy()
  }

  const helloTimer = setTimeout(() => reject('no hello in time'), HELLO_WITHIN_MS)

  socket.on('data', (chunk: Buffer) => {
    if (problem !== undefined) return
    counts.bytes += chunk.length
    const broken = decoder.push(chunk)
    problem ??= broken
    if (agent?.lastSeq !== undefined && unacknowledged) write(encodeFrame(FRAME.ack, agent.lastSeq))
    unacknowledged = false
    if (problem !== undefined) reject(problem)
  })
  socket.on('error', (error) => log.debug({ err: error, agent: agent?.name }, 'uplink broke'))
  socket.once('close', () => {
    clearTimeout(helloTimer)
    if (agent) pipeline.disconnected(agent, link)
  })
}

/** Serial number arithmetic (RFC 1982): the numbers may wrap. */
const isRepeat = (seq: number, last: number): boolean => ((seq - last) | 0) <= 0
