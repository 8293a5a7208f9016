/** For tests: an agent's end of the uplink over TLS, frame by frame. */
import { connect } from 'node:tls'
import { createFrameDecoder, encodeJsonFrame, parseJsonPayload } from '@netscope/core/frame.ts'
import { FRAME, UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import type { Command, Hello } from '@netscope/core/wire.ts'

export interface FleetPeer {
  /** JSON of the frames of a type that have come. */
  got(type: number): unknown[]
  readonly commands: Command[]
  readonly closed: boolean
  join(secret: string, given?: object): void
  hello(given?: Partial<Hello> & object): void
  raw(bytes: Uint8Array): void
  close(): void
}

/** Connects, believes any certificate, and answers every command with `ok`. */
export const connectPeer = (port: number): Promise<FleetPeer> =>
  new Promise((resolve, reject) => {
    const frames: { type: number; value: unknown }[] = []
    let [seq, closed] = [0, false]
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    const send = (type: number, number: number, value: unknown) =>
      void socket.write(encodeJsonFrame(type, number, value))
    const decoder = createFrameDecoder((type, _seq, payload) => {
      const value = parseJsonPayload(payload)
      frames.push({ type, value })
      if (type !== FRAME.command) return
      const { id, name } = value as Command
      const result = name === 'list.get' ? { total: 0, entries: [] } : {}
      send(FRAME.reply, ++seq, { id, ok: true, result })
    })
    socket.on('data', (chunk) => decoder.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => (closed = true))
    const got = (type: number) =>
      frames.filter((frame) => frame.type === type).map(({ value }) => value)
    const host = { hostname: 'far', version: '1' }
    const peer: FleetPeer = {
      got,
      get commands() {
        return got(FRAME.command) as Command[]
      },
      get closed() {
        return closed
      },
      join: (secret, given) =>
        send(FRAME.join, 0, { protocol: UPLINK_PROTOCOL, secret, agent: 'far', ...host, ...given }),
      hello: (given) =>
        send(FRAME.hello, 0, {
          ...{ protocol: UPLINK_PROTOCOL, agent: 'far', ...host, source: 'mock' },
          ...{ flowCapacity: 64, startedAtMs: 1000, epoch: 1 },
          ...given,
        }),
      raw: (bytes) => void socket.write(bytes),
      close: () => socket.destroy(),
    }
    socket.once('secureConnect', () => resolve(peer))
  })
