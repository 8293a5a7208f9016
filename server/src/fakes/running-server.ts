/** For tests: a server on a free port and a socket in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { alertsSection } from '@netscope/core/config/alerts.ts'
import { exportSection } from '@netscope/core/config/export.ts'
import { intelSection } from '@netscope/core/config/intel.ts'
import { notifySection } from '@netscope/core/config/notify.ts'
import { detectSection } from '@netscope/core/config/detect.ts'
import { respondSection } from '@netscope/core/config/respond.ts'
import { pino } from 'pino'
import { createServer } from '../server.ts'
import type { Server, ServerDeps, ServerSettings } from '../server.ts'
import { createFakeAgent } from './fake-agent.ts'
import { createFakeHasher } from './fake-hasher.ts'
import { fetchWith, withToken } from './with-token.ts'
import { createMemoryFlowStore } from './memory-flow-store.ts'

export interface RunningServer {
  server: Server
  /** Of an admin. */
  token: string
  /** With the token, unless `init` has other credentials. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Folder of what the server keeps. */
  storage: string
  socket: string
  /** Lines of the log. */
  logged: Record<string, unknown>[]
  agent: typeof createFakeAgent extends (path: string, ...rest: infer R) => infer A
    ? (...rest: R) => A
    : never
  stop(): Promise<void>
}

/** Tests ask more often than people do. */
const UNBOUNDED = {
  requestsPerSecond: 1_000_000,
  anonymousRequestsPerSecond: 1_000_000,
  batchBytes: 8_388_608,
  webSockets: 1000,
}

const SERVER = {
  host: '127.0.0.1',
  port: 0,
  timezone: '',
  hosts: [] as string[],
  tlsCertFile: '',
  tlsKeyFile: '',
  trustedProxies: [] as string[],
}

/** Of no use to the history in memory that they get. */
const HISTORY = {
  retainDays: 1,
  maxMegabytes: 64,
  memoryMegabytes: 64,
  preset: 'small' as const,
  activeSeconds: 300,
}

/** Every key as it is where nobody sets it. */
const defaultsOf = ({ properties }: { properties: Record<string, { default: unknown }> }) =>
  Object.fromEntries(Object.entries(properties).map(([name, key]) => [name, key.default]))

export const startServer = async (
  deps: Partial<ServerDeps> = {},
  metrics: Partial<ServerSettings['metrics']> = {},
  uplink: Partial<ServerSettings['uplink']> = {},
  rest: {
    server?: Partial<ServerSettings['server']>
    auth?: Partial<ServerSettings['auth']>
    api?: Partial<ServerSettings['api']>
    intel?: Partial<ServerSettings['intel']>
    respond?: Partial<ServerSettings['respond']>
    export?: Partial<ServerSettings['export']>
    notify?: Partial<ServerSettings['notify']>
    /** Instead of info. */
    logLevel?: string
    /** As in outgoing.allow. */
    allow?: string[]
  } = {},
): Promise<RunningServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'netscope-server-'))
  const socket = join(folder, 'run', 'uplink.sock')
  const logged: Record<string, unknown>[] = []
  const log = pino(
    { level: rest.logLevel ?? 'info' },
    { write: (line: string) => void logged.push(JSON.parse(line)) },
  )
  const config = {
    server: { ...SERVER, ...rest.server },
    auth: { jwtSecret: '', openOnLoopback: false, ...rest.auth },
    api: { ...UNBOUNDED, ...rest.api },
    uplink: { socket, listen: '', address: '', certificate: '', key: '', ...uplink },
    flows: { recentEnded: 100 },
    storage: { path: join(folder, 'data') },
    history: HISTORY,
    detect: defaultsOf(detectSection) as ServerSettings['detect'],
    alerts: defaultsOf(alertsSection) as ServerSettings['alerts'],
    intel: { ...(defaultsOf(intelSection) as ServerSettings['intel']), ...rest.intel },
    respond: { ...(defaultsOf(respondSection) as ServerSettings['respond']), ...rest.respond },
    notify: { ...(defaultsOf(notifySection) as ServerSettings['notify']), ...rest.notify },
    export: { ...(defaultsOf(exportSection) as ServerSettings['export']), ...rest.export },
    outgoing: { allow: rest.allow ?? [] },
    networks: { named: ['office=198.51.100.0/24'], countryDatabase: '', asnDatabase: '' },
    metrics: {
      seriesBudget: 20,
      foldClientPorts: true,
      kubernetesLabels: false,
      prometheusUrl: '',
      open: false,
      ...metrics,
    },
  }
  const server = await createServer(config, {
    log,
    version: '0.0.0',
    history: createMemoryFlowStore(),
    hasher: createFakeHasher(),
    webRoot: join(folder, 'web'),
    ...deps,
  })
  await server.start()
  const { token } = server.auth.localToken
  return {
    server: { ...server, app: withToken(server.app, token) },
    token,
    fetch: (path, init) => fetchWith(server.url(), token, path, init),
    storage: config.storage.path,
    socket,
    logged,
    agent: (hello) => createFakeAgent(socket, hello),
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** Waits until `test` gives something other than undefined or false; fails after `seconds`. */
export const until = async <T>(
  test: () => T | Promise<T>,
  seconds = 15,
): Promise<NonNullable<T>> => {
  for (let i = 0; i < 100 * seconds; i++) {
    const result = await test()
    if (result) return result
    await pause(10)
  }
  throw new Error(`not within ${seconds} s: ${test.toString()}`)
}
