/** All sections of the configuration, and which process takes which. */
import { agentSection } from './agent.ts'
import { alertsSection } from './alerts.ts'
import { apiSection } from './api.ts'
import { authChecks, authSection } from './auth.ts'
import { detectSection } from './detect.ts'
import { eventsSection } from './events.ts'
import { exportSection } from './export.ts'
import { flowsSection } from './flows.ts'
import { historySection } from './history.ts'
import { intelSection } from './intel.ts'
import type { SectionValue } from './key.ts'
import { listsSection, persistenceSection } from './lists.ts'
import { metricsChecks, metricsSection } from './metrics.ts'
import { mockSection } from './mock.ts'
import { networkChecks, networkSection } from './network.ts'
import { networksChecks, networksSection } from './networks.ts'
import { notifyChecks, notifySection } from './notify.ts'
import { observeSection } from './observe.ts'
import { outgoingChecks, outgoingSection } from './outgoing.ts'
import { respondChecks, respondSection } from './respond.ts'
import { serverChecks, serverSection } from './server.ts'
import { storageSection } from './storage.ts'
import { uplinkChecks, uplinkSection } from './uplink.ts'

const shared = {
  flows: flowsSection,
  events: eventsSection,
  lists: listsSection,
  uplink: uplinkSection,
}
const ofAgent = {
  agent: agentSection,
  network: networkSection,
  observe: observeSection,
  persistence: persistenceSection,
  mock: mockSection,
}
const ofServer = {
  server: serverSection,
  api: apiSection,
  auth: authSection,
  storage: storageSection,
  history: historySection,
  metrics: metricsSection,
  networks: networksSection,
  detect: detectSection,
  alerts: alertsSection,
  respond: respondSection,
  intel: intelSection,
  notify: notifySection,
  export: exportSection,
  outgoing: outgoingSection,
}

const agentConfig = { ...ofAgent, ...shared }
const serverConfig = { ...ofServer, ...shared }
/** Everything that config.yaml can hold, in the order in which it is explained. */
export const upConfig = {
  server: serverSection,
  api: apiSection,
  auth: authSection,
  storage: storageSection,
  history: historySection,
  network: networkSection,
  flows: flowsSection,
  events: eventsSection,
  observe: observeSection,
  lists: listsSection,
  persistence: persistenceSection,
  metrics: metricsSection,
  networks: networksSection,
  detect: detectSection,
  alerts: alertsSection,
  respond: respondSection,
  intel: intelSection,
  notify: notifySection,
  export: exportSection,
  outgoing: outgoingSection,
  agent: agentSection,
  uplink: uplinkSection,
  mock: mockSection,
}

type Values<Sections> = { [Name in keyof Sections]: SectionValue<Sections[Name]> }
export type AgentConfig = Values<typeof agentConfig>
export type ServerConfig = Values<typeof serverConfig>
export type UpConfig = Values<typeof upConfig>

/** What `netscope up`, `netscope agent` and `netscope server` are given. */
export interface ProcessConfigs {
  up: UpConfig
  agent: AgentConfig
  server: ServerConfig
}
export type ProcessName = keyof ProcessConfigs

export const PROCESS_SECTIONS = { up: upConfig, agent: agentConfig, server: serverConfig } as const

/** What a schema can't say: the remedy where a value that fits the schema is still wrong. */
export const CHECKS: Readonly<Record<string, (value: never) => string | undefined>> = {
  'server.host': serverChecks.host,
  'auth.jwtSecret': authChecks.jwtSecret,
  'server.timezone': serverChecks.timezone,
  'network.interfaces': networkChecks.interfaces,
  'networks.named': networksChecks.named,
  'notify.publicUrl': notifyChecks.publicUrl,
  'outgoing.allow': outgoingChecks.allow,
  'respond.managementNetworks': respondChecks.managementNetworks,
  'metrics.prometheusUrl': metricsChecks.prometheusUrl,
  'uplink.socket': uplinkChecks.socket,
  'uplink.listen': uplinkChecks.listen,
  'uplink.address': uplinkChecks.address,
  'uplink.server': uplinkChecks.server,
}
