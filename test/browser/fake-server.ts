/**
 * A server with NetScope's HTTP contract, a made-up network and the built page: for the browser test,
 * and for work on the page: `bin/node test/browser/fake-server.ts [port]`.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Flow } from '@netscope/core/flow.ts'
import { createFakeAgents } from './fake-agents.ts'
import { createFakeCaptures } from './fake-captures.ts'
import { createFakeAlerts } from './fake-alerts.ts'
import { createFakeRespond } from './fake-respond.ts'
import { createFakeDevices } from './fake-devices.ts'
import { createFakeHistory } from './fake-history.ts'
import { canonical, createFakeList } from './fake-lists.ts'
import { completions, flowPage, flowProblem, isWanted, packetOf } from './fake-answers.ts'
import { createFakeNetwork } from './fake-network.ts'
import { fakeDiagnosis } from './fake-diagnosis.ts'
import { fakeStatus } from './fake-status.ts'

const DIST = new URL('../../web/dist/', import.meta.url).pathname
/** What the server sends (server/src/api/guard.ts). */
const CSP = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'",
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ')
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

interface Listener {
  response: ServerResponse
  query: URLSearchParams
}

/** Inert until start(); the returned controls change what the page sees. */
export const createFakeServer = (
  config: { flows?: number; eventsPerSecond?: number; seed?: number } = {},
) => {
  const lists = {
    deny: createFakeList([
      {
        prefix: '203.0.113.0/24',
        reason: 'documentation range, nobody should use it',
        origin: 'api',
      },
      { prefix: '198.51.100.23', reason: '', origin: 'cli', author: 'mara' },
    ]),
    allow: createFakeList([{ prefix: '10.0.0.30', reason: 'backup target', origin: 'page' }]),
  }
  const verdictOf = (src: string, dst: string, port: number): Flow['verdict'] => {
    if (port === 22) return 'SSH'
    if (lists.allow.has(src) || lists.allow.has(dst)) return 'SKIP'
    return lists.deny.has(src) || lists.deny.has(dst) ? 'DROP' : 'PASS'
  }
  const network = createFakeNetwork(
    { seed: config.seed ?? 7, size: config.flows ?? 180 },
    verdictOf,
  )
  const state = {
    eventsPerSecond: config.eventsPerSecond ?? 60,
    agentConnected: true,
    healthy: true,
    down: false,
    source: 'ebpf',
    diagnosed: true,
  }
  const listeners = {
    events: new Set<Listener>(),
    flows: new Set<Listener>(),
    status: new Set<Listener>(),
  }
  const alerts = createFakeAlerts()
  const devices = createFakeDevices()
  const agents = createFakeAgents()
  const respond = createFakeRespond()
  const stored = createFakeHistory(network)
  const captures = createFakeCaptures()
  const traffic: object[] = []
  let seq = 0
  let sent = 0
  let timers: NodeJS.Timeout[] = []

  const status = (timeMs = Date.now()) => ({
    ...fakeStatus(
      {
        network,
        lists: { deny: lists.deny.size(), allow: lists.allow.size() },
        healthy: state.healthy,
        events: { watched: listeners.events.size > 0, sent, skipped: 0, lost: 0 },
      },
      timeMs,
    ),
    agentConnected: state.agentConnected,
    serverVersion: '0.1.0-fake',
    agents: [
      { name: 'fake', hostname: 'gateway', source: state.source, connected: state.agentConnected },
    ],
  })
  const tick = (timeMs = Date.now()) => {
    network.tick(timeMs)
    const now = status(timeMs)
    traffic.push({ timeMs, ...now.lastSecond })
    if (traffic.length > 600) traffic.shift()
  }
  const second = () => {
    tick()
    for (const { response } of listeners.status) send(response, 'status', status())
    for (const { response, query } of listeners.flows)
      send(response, 'flows', flowPage(network, query))
  }
  const packets = () => {
    const flows = network.live()
    for (let i = 0; i < state.eventsPerSecond / 10; i++) {
      const event = packetOf(flows[Math.floor(Math.random() * flows.length)] as Flow, ++seq)
      for (const { response, query } of listeners.events)
        if (isWanted(event, query)) response.write(`data: ${JSON.stringify(event)}\n\n`)
      if (listeners.events.size > 0) sent++
    }
  }
  const routes: Record<
    string,
    (query: URLSearchParams, request: IncomingMessage, response: ServerResponse) => unknown
  > = {
    '/api/v1/flows': (query, _request, response) =>
      flowProblem(query)
        ? problem(response, 400, flowProblem(query) ?? '')
        : flowPage(network, query),
    '/api/v1/flows/stream': (query, _request, response) => {
      if (flowProblem(query)) return problem(response, 400, flowProblem(query) ?? '')
      listen(listeners.flows, response, query)
      return send(response, 'flows', flowPage(network, query))
    },
    '/api/v1/flows/stored': (query, _request, response) => stored.answer(query, response),
    '/api/v1/query/completions': completions,
    '/api/v1/auth/me': () => ({ kind: 'user', id: 'u1', name: 'ada', role: 'admin', scopes: [] }),
    '/api/v1/status': () => status(),
    '/api/v1/status/stream': (query, _request, response) => {
      listen(listeners.status, response, query)
      return send(response, 'status', status())
    },
    '/api/v1/diagnosis': () => ({
      agents: [
        { agent: 'fake', diagnosis: state.diagnosed ? fakeDiagnosis(Date.now()) : undefined },
      ],
    }),
    '/api/v1/traffic': () => ({ points: traffic }),
    '/events': (query, _request, response) => listen(listeners.events, response, query),
    '/blacklist': (query, request, response) => changeList(lists.deny, query, request, response),
    '/whitelist': (query, request, response) => changeList(lists.allow, query, request, response),
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (state.down) return void request.socket.destroy()
    const route = routes[url.pathname]
    if (url.pathname.startsWith('/api/v1/agents')) return void agents.answer(request, response, url)
    if (/^\/api\/v1\/(alerts|suppressions|incidents)/.test(url.pathname))
      return void alerts.answer(request, response, url)
    if (
      /^\/api\/v1\/(actions|policies|protected|channels|notifications|feeds|threat-intel)/.test(
        url.pathname,
      )
    )
      return void respond.answer(request, response, url)
    if (url.pathname.startsWith('/api/v1/devices'))
      return void devices.answer(request, response, url)
    if (url.pathname.startsWith('/api/v1/addresses/'))
      return void json(response, 200, { ip: url.pathname.split('/').at(-1), feeds: [] })
    if (url.pathname.startsWith('/api/v1/captures'))
      return void captures.answer(request, response, url.pathname)
    if (!route) return void page(url.pathname, response)
    void Promise.resolve(route(url.searchParams, request, response)).then((body) => {
      if (body !== undefined && !response.headersSent) json(response, 200, body)
    })
  })
  return {
    /** Resolves with the address of the page. */
    async start(port = 0): Promise<string> {
      for (let s = 600; s > 0; s--) tick(Date.now() - s * 1000)
      timers = [setInterval(second, 1000), setInterval(packets, 100)]
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    /** Ends all streams, as a restart of the server does. */
    dropConnections: () => server.closeAllConnections(),
    tellLost: (lost: number) =>
      listeners.events.forEach(({ response }) =>
        response.write(`event: lost\ndata: {"lost":${lost}}\n\n`),
      ),
    watchers: () => listeners.events.size,
    state,
    lists,
    network,
    captures,
    alerts,
    devices,
    agents,
    respond,
    stored,
  }
}

const json = (response: ServerResponse, code: number, body: unknown) =>
  response
    .writeHead(code, {
      'content-type': code < 400 ? 'application/json' : 'application/problem+json',
    })
    .end(JSON.stringify(body))

const problem = (response: ServerResponse, status: number, detail: string) => {
  json(response, status, {
    type: 'about:blank',
    title: 'Bad request',
    status,
    detail,
    code: 'bad-input',
    ok: false,
    error: detail,
  })
}

const listen = (set: Set<Listener>, response: ServerResponse, query: URLSearchParams) => {
  const listener = { response, query }
  response
    .writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    .flushHeaders()
  set.add(listener)
  response.on('close', () => set.delete(listener))
}

const send = (response: ServerResponse, event: string, body: unknown) => {
  response.write(`event: ${event}\ndata: ${JSON.stringify(body)}\n\n`)
}

const page = async (path: string, response: ServerResponse) => {
  const file = normalize(extname(path) ? path : '/index.html')
  const body = await readFile(join(DIST, file)).catch(() => undefined)
  if (!body) return response.writeHead(404).end()
  const headers = {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
  }
  return response.writeHead(200, headers).end(body)
}

const changeList = async (
  list: ReturnType<typeof createFakeList>,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
) => {
  if (request.method === 'GET')
    return list.page(
      Number(query.get('offset') ?? 0),
      Number(query.get('limit') ?? 1000),
      query.get('match') ?? '',
    )
  const body =
    request.method === 'POST'
      ? (JSON.parse(await textOf(request)) as {
          ip: string
          reason?: string
          expiresInSeconds?: number
        })
      : undefined
  const text = body?.ip ?? query.get('ip') ?? ''
  const ip = canonical(text)
  if (!ip)
    return problem(
      response,
      400,
      `"${text}" is not an address or prefix. Write for example 203.0.113.7, 10.0.0.0/8 or fd00::/64.`,
    )
  if (body) list.add(ip, body.reason, body.expiresInSeconds)
  else if (!list.remove(ip)) return problem(response, 404, `${ip} is not on the list.`)
  return { ok: true, ip }
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

if (import.meta.main) {
  const server = createFakeServer({
    flows: Number(process.env['FLOWS'] ?? 180),
    eventsPerSecond: Number(process.env['EVENTS'] ?? 60),
  })
  console.log(`fake NetScope at ${await server.start(Number(process.argv[2] ?? 0))}`)
}
