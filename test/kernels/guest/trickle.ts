/** A server on the other host that answers a connection's first byte by small pieces, and takes whatever comes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export const TRICKLE_PORT = 9001
export const TRICKLE_BYTES = 10_000
const PIECES = 10
const PAUSE_MS = 30

const trickle = async (socket: Socket): Promise<void> => {
  await once(socket, 'data')
  socket.resume()
  for (let i = 0; i < PIECES; i++) {
    socket.write(Buffer.alloc(TRICKLE_BYTES / PIECES, 1))
    await sleep(PAUSE_MS)
  }
}

export const runTrickle = async (): Promise<void> => {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {})
    void trickle(socket)
  })
  server.listen(TRICKLE_PORT)
  await once(server, 'listening')
  console.log('listening')
}

/** Starts it in its network namespace. */
export const startTrickle = async (namespace: string): Promise<{ pid: number; stop(): void }> => {
  const script = process.argv[1] ?? ''
  const server = spawn('ip', ['netns', 'exec', namespace, process.execPath, script, 'trickle'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(server.stdout, 'data')
  // `ip netns exec` becomes the program.
  return { pid: server.pid ?? 0, stop: () => void server.kill() }
}
