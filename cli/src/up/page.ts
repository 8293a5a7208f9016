/** Finds out whether the page can have its port, and when it answers. */
import { connect, createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { setTimeout as pause } from 'node:timers/promises'

const TRY_EVERY_MS = 50
const ANSWER_WITHIN_MS = 1_000

const hostPort = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/** All addresses of a machine: it reaches itself by loopback. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** How this machine reaches what listens on `host`. */
export const pageUrl = (host: string, port: number, isTls = false): string =>
  `${isTls ? 'https' : 'http'}://${hostPort(LOOPBACK_OF[host] ?? host, port)}`

/** Whether another program listens there; what else may be wrong with the address, the server says. */
export const isTaken = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRINUSE'))
    probe.listen({ host, port }, () => probe.close(() => resolve(false)))
  })

/** Resolves to true when the server answers to /health, to false after `forMs` ms or when `signal` aborts. */
export const waitForPage = async (
  host: string,
  port: number,
  { forMs, isTls, signal }: { forMs: number; isTls: boolean; signal: AbortSignal },
): Promise<boolean> => {
  const until = performance.now() + forMs
  while (!signal.aborted && performance.now() < until) {
    if (await answers(LOOPBACK_OF[host] ?? host, port, isTls)) return true
    await pause(TRY_EVERY_MS)
  }
  return false
}

/** By hand, because node:http would cost this process 5 MB for as long as it lives. */
const answers = (host: string, port: number, isTls: boolean): Promise<boolean> =>
  new Promise((resolve) => {
    const where = { host, port, timeout: ANSWER_WITHIN_MS }
    // Only whether it answers: nothing is told to it.
    const socket = isTls ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where)
    socket.setEncoding('latin1')
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      socket.write(
        `GET /health HTTP/1.1\r\nHost: ${hostPort(host, port)}\r\nConnection: close\r\n\r\n`,
      )
    })
    socket.once('data', (text) => {
      resolve(/^HTTP\/1\.1 [1-4]/.test(String(text)))
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy())
    socket.once('error', () => socket.destroy())
    socket.once('close', () => resolve(false))
  })
