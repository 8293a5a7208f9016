/** The server: wires ingest, pipeline, streams and HTTP; `main.ts` gives it its configuration. */
import { dirname, join } from 'node:path'
import { splitNamed } from '@netscope/core/config/networks.ts'
import type { ServerConfig } from '@netscope/core/config/sections.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Logger } from 'pino'
import { createAlertChain } from './alert-chain.ts'
import type { AlertChainConfig } from './alert-chain.ts'
import { createAgents } from './agents.ts'
import type { Agent } from './agents.ts'
import type { Alerts } from './alerts/alerts.ts'
import { createApp } from './api/app.ts'
import type { App } from './api/app-types.ts'
import { isReachable, listen, readCertificate, urlOf } from './api/listen.ts'
import { createAuth } from './auth/auth.ts'
import type { Auth, AuthDeps } from './auth/auth.ts'
import { createBackup } from './backup/backup.ts'
import { createCaptures } from './captures/captures.ts'
import { createCommands } from './commands.ts'
import { createDeviceStore } from './devices/device-store.ts'
import { createDevices } from './devices/devices.ts'
import { createVendors } from './devices/vendors.ts'
import { createFlows } from './flows/flows.ts'
import { createTrafficHistory } from './flows/traffic-history.ts'
import { createExports } from './export/exports.ts'
import { readOutputsFile } from './export/outputs-file.ts'
import { createGeo } from './geo/geo.ts'
import { tellForgotten } from './flows/tell-forgotten.ts'
import { createFleetParts } from './fleet/fleet-parts.ts'
import { createIngest } from './ingest/ingest.ts'
import { createReportedFlows } from './ingest/reported-flows.ts'
import { createLive } from './live/live.ts'
import { createLoopDelay } from './loop-delay.ts'
import { createMetrics } from './metrics/metrics.ts'
import { readDeclaredChannels } from './notify/declared-channels.ts'
import { createOutgoing } from './outgoing/outgoing.ts'
import { createPipeline } from './pipeline.ts'
import { createQueryPrometheus } from './prometheus/query-prometheus.ts'
import { readPolicyFile } from './respond/policy-file.ts'
import { openState } from './state/open-state.ts'
import { createEventLine } from './stream/event-line.ts'
import { createEventStream } from './stream/event-stream.ts'
import { createPageStreams } from './stream/page-streams.ts'
import { createSseConnections } from './stream/sse.ts'
import { tellWatch } from './stream/tell-watch.ts'
import { createTimeOfDay } from './stream/time-of-day.ts'
import { createDuckdbStore } from './store/duckdb-store.ts'
import type { FlowStore } from './store/flow-store.ts'
import { historyConfig } from './store/history-config.ts'
import { createTcpBooks } from './tcp/tcp-books.ts'

export interface Server {
  readonly app: App
  readonly auth: Auth
  readonly alerts: Alerts
  /** Where the page and the API are, once started. */
  url(): string
  start(): Promise<void>
  stop(): Promise<void>
}

/** The part of the configuration that is used here. */
export interface ServerSettings extends Omit<
  ServerConfig,
  'uplink' | 'flows' | 'events' | 'lists'
> {
  uplink: Pick<ServerConfig['uplink'], 'socket' | 'listen' | 'address' | 'certificate' | 'key'>
  flows: Pick<ServerConfig['flows'], 'recentEnded'>
}

export interface ServerDeps {
  /** Folder of the local token; without it, that of the socket. */
  runDir?: string
  /** Of passwords, instead of argon2id. */
  hasher?: AuthDeps['hasher']
  givenPassword?: AuthDeps['givenPassword']
  showPassword?: AuthDeps['showPassword']
  kinds?: AlertChainConfig['kinds']
  /** Where flows are kept, instead of DuckDB. */
  history?: FlowStore
  log: Logger
  version: string
  /** Folder of the built page. */
  webRoot: string
  /** Time that an agent has to answer a command, ms. */
  commandTimeoutMs?: number
  /** Time that an agent has to republish its flows, ms. */
  republishMs?: number
}

const NO_TLS =
  'other machines reach this server without TLS: passwords and traffic can be read on the way; set server.tlsCertFile'
/** Time between two bodies of a stream. */
const TICK_MS = 1000

export const createServer = async (config: ServerSettings, deps: ServerDeps): Promise<Server> => {
  const { log, version, webRoot, commandTimeoutMs = 5000, republishMs = 5000 } = deps
  const history =
    deps.history ??
    createDuckdbStore(historyConfig(config.history, config.storage.path), {
      log: log.child({ component: 'server/store' }),
    })
  const now = () => performance.now()
  const state = openState({ path: join(config.storage.path, 'state.sqlite') })
  const certificate = readCertificate(config.server)
  const { runDir = dirname(config.uplink.socket), hasher } = deps
  const auth = createAuth(
    { folder: config.storage.path, runDir, jwtSecret: config.auth.jwtSecret },
    {
      ...{ state, now, wallClock: Date.now, log: log.child({ component: 'server/auth' }) },
      ...{ givenPassword: deps.givenPassword, showPassword: deps.showPassword },
      ...(hasher && { hasher }),
    },
  )
  const agents = createAgents()
  const commands = createCommands({ timeoutMs: commandTimeoutMs }, { agents })
  const captures = createCaptures({ commands, log: log.child({ component: 'server/captures' }) })
  const tcp = createTcpBooks(config.metrics, { now })
  const flows = createFlows(
    { recentEnded: config.flows.recentEnded, republishMs },
    { now, onDrop: tcp.forget, tellForgotten: tellForgotten(agents, commands) },
  )
  const traffic = createTrafficHistory()
  const sse = createSseConnections()
  const geo = createGeo(config.networks, { log: log.child({ component: 'server/geo' }) })
  const networks = config.networks.named.map((item) => parsePrefix(splitNamed(item).prefix))
  const devices = createDevices(
    { networks },
    {
      store: createDeviceStore(state),
      vendorOf: createVendors(),
      now: Date.now,
      log: log.child({ component: 'server/devices' }),
    },
  )
  const sendWatch = (agent: Agent) => tellWatch(agent, events.clients > 0, { commands, log })
  const eventLine = createEventLine(createTimeOfDay(config.server.timezone))
  const events = createEventStream(eventLine, () => agents.connected.forEach(sendWatch))

  const streams = createPageStreams({ flows, geo, agents, version, log })

  const {
    fleet,
    lists,
    sync: listSync,
    tls,
  } = createFleetParts(
    { uplink: config.uplink, storagePath: config.storage.path },
    { state, agents, commands, log: log.child({ component: 'server/fleet' }) },
  )
  const outgoing = createOutgoing(config.outgoing)
  const alertChain = createAlertChain(
    {
      ...{ ...config, networks, kinds: deps.kinds },
      channels: await readDeclaredChannels(config.notify, log),
      policies: await readPolicyFile(config.respond.policiesFile),
    },
    {
      ...{ state, devices, geo, lists, listSync, outgoing, log, audit: auth.audit },
      ...{ agents, commands, captures, flows, history },
    },
  )
  const exports = createExports(
    {
      outputs: await readOutputsFile(config.export.outputsFile),
      ...{ queueMegabytes: config.export.queueMegabytes, allow: config.outgoing.allow, version },
    },
    { ...alertChain, now: Date.now, log: log.child({ component: 'server/export' }) },
  )
  const live = createLive({
    ...{ agents, alerts: alertChain.liveAlerts, devices, events, flows, now, wallClock: Date.now },
    deviceRisks: alertChain.deviceRisks,
  })
  const pipeline = createPipeline({
    agents,
    flows,
    events,
    commands,
    captures,
    traffic,
    tcp,
    ...{ history, exports },
    activeMs: config.history.activeSeconds * 1000,
    devices,
    detection: alertChain.detection,
    live: live.flows,
    now,
    onConnected: (agent) => {
      sendWatch(agent)
      // What it must let pass comes before what it must not.
      alertChain.response.connected(agent)
      fleet.connected(agent)
    },
  })
  const { takeReported } = pipeline
  const reportedFlows = createReportedFlows({ agents, takeReported, wallClock: Date.now })
  const ingest = createIngest(
    { socket: config.uplink.socket, ...(tls && { tls }) },
    { pipeline, admission: fleet.admission, log: log.child({ component: 'server/ingest' }) },
  )

  const loopDelay = createLoopDelay()
  const startTimeSeconds = Date.now() / 1000
  const health = {
    ingest,
    pipeline,
    devices,
    flows,
    history,
    events,
    sse,
    commands,
    eventLoopDelaySeconds: loopDelay.takeSeconds,
    startTimeSeconds,
    version,
  }
  const backup = createBackup(
    { folder: config.storage.path },
    { state, history, version, wallClock: Date.now },
  )
  const metrics = createMetrics(config.metrics, {
    ...{ agents, tcp, exports, ...alertChain, ...health },
  })

  const app = await createApp({
    log: log.child({ component: 'server/api' }, { level: 'warn' }),
    ...alertChain,
    ...{ agents, backup, captures, devices, geo, flows, history, fleet, lists, listSync },
    ...{ traffic, events, sse, exports },
    ...streams,
    version,
    webRoot,
    wallClock: Date.now,
    now,
    live,
    reportedFlows,
    batchBytes: config.api.batchBytes,
    maxSockets: config.api.webSockets,
    auth,
    access: {
      hosts: config.server.hosts,
      isReachable: isReachable(config.server.host),
      openOnLoopback: config.auth.openOnLoopback,
      metricsOpen: config.metrics.open,
    },
    certificate,
    trustedProxies: config.server.trustedProxies,
    queryPrometheus: createQueryPrometheus({ url: config.metrics.prometheusUrl }),
    bounds: config.api,
    metrics: metrics.scrape,
  })
  let ticker: NodeJS.Timeout | undefined

  return {
    app,
    auth,
    alerts: alertChain.alerts,
    url: () => urlOf(app, certificate !== undefined),
    async start() {
      loopDelay.start()
      await auth.prepare()
      backup.start()
      await history.start()
      flows.start()
      devices.start()
      exports.start()
      alertChain.start()
      sse.start()
      live.start()
      await ingest.start()
      await listen(app, config.server)
      auth.start(urlOf(app, certificate !== undefined))
      if (isReachable(config.server.host) && !certificate) log.warn(NO_TLS)
      ticker = setInterval(() => {
        streams.flowStream.tick()
        streams.statusStream.tick()
        events.tellLost()
      }, TICK_MS)
    },
    async stop() {
      clearInterval(ticker)
      sse.stop()
      live.stop()
      captures.stopAll()
      await app.close()
      auth.stop()
      await ingest.stop()
      await history.stop()
      commands.stop()
      flows.stop()
      await alertChain.stop()
      await exports.stop()
      devices.stop()
      state.close()
      loopDelay.stop()
    },
  }
}
