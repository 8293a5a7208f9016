/** One connection of an agent: hello first, then frames, each acknowledged once it is taken in and durable. */
import type { Socket } from 'node:net'
import { createFrameDecoder, encodeFrame, encodeJsonFrame } from '@netscope/core/frame.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { FRAME, MAX_FRAME_BYTES, UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import type { Hello, Join, Joined } from '@netscope/core/wire.ts'
import type { Logger } from 'pino'
import type { Agent, AgentLink } from '../agents.ts'
import type { Pipeline, Taken } from '../pipeline.ts'
import { createAcknowledgements } from './acknowledgements.ts'
import { createClockSkew } from './clock-skew.ts'
import type { IngestCounts } from './ingest-counts.ts'
import { parseHello, parseJoin, protocolOf } from './messages.ts'

const HELLO_WITHIN_MS = 5000
/** Of a peer that has not said who it is. */
const MAX_FIRST_FRAME_BYTES = 16_384
/** Commands and acknowledgements that may wait for an agent; beyond it, it does not read. */
const MAX_WAITING_BYTES = 4 << 20
const PING_MS = 5000
/** An agent tells its status every second; one from which nothing comes for so long is gone. */
const SILENCE_MS = 15_000

/** Address of an agent on the Unix socket: whoever may open that file may come in. */
export const LOCAL = 'local'

/** Who may come in. */
export interface Admission {
  /** Throws NetscopeError when this agent may not. `from`: its address, or LOCAL. */
  admit(hello: Hello, from: string): void
  /** Makes the holder of a join token a member; throws NetscopeError. */
  join(join: Join, from: string): Joined
}

interface Deps {
  pipeline: Pipeline
  admission: Admission
  counts: IngestCounts
  log: Logger
  /** Address of the agent, or LOCAL. */
  from: string
  /** Records that may wait to be durable; beyond it the agent is read no further. */
  maxPendingBytes(): number
}

/** Bytes that break the protocol close this connection, with one line in the log; nothing is thrown. */
export const serveAgent = (socket: Socket, deps: Deps): void => {
  const { pipeline, admission, counts, log, from, maxPendingBytes } = deps
  let agent: Agent | undefined
  let problem: string | undefined
  let heardAtMs = performance.now()
  const skew = createClockSkew({ now: () => performance.now(), wallNow: Date.now })
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

  const acknowledgements = createAcknowledgements({
    send: (seq) => write(encodeFrame(FRAME.ack, seq)),
    onProgress: () => {
      heardAtMs = performance.now()
      if (acknowledgements.waitingBytes <= maxPendingBytes() / 2) socket.resume()
    },
    onFailure: (reason) => reject(`its records cannot be stored: ${reason}`),
  })

  /** Says why, and closes once that is said. */
  const refuse = (error: unknown): string => {
    if (!(error instanceof NetscopeError)) throw error
    const { code, message, remedy } = error
    socket.end(encodeJsonFrame(FRAME.refused, 0, { code, message, remedy }))
    return message
  }

  const welcome = (type: number, payload: Uint8Array): string | undefined => {
    if (type !== FRAME.hello && type !== FRAME.join) return 'the first frame is not a hello'
    clearTimeout(helloTimer)
    const protocol = protocolOf(payload)
    if (protocol !== undefined && protocol !== UPLINK_PROTOCOL)
      return refuse(
        new NetscopeError('fleet.protocol', { theirs: protocol, ours: UPLINK_PROTOCOL }),
      )
    return type === FRAME.hello ? greet(payload) : enrol(payload)
  }

  const greet = (payload: Uint8Array): string | undefined => {
    const hello = parseHello(payload)
    if ('problem' in hello) return hello.problem
    try {
      admission.admit(hello.value, from)
    } catch (error) {
      return refuse(error)
    }
    agent = pipeline.connected(hello.value, link, from)
    if (!agent) return refuse(new NetscopeError('fleet.too-many'))
    pinger = setInterval(look, PING_MS)
    look()
    return undefined
  }

  const enrol = (payload: Uint8Array): string | undefined => {
    const join = parseJoin(payload)
    if ('problem' in join) return join.problem
    try {
      const joined = admission.join(join.value, from)
      log.info({ agent: joined.agent, from }, 'an agent has joined')
      socket.end(encodeJsonFrame(FRAME.joined, 0, joined))
      isOver = true
      return undefined
    } catch (error) {
      return refuse(error)
    }
  }

  const take = (type: number, seq: number, payload: Uint8Array): string | undefined => {
    if (!agent) return welcome(type, payload)
    if (type === FRAME.hello) return 'a second hello'
    counts.frames++
    const taken = takeOnce(agent, type, seq, payload)
    if (typeof taken === 'string') return taken
    acknowledgements.taken(seq, payload.length, taken)
    return undefined
  }

  const takeOnce = (of: Agent, type: number, seq: number, payload: Uint8Array): Taken => {
    if (of.lastSeq !== undefined && isRepeat(seq, of.lastSeq)) {
      counts.repeatedFrames++
      return undefined
    }
    const taken = type === FRAME.pong ? pong(of, payload) : pipeline.take(of, type, seq, payload)
    if (typeof taken !== 'string') of.lastSeq = seq
    return taken
  }

  const pong = (of: Agent, payload: Uint8Array): string | undefined => {
    const wrong = skew.pong(payload)
    of.clock = skew.read()
    return wrong
  }

  let isOver = false
  const decoder = createFrameDecoder(
    (type, seq, payload) => {
      if (!isOver) problem ??= take(type, seq, payload)
    },
    () => (agent ? MAX_FRAME_BYTES : MAX_FIRST_FRAME_BYTES),
  )

  const reject = (reason: string): void => {
    counts.rejectedConnections++
    log.warn({ agent: agent?.name, from, reason }, 'closing the connection of an agent')
    // What is said to a refused agent must still reach it.
    if (socket.writableEnded) socket.destroySoon()
    else socket.destroy()
  }

  const helloTimer = setTimeout(() => reject('no hello in time'), HELLO_WITHIN_MS)
  let pinger: NodeJS.Timeout | undefined

  const look = (): void => {
    if (!socket.isPaused() && performance.now() - heardAtMs > SILENCE_MS)
      reject('nothing came from it')
    else write(encodeFrame(FRAME.ping, 0, skew.ping()))
  }

  socket.on('data', (chunk: Buffer) => {
    if (problem !== undefined || isOver) return
    heardAtMs = performance.now()
    if (agent) agent.lastSeenMs = Date.now()
    counts.bytes += chunk.length
    const broken = decoder.push(chunk)
    problem ??= broken
    acknowledgements.flush()
    if (problem !== undefined) reject(problem)
    else if (acknowledgements.waitingBytes > maxPendingBytes()) socket.pause()
  })
  socket.on('error', (error) => log.debug({ err: error, agent: agent?.name }, 'uplink broke'))
  socket.once('close', () => {
    clearTimeout(helloTimer)
    clearInterval(pinger)
    acknowledgements.stop()
    if (agent) pipeline.disconnected(agent, link)
  })
}

/** Serial number arithmetic (RFC 1982): the numbers may wrap. */
const isRepeat = (seq: number, last: number): boolean => ((seq - last) | 0) <= 0
