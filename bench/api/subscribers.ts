/** WebSocket clients that take everything and count it. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { createFrameCounter } from './frame-counter.ts'

export interface Subscribers {
  /** Messages that all of them got. */
  received(): number
  /** Those of the client that got least. */
  least(): number
  close(): void
}

/** A text frame of a client, with mask 0. */
const frame = (text: string): Buffer => {
  const body = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body])
}

export const subscribe = async (
  url: string,
  { count, token, message }: { count: number; token: string; message: string },
): Promise<Subscribers> => {
  const { hostname, port } = new URL(url)
  const head =
    `GET /api/v1/ws HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${token}\r\n` +
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  const counters: ReturnType<typeof createFrameCounter>[] = []
  const sockets: Socket[] = []
  for (let i = 0; i < count; i++) {
    const counter = createFrameCounter()
    const socket = connect(Number(port), hostname)
    socket.on('data', (chunk) => {
      counter.push(chunk)
      // Pings are answered, so that nobody is taken for dead.
      if (chunk[0] === 0x89) socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]))
    })
    socket.on('error', () => undefined)
    await new Promise<void>((resolve) => {
      socket.once('data', () => resolve())
      socket.write(head)
    })
    socket.write(frame(message))
    counters.push(counter)
    sockets.push(socket)
  }
  return {
    received: () => counters.reduce((sum, { frames }) => sum + frames, 0),
    least: () => Math.min(...counters.map(({ frames }) => frames)),
    close: () => sockets.forEach((socket) => socket.destroy()),
  }
}
