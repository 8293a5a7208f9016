/** Agents of the made-up network, as the API gives them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

const HOUR_MS = 3_600_000

const agent = (name: string, given: object = {}) => ({
  name,
  hostname: name,
  version: '0.1.0',
  source: 'ebpf',
  state: 'connected',
  isLocal: false,
  from: '198.51.100.7',
  lastSeenMs: Date.now(),
  startedAtMs: Date.now() - 5 * HOUR_MS,
  joinedAtMs: Date.now() - 50 * HOUR_MS,
  credentialSinceMs: Date.now() - 50 * HOUR_MS,
  protocol: 2,
  clock: { offsetMs: 1.25, roundTripMs: 3.5 },
  lists: { desiredRevision: 4, confirmedRevision: 4, inForce: true },
  capabilities: [] as object[],
  degraded: [] as string[],
  ...given,
})

export const createFakeAgents = () => {
  const agents = [
    agent('berlin', {
      clock: { offsetMs: -4200, roundTripMs: 30 },
      lists: { desiredRevision: 4, confirmedRevision: 3, inForce: false },
      capabilities: [{ name: 'drops', ok: false, reason: 'no tracing on this kernel' }],
      degraded: ['Its clock is 4.2 s behind ours: set it by NTP.'],
    }),
    agent('gateway', { isLocal: true, from: 'local' }),
    agent('oslo', {
      state: 'away',
      lastSeenMs: Date.now() - HOUR_MS,
      degraded: ['It is away.'],
    }),
  ]
  const invited: unknown[] = []

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    { pathname }: URL,
  ): Promise<void> => {
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.method === 'GET') return void json(200, { agents, total: agents.length })
    if (request.method === 'POST') {
      invited.push(JSON.parse(await text(request)))
      const expiresAtMs = Date.now() + HOUR_MS
      return void json(201, { token: 'nsj_abc', expiresAtMs, server: '192.0.2.1:8087' })
    }
    const name = decodeURIComponent(pathname.split('/').at(-1) ?? '')
    const index = agents.findIndex((one) => one.name === name)
    return void json(200, agents.splice(index, 1)[0])
  }
  return { agents, invited, answer }
}
