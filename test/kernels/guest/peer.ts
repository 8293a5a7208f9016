/** The other host's echo server: datagrams at once, a TCP connection's bytes when its sender has ended. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { ECHO_PORT } from './link.ts'

export const runPeer = async (): Promise<void> => {
  const datagrams = createSocket('udp6')
  datagrams.on('message', (bytes, { address, port }) => datagrams.send(bytes, port, address))
  datagrams.bind(ECHO_PORT)
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const chunks: Buffer[] = []
    socket.on('data', (bytes) => chunks.push(bytes))
    socket.on('end', () => socket.end(Buffer.concat(chunks)))
  })
  server.listen(ECHO_PORT)
  await Promise.all([once(datagrams, 'listening'), once(server, 'listening')])
  console.log('listening')
}
