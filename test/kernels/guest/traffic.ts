/** Traffic of known size to the other host's echo server. */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { once } from 'node:events'
import { ECHO_PORT } from './link.ts'

/** Few enough that no socket buffer overflows. */
const AT_ONCE = 20

/** Sends `count` datagrams and waits for all echoes. */
export const sendDatagrams = async (to: string, count: number, bytes: number): Promise<void> => {
  const socket = createSocket(to.includes(':') ? 'udp6' : 'udp4')
  let echoed = 0
  const message = Buffer.alloc(bytes, 1)
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const enough = new Promise<void>((resolve) => {
      socket.on('message', () => {
        echoed++
        if (echoed === Math.min(count, sent + AT_ONCE)) resolve()
      })
    })
    for (let i = sent; i < Math.min(count, sent + AT_ONCE); i++) socket.send(message, ECHO_PORT, to)
    await enough
    socket.removeAllListeners('message')
  }
  socket.close()
}

/** Sends datagrams that nobody may get: what the system says is not asked. */
export const sendInVain = async (
  to: string,
  count: number,
  bytes: number,
  port = ECHO_PORT,
): Promise<void> => {
  const socket = createSocket(to.includes(':') ? 'udp6' : 'udp4')
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => socket.send(Buffer.alloc(bytes), port, to, resolve))
  }
  socket.close()
}

/** Sends `bytes` over one TCP connection and waits until all have come back and both sides have closed. */
export const sendStream = async (to: string, bytes: number): Promise<void> => {
  const socket = connect(ECHO_PORT, to)
  let received = 0
  socket.on('data', (chunk) => (received += chunk.length))
  socket.end(Buffer.alloc(bytes, 1))
  await once(socket, 'close')
  if (received !== bytes) throw new Error(`sent ${bytes} bytes, got ${received} back`)
}
