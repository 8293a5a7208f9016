/** The routes of captures, with a file that goes on until it is stopped. */
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface FakeCaptures {
  /** Bodies of what was asked for. */
  readonly asked: unknown[]
  /** What the next request is refused with. */
  refusal: string
  /** Answers requests to /api/v1/captures and below. */
  answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>
}

export const createFakeCaptures = (): FakeCaptures => {
  const open = new Map<string, ServerResponse>()
  let lastId = 0

  const start = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    captures.asked.push(JSON.parse(text))
    if (captures.refusal !== '') {
      response.writeHead(409, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify({ detail: captures.refusal, remedy: 'Wait.' }))
      return
    }
    const id = String(++lastId)
    open.set(id, response)
    response.writeHead(200, { 'content-type': 'application/x-pcapng', 'netscope-capture': id })
    response.write('first ')
  }

  const captures: FakeCaptures = {
    asked: [],
    refusal: '',
    async answer(request, response, path) {
      if (request.method === 'POST') return start(request, response)
      open.get(path.split('/').at(-1) ?? '')?.end('last')
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
    },
  }
  return captures
}
