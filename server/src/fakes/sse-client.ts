/** For tests: reads a stream of Server-Sent Events over a real socket. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface SseMessage {
  event: string
  data: string
}

export interface SseClient {
  readonly messages: SseMessage[]
  readonly closed: boolean
  /** Status line and headers. */
  readonly head: string
  /** Stops reading: the sender's buffers fill up. */
  pause(): void
  resume(): void
  close(): void
}

export const openSse = (url: string, path: string, token = ''): SseClient => {
  const { hostname, port } = new URL(url)
  const messages: SseMessage[] = []
  let head = ''
  let rest = ''
  let closed = false

  const onText = (text: string): void => {
    if (!head.endsWith('\r\n\r\n')) {
      head += text
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      rest = head.slice(end + 4)
      head = head.slice(0, end + 4)
    } else rest += text
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) onBlock(block, messages)
  }

  const socket: Socket = connect(Number(port), hostname, () => {
    // HTTP/1.0: the body comes without chunk headers.
    const authorization = token === '' ? '' : `Authorization: Bearer ${token}\r\n`
    socket.write(`GET ${path} HTTP/1.0\r\nHost: ${hostname}:${port}\r\n${authorization}\r\n`)
  })
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => onText(text))
  socket.on('error', () => undefined)
  socket.on('close', () => (closed = true))

  return {
    messages,
    get closed() {
      return closed
    },
    get head() {
      return head
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => void socket.destroy(),
  }
}

const onBlock = (block: string, messages: SseMessage[]): void => {
  let event = 'message'
  let data: string | undefined
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    if (line.startsWith('data: ')) data = line.slice(6)
  }
  if (data !== undefined) messages.push({ event, data })
}
