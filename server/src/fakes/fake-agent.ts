/** For tests: an agent that speaks real frames over a real Unix socket. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import {
  createFrameDecoder,
  encodeFrame,
  encodeJsonFrame,
  parseJsonPayload,
} from '@netscope/core/frame.ts'
import {
  CAPTURE_HEADER_BYTES,
  FRAME,
  SPOOLED_HEADER_BYTES,
  UPLINK_PROTOCOL,
} from '@netscope/core/wire.ts'
import type { Diagnosis } from '@netscope/core/diagnosis.ts'
import type { Command, Dictionary, Hello, Reply } from '@netscope/core/wire.ts'
import type { Status } from '@netscope/core/status.ts'
import { batch } from './flow-record.ts'

type Answer = Reply extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never

export interface FakeAgent {
  readonly hello: Hello
  /** Commands received, in order. */
  readonly commands: Command[]
  /** Highest acknowledged frame number. */
  readonly acked: number
  readonly closed: boolean
  /** How it answers; undefined: not at all. */
  answer(command: Command): Answer | undefined
  /** Connects and says hello, unless told not to. */
  start(options?: { hello: boolean }): Promise<void>
  flows(records: readonly Uint8Array[], wallOffsetMs?: number): number
  /** Records of an earlier time, by the epoch and number of their batch. */
  spooled(epoch: number, seq: number, names: object, records: readonly Uint8Array[]): number
  events(records: readonly Uint8Array[], wallOffsetMs?: number): number
  status(status: Status): number
  dictionary(entries: Partial<Dictionary>): number
  diagnosis(diagnosis: Diagnosis): number
  /** The next bytes of a capture; none: it is over. */
  capture(id: number, bytes?: Uint8Array): number
  /** Reads nothing more: what it is sent waits at the server. */
  pause(): void
  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void
  /** Sends a frame again, or out of order. */
  frame(type: number, seq: number, payload: Uint8Array): void
  stop(): Promise<void>
}

const HELLO: Hello = {
  protocol: UPLINK_PROTOCOL,
  agent: 'host-a',
  hostname: 'host-a',
  version: '0.1.0',
  source: 'mock',
  flowCapacity: 131_072,
  startedAtMs: 1000,
  epoch: 1000,
}

export const createFakeAgent = (path: string, given: Partial<Hello> = {}): FakeAgent => {
  const hello = { ...HELLO, ...given, epoch: given.epoch ?? given.startedAtMs ?? HELLO.epoch }
  const commands: Command[] = []
  let socket: Socket | undefined
  let seq = 0
  let acked = 0
  let closed = true

  const onFrame = (agent: FakeAgent, type: number, number: number, payload: Uint8Array): void => {
    if (type === FRAME.ack) acked = number
    if (type !== FRAME.command) return
    const command = parseJsonPayload(payload) as Command
    commands.push(command)
    const answer = agent.answer(command)
    if (answer) socket?.write(encodeJsonFrame(FRAME.reply, ++seq, { id: command.id, ...answer }))
  }

  const send = (type: number, payload: Uint8Array): number => {
    socket?.write(encodeFrame(type, ++seq, payload))
    return seq
  }

  const agent: FakeAgent = {
    hello,
    commands,
    get acked() {
      return acked
    },
    get closed() {
      return closed
    },
    answer: () => ({ ok: true, result: {} }),
    start: (options = { hello: true }) =>
      new Promise((resolve, reject) => {
        const current = connect(path, () => {
          closed = false
          if (options.hello) current.write(encodeJsonFrame(FRAME.hello, 0, hello))
          resolve()
        })
        const decoder = createFrameDecoder((...frame) => onFrame(agent, ...frame))
        current.on('data', (chunk) => decoder.push(chunk))
        current.on('error', reject)
        current.on('close', () => (closed = true))
        socket = current
      }),
    flows: (records, wallOffsetMs = 0) => send(FRAME.flows, batch(records, wallOffsetMs)),
    spooled: (epoch, number, names, records) => {
      const text = Buffer.from(JSON.stringify(names))
      const head = Buffer.alloc(SPOOLED_HEADER_BYTES)
      head.writeUInt32LE(text.length, 0)
      head.writeUInt32LE(number, 4)
      head.writeDoubleLE(epoch, 8)
      return send(FRAME.spooled, Buffer.concat([head, text, ...records]))
    },
    events: (records, wallOffsetMs = 0) => send(FRAME.events, batch(records, wallOffsetMs)),
    status: (status) => send(FRAME.status, Buffer.from(JSON.stringify(status))),
    dictionary: (entries) =>
      send(FRAME.dictionary, Buffer.from(JSON.stringify({ texts: [], processes: [], ...entries }))),
    diagnosis: (diagnosis) => send(FRAME.diagnosis, Buffer.from(JSON.stringify(diagnosis))),
    capture: (id, bytes = new Uint8Array(0)) => {
      const head = Buffer.alloc(CAPTURE_HEADER_BYTES)
      head.writeUInt32LE(id)
      return send(FRAME.capture, Buffer.concat([head, bytes]))
    },
    pause: () => void socket?.pause(),
    raw: (bytes) => void socket?.write(bytes),
    frame: (type, number, payload) => void socket?.write(encodeFrame(type, number, payload)),
    stop: () =>
      new Promise((resolve) => {
        if (closed || !socket) return resolve()
        socket.once('close', () => resolve())
        socket.destroy()
      }),
  }
  return agent
}
