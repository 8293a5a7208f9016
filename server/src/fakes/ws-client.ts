/** For tests: a WebSocket client that keeps what it gets. */
import { until } from './running-server.ts'

export interface LiveMessage {
  type: string
  payload: Record<string, unknown>
}

export interface WsClient {
  readonly messages: LiveMessage[]
  /** Code and reason once it is closed. */
  readonly closed: [number, string] | undefined
  readonly protocol: string
  ofType(type: string): LiveMessage['payload'][]
  say(type: string, payload?: object): void
  raw(data: string | Uint8Array): void
  close(): void
}

/** Node's own client takes headers, which browsers' don't. */
interface WsOptions {
  headers?: Record<string, string>
  protocols?: string[]
}
type WithOptions = new (url: string, options: WsOptions) => WebSocket

/** Opens and resolves once it is open or refused. */
export const openWs = async (url: string, options: WsOptions = {}): Promise<WsClient> => {
  const messages: LiveMessage[] = []
  let closed: [number, string] | undefined
  const socket = new (WebSocket as unknown as WithOptions)(
    `${url.replace('http', 'ws')}/api/v1/ws`,
    options,
  )
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(String(data)) as LiveMessage)
  })
  socket.addEventListener('close', ({ code, reason }) => (closed = [code, reason]))
  socket.addEventListener('error', () => undefined)
  await until(() => socket.readyState !== WebSocket.CONNECTING)
  return {
    messages,
    get closed() {
      return closed
    },
    get protocol() {
      return socket.protocol
    },
    ofType: (wanted) =>
      messages.filter(({ type }) => type === wanted).map(({ payload }) => payload),
    say: (type, payload) => socket.send(JSON.stringify({ type, payload })),
    raw: (data) => socket.send(data),
    close: () => socket.close(),
  }
}
