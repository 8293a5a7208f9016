/** Everything about alerts, wired: detectors, store, judgement by what people said, live topic. */
import { join } from 'node:path'
import type { ServerConfig } from '@netscope/core/config/sections.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import type { DetectorKind } from '@netscope/detect/detector.ts'
import type { Logger } from 'pino'
import { createDetection } from '../detect/detection.ts'
import type { Detection } from '../detect/detection.ts'
import { createLearnedStore } from '../detect/learned-store.ts'
import { createDetectionMemory } from '../detect/memory.ts'
import { createScoreStore } from '../detect/score-store.ts'
import type { ScoreStore } from '../detect/score-store.ts'
import { createDeviceRisks } from '../devices/device-risks.ts'
import type { DeviceRisks } from '../devices/device-risks.ts'
import { roleOf } from '../devices/device-row.ts'
import type { Devices } from '../devices/devices.ts'
import type { DesiredLists } from '../fleet/desired-lists.ts'
import type { ListSync } from '../fleet/list-sync.ts'
import type { Geo } from '../geo/geo.ts'
import { createIntel } from '../intel/intel.ts'
import type { Intel } from '../intel/intel.ts'
import { alertIntel } from '../intel/alert-intel.ts'
import { createAlertLookUps } from '../intel/alert-look-ups.ts'
import { infrastructureOf } from '../intel/infrastructure.ts'
import type { LiveSource } from '../live/live-source.ts'
import type { Channel } from '../notify/channel.ts'
import { createNotify } from '../notify/notify.ts'
import type { Notify } from '../notify/notify.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { Policy } from '../respond/policy.ts'
import { createRespondParts } from '../respond/respond-parts.ts'
import type { RespondParts, RespondPartsDeps } from '../respond/respond-parts.ts'
import type { State } from '../state/open-state.ts'
import { createAlertCaptures } from './alert-captures.ts'
import type { AlertCaptures } from './alert-captures.ts'
import { createAlertChanges } from './alert-changes.ts'
import type { AlertChanges } from './alert-changes.ts'
import { createAlertStore } from './alert-store.ts'
import type { AlertStore } from './alert-store.ts'
import { createAlerts } from './alerts.ts'
import type { Alerts } from './alerts.ts'
import { createExternalAlerts } from './external-alerts.ts'
import type { ExternalAlerts } from './external-alerts.ts'
import { createFeedbackStore } from './feedback-store.ts'
import { createFeedback } from './feedback.ts'
import type { Feedback } from './feedback.ts'
import { createIncidentStore } from './incident-store.ts'
import type { IncidentStore } from './incident-store.ts'
import { createLiveAlerts } from './live-alerts.ts'
import { createWorkflows } from './workflow.ts'
import type { Workflows } from './workflow.ts'

export interface AlertPartsConfig {
  respond: ServerConfig['respond']
  /** Declared in their file. */
  policies: readonly Policy[]
  detect: ServerConfig['detect']
  alerts: ServerConfig['alerts']
  intel: ServerConfig['intel']
  storage: ServerConfig['storage']
  notify: Pick<ServerConfig['notify'], 'publicUrl'>
  /** Declared in the configuration. */
  channels: readonly Channel[]
  /** That people named. */
  networks: readonly Prefix[]
  /** Detectors, instead of all. */
  kinds?: readonly DetectorKind[] | undefined
}

export interface AlertPartsDeps extends Pick<
  RespondPartsDeps,
  'audit' | 'agents' | 'commands' | 'captures' | 'flows' | 'history'
> {
  state: State
  devices: Pick<Devices, 'findIp' | 'findMac' | 'all'>
  geo: Pick<Geo, 'find'>
  lists: Pick<DesiredLists, 'origins'> & RespondPartsDeps['lists']
  listSync: Pick<ListSync, 'change'> & RespondPartsDeps['listSync']
  /** For what goes to other services. */
  outgoing: Outgoing
  log: Logger
}

export interface AlertParts {
  detection: Detection
  alerts: Alerts
  alertStore: AlertStore
  changes: AlertChanges
  incidentStore: IncidentStore
  workflows: Workflows
  external: ExternalAlerts
  feedback: Feedback
  liveAlerts: LiveSource
  scores: ScoreStore
  intel: Intel
  notify: Notify
  response: RespondParts
  deviceRisks: DeviceRisks
  alertCaptures: AlertCaptures
  start(): void
  /** Keeps what is not kept yet. */
  stop(): Promise<void>
}

export const createAlertParts = (config: AlertPartsConfig, deps: AlertPartsDeps): AlertParts => {
  const { state, devices } = deps
  const now = Date.now
  const log = deps.log.child({ component: 'server/alerts' })
  const alertStore = createAlertStore(state)
  const changes = createAlertChanges(state)
  const incidentStore = createIncidentStore(state, alertStore)
  const feedback = createFeedback(
    config.alerts,
    { store: createFeedbackStore(state), now, log },
    (id) => alerts.rejudge(id),
  )
  const alerts = createAlerts(config.alerts, {
    store: alertStore,
    changes,
    judge: feedback.judge,
    markOf: feedback.markOf,
    // An address may be somebody else's by now: that is what forging it is for.
    deviceOf: ({ ip, mac }, agent) =>
      (devices.findMac(mac, agent) ?? devices.findIp(ip, agent))?.id ?? '',
    intelOf: (sides) => alertIntel(sides, intel),
    now,
    log,
  })
  const scores = createScoreStore(state)
  const intel = createIntel(
    { ...config.intel, storagePath: config.storage.path },
    {
      ...{ state, outgoing: deps.outgoing, lists: deps.lists, listSync: deps.listSync, now },
      site: {
        networks: config.networks,
        own: () => detection.site.own(),
        infrastructure: () => infrastructureOf(devices.all()),
        pinned: () => response.protected.all(),
        isOurs: (address) => detection.site.isLocal(address),
      },
      asnOf: (address) => deps.geo.find(address)?.asn ?? 0,
      log: deps.log.child({ component: 'server/intel' }),
    },
  )
  let unwatch = (): void => undefined
  const alertLookUps = createAlertLookUps(config.intel, {
    lookUps: intel.lookUps,
    isOurs: (address) => detection.site.isLocal(address),
    onKnown: alerts.enrich,
    now,
    log,
  })
  const detection = createDetection(
    { settings: config.detect, networks: config.networks, kinds: config.kinds },
    {
      onDetection: alerts.take,
      memory: createDetectionMemory(
        { scoreDays: config.detect.anomalyScoreDays },
        { learned: createLearnedStore(state), scores, now, log },
      ),
      classOf: (address) => {
        const device = devices.findIp(address)
        return device ? roleOf(device) : ''
      },
      intel,
      now,
      log,
    },
  )
  const { setWorkflow } = alerts
  const workflows = createWorkflows({ store: alertStore, changes, setWorkflow, now })
  const external = createExternalAlerts({ take: alerts.take, now })
  const notify = createNotify(
    { publicUrl: config.notify.publicUrl, declared: config.channels },
    {
      ...{ state, alerts, alertStore, outgoing: deps.outgoing, now },
      log: deps.log.child({ component: 'server/notify' }),
    },
  )
  const liveAlerts = createLiveAlerts({ alerts, store: alertStore, now })
  const response = createRespondParts(
    {
      ...{ respond: config.respond, declared: config.policies },
      ...{ storagePath: config.storage.path, publicUrl: config.notify.publicUrl },
    },
    { ...deps, alerts, alertStore, notify, own: () => detection.site.own() },
  )
  const deviceRisks = createDeviceRisks(
    { halfLifeDays: config.intel.halfLifeDays },
    { alerts, alertStore, riskOf: intel.lookUps.riskOf },
  )
  const alertCaptures = createAlertCaptures(
    { ...config.alerts, folder: join(config.storage.path, 'alert-captures') },
    { agents: deps.agents, captures: deps.captures, now, log },
  )
  return {
    detection,
    deviceRisks,
    alertCaptures,
    alerts,
    alertStore,
    changes,
    incidentStore,
    workflows,
    external,
    feedback,
    liveAlerts,
    scores,
    intel,
    notify,
    response,
    start() {
      feedback.start()
      alerts.start()
      deviceRisks.start()
      detection.start()
      intel.start()
      void alertCaptures.start()
      unwatch = alerts.watch((_alert, row) => {
        alertLookUps.take(row)
        alertCaptures.take(row)
      })
      notify.start()
      response.start()
    },
    async stop() {
      response.stop()
      unwatch()
      intel.stop()
      detection.stop()
      alerts.stop()
      deviceRisks.stop()
      feedback.stop()
      await notify.stop()
    },
  }
}
