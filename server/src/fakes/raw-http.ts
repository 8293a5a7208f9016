/** For tests: bytes over a socket, and what comes back. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface RawAnswer {
  status: number
  /** Status line and headers. */
  head: string
  body: string
  closed: boolean
}

const answerOf = (text: string, closed: boolean): RawAnswer => {
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text : text.slice(0, end)
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0)
  return { status, head, body: end < 0 ? '' : text.slice(end + 4), closed }
}

/** Sends the pieces, and waits for the end of the connection or for `waitMs`. */
export const sendRaw = (
  url: string,
  pieces: readonly (string | Buffer)[],
  waitMs = 15_000,
): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    let text = ''
    const socket: Socket = connect(Number(port), hostname, () => {
      for (const piece of pieces) socket.write(piece)
    })
    const finish = (closed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answerOf(text, closed))
    }
    const timer = setTimeout(() => finish(false), waitMs)
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => (text += part))
    socket.on('error', () => undefined)
    socket.on('close', () => finish(true))
  })
