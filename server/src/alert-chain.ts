/** From detection to action, wired: detectors → alerts → threat intelligence → notifications → response. */
import type { ServerConfig } from '@netscope/core/config/sections.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import type { DetectorKind } from '@netscope/detect/detector.ts'
import type { Logger } from 'pino'
import { createAlertParts } from './alerts/alert-parts.ts'
import type { AlertParts, AlertPartsDeps } from './alerts/alert-parts.ts'
import { createDetectionParts } from './detect/detection-parts.ts'
import type { DetectionParts } from './detect/detection-parts.ts'
import { createDeviceRisks } from './devices/device-risks.ts'
import type { DeviceRisks } from './devices/device-risks.ts'
import type { Devices } from './devices/devices.ts'
import type { DesiredLists } from './fleet/desired-lists.ts'
import type { ListSync } from './fleet/list-sync.ts'
import type { Geo } from './geo/geo.ts'
import { alertIntel } from './intel/alert-intel.ts'
import { createAlertLookUps } from './intel/alert-look-ups.ts'
import { infrastructureOf } from './intel/infrastructure.ts'
import { createIntel } from './intel/intel.ts'
import type { Intel } from './intel/intel.ts'
import type { Channel } from './notify/channel.ts'
import { createNotify } from './notify/notify.ts'
import type { Notify } from './notify/notify.ts'
import type { Outgoing } from './outgoing/outgoing.ts'
import { approvalLink } from './respond/approval-link.ts'
import type { Policy } from './respond/policy.ts'
import { createRespondParts } from './respond/respond-parts.ts'
import type { RespondParts, RespondPartsDeps } from './respond/respond-parts.ts'
import type { State } from './state/open-state.ts'

export interface AlertChainConfig extends Pick<
  ServerConfig,
  'respond' | 'detect' | 'alerts' | 'intel' | 'storage'
> {
  notify: Pick<ServerConfig['notify'], 'publicUrl'>
  /** Declared in the configuration. */
  channels: readonly Channel[]
  /** Declared in their file. */
  policies: readonly Policy[]
  /** That people named. */
  networks: readonly Prefix[]
  /** Detectors, instead of all. */
  kinds?: readonly DetectorKind[] | undefined
}

export interface AlertChainDeps extends Pick<
  RespondPartsDeps & AlertPartsDeps,
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

export interface AlertChain extends DetectionParts, Omit<AlertParts, 'start' | 'stop'> {
  intel: Intel
  notify: Notify
  response: RespondParts
  deviceRisks: DeviceRisks
  start(): void
  /** Keeps what is not kept yet. */
  stop(): Promise<void>
}

export const createAlertChain = (config: AlertChainConfig, deps: AlertChainDeps): AlertChain => {
  const { state, devices, outgoing } = deps
  const { networks } = config
  const now = Date.now
  const storagePath = config.storage.path
  const logOf = (part: string): Logger => deps.log.child({ component: `server/${part}` })
  const isOurs = (address: string): boolean => detection.site.isLocal(address)
  const own = () => detection.site.own()

  const alertParts = createAlertParts(
    { ...config.alerts, storagePath },
    {
      ...{ state, agents: deps.agents, captures: deps.captures, now, log: logOf('alerts') },
      // An address may be somebody else's by now: that is what forging it is for.
      deviceOf: ({ ip, mac }, agent) =>
        (devices.findMac(mac, agent) ?? devices.findIp(ip, agent))?.id ?? '',
      intelOf: (sides) => alertIntel(sides, intel),
    },
  )
  const { alerts, alertStore } = alertParts
  const intel = createIntel(
    { ...config.intel, storagePath },
    {
      ...{ state, outgoing, lists: deps.lists, listSync: deps.listSync, now, log: logOf('intel') },
      site: {
        ...{ networks, own, isOurs },
        infrastructure: () => infrastructureOf(devices.all()),
        pinned: () => response.protected.all(),
      },
      asnOf: (address) => deps.geo.find(address)?.asn ?? 0,
    },
  )
  const { lookUps } = intel
  const alertLookUps = createAlertLookUps(config.intel, {
    ...{ lookUps, isOurs, now, log: logOf('intel') },
    onKnown: alerts.enrich,
  })
  const detectionParts = createDetectionParts(
    { settings: config.detect, networks, kinds: config.kinds },
    { state, devices, intel, onDetection: alerts.take, now, log: logOf('detect') },
  )
  const { detection } = detectionParts
  const notify = createNotify(
    { publicUrl: config.notify.publicUrl, declared: config.channels },
    {
      ...{ state, alerts, alertStore, outgoing, now, log: logOf('notify') },
      linkOf: (id) => approvalLink(config.notify.publicUrl, id, response.decisions),
    },
  )
  const response = createRespondParts(
    {
      ...{ respond: config.respond, declared: config.policies },
      ...{ storagePath, publicUrl: config.notify.publicUrl },
    },
    { ...deps, alerts, alertStore, notify, own },
  )
  const deviceRisks = createDeviceRisks(config.intel, {
    ...{ alerts, alertStore },
    riskOf: lookUps.riskOf,
  })
  let unwatch = (): void => undefined

  return {
    ...{ ...alertParts, ...detectionParts, intel, notify, response, deviceRisks },
    start() {
      alertParts.start()
      deviceRisks.start()
      detection.start()
      intel.start()
      unwatch = alerts.watch((_alert, row) => alertLookUps.take(row))
      notify.start()
      response.start()
    },
    async stop() {
      response.stop()
      unwatch()
      intel.stop()
      detection.stop()
      alertParts.stop()
      deviceRisks.stop()
      await notify.stop()
    },
  }
}
