/**
 * Programs for hosts of the lab, that do what looks like an attack and is none: `twin.ts WHAT ARGUMENT…`. They go on until
 * they are ended.
 */
import { createSocket } from 'node:dgram'
import { createServer, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const ADDRESS = process.argv[3] ?? ''
const ports = process.argv.slice(4).map(Number)
const NOTHING = () => undefined

/** A page for every request, and the connection is closed. */
const serve = (): void => {
  const page = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n${'x'.repeat(20_000)}`
  for (const port of ports) {
    const server = createServer((socket) => {
      socket.on('error', NOTHING)
      socket.once('data', () => socket.end(page))
    })
    server.listen(port, ADDRESS)
  }
}

const opened = (host: string, port: number): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
    setTimeout(() => resolve(undefined), 3000)
  })

const get = async (host: string, port: number): Promise<void> => {
  const socket = await opened(host, port)
  if (!socket) return
  socket.write('GET / HTTP/1.0\r\n\r\n')
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
}

/** Its server is down: it tries that one port again and again. */
const retry = async (): Promise<void> => {
  for (;;) {
    for (const port of ports) (await opened(ADDRESS, port))?.destroy()
    await sleep(100)
  }
}

/** Keeps connections to a server that says something each second; lost ones are opened again at once. */
const reconnect = (): void => {
  const [port = 0, connections = 1] = ports
  const keep = async (): Promise<void> => {
    for (;;) {
      const socket = await opened(ADDRESS, port)
      if (!socket) {
        await sleep(200 + Math.random() * 200)
        continue
      }
      socket.on('error', NOTHING)
      const talk = setInterval(() => socket.write('still there\n'), 200)
      socket.resume()
      await new Promise((resolve) => socket.once('close', resolve))
      clearInterval(talk)
    }
  }
  for (let i = 0; i < connections; i++) void keep()
}

/** What they talk to; a second argument says after how many milliseconds it falls over, with RSTs, and comes back a second later. */
const flaky = (): void => {
  const [port = 0, everyMs = 3000] = ports
  const sockets = new Set<Socket>()
  const listen = (): void => {
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', NOTHING).on('close', () => sockets.delete(socket))
      socket.on('data', (said) => socket.write(said))
    })
    server.listen(port, ADDRESS)
    setTimeout(() => {
      server.close()
      for (const socket of sockets) socket.resetAndDestroy()
      setTimeout(listen, 1000)
    }, everyMs)
  }
  listen()
}

/** Answers whoever asks, as a resolver: some at once, some so late that the client has gone. */
const resolver = (): void => {
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => {
    const lateMs = Math.random() < 0.1 ? 600 : 5
    setTimeout(() => socket.send(Buffer.alloc(120, question), from.port, from.address), lateMs)
  })
  socket.bind(ports[0], ADDRESS)
}

/** Asks it, each time from a new port, which it closes when it has waited for half a second. */
const ask = async (): Promise<void> => {
  for (;;) {
    const socket = createSocket('udp4').on('error', NOTHING)
    const close = setTimeout(() => socket.close(), 500)
    socket.once('message', () => {
      clearTimeout(close)
      socket.close()
    })
    // The shape of a question: id, flags, one question, no name.
    socket.send(Buffer.from('1234010000010000000000000000010001', 'hex'), ports[0], ADDRESS)
    await sleep(15)
  }
}

/** Many at a time, each connection with a request and a page. */
const load = (): void => {
  const [port = 0, atOnce = 16] = ports
  const visit = async (): Promise<void> => {
    for (;;) {
      await get(ADDRESS, port)
      await sleep(20)
    }
  }
  for (let i = 0; i < atOnce; i++) void visit()
}

/** One host after the other by their number, all there. */
const browse = async (): Promise<void> => {
  const [first = 1, last = 40, ...open] = ports
  for (;;) {
    for (let host = first; host <= last; host++)
      await Promise.all(open.map((port) => get(ADDRESS + String(host), port)))
    await sleep(500)
  }
}

const WHAT: Record<string, () => unknown> = {
  serve,
  retry,
  reconnect,
  flaky,
  resolver,
  ask,
  load,
  browse,
}

await WHAT[process.argv[2] ?? '']?.()
