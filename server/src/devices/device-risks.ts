/** The alerts of each device, kept at hand for its scores: read once at start, then followed. */
import type { AlertRow, KeptAlert } from '../alerts/alert-row.ts'
import type { AlertStore, StoredAlert } from '../alerts/alert-store.ts'
import type { Device } from './device.ts'
import { deviceScores } from './device-risk.ts'
import type { DeviceAlert, DeviceScores } from './device-risk.ts'

export interface DeviceRisks {
  of(device: Device, nowMs: number): DeviceScores
  start(): void
  stop(): void
}

export interface DeviceRisksDeps {
  alerts: {
    watch(listener: (alert: KeptAlert, row: AlertRow) => void): () => void
    rowOf(stored: StoredAlert): AlertRow
  }
  alertStore: Pick<AlertStore, 'page'>
  /** Of an address, from memory. */
  riskOf(ip: string): number | undefined
}

/** Devices with alerts, and alerts of a device: the oldest go first. */
const MOST = { devices: 20_000, alerts: 16 }
/** Of the newest at start. */
const READ = 2000
const DAY_MS = 86_400_000

export const createDeviceRisks = (
  { halfLifeDays }: { halfLifeDays: number },
  { alerts, alertStore, riskOf }: DeviceRisksDeps,
): DeviceRisks => {
  const byDevice = new Map<string, Map<string, DeviceAlert>>()
  let unwatch = (): void => undefined

  const take = (device: string, alert: DeviceAlert, counts: boolean): void => {
    if (device === '') return
    const known = byDevice.get(device) ?? new Map<string, DeviceAlert>()
    byDevice.delete(device)
    known.delete(alert.id)
    if (counts) known.set(alert.id, alert)
    if (known.size > MOST.alerts) known.delete(known.keys().next().value!)
    if (known.size > 0) byDevice.set(device, known)
    if (byDevice.size > MOST.devices) byDevice.delete(byDevice.keys().next().value!)
  }

  /** What people said to be none, or to be over, counts no more. */
  const follow = ({ state, workflow, ...row }: AlertRow): void => {
    const { id, title, severity, confidence } = row
    const lastMs = Date.parse(row.lastSeen)
    const isHeld = state === 'false-positive' || state === 'suppressed'
    const counts = !isHeld && workflow.state !== 'resolved'
    const alert = { id, title, severity, confidence, lastMs }
    take(row.srcDevice, { ...alert, isSource: true }, counts)
    if (row.dstDevice !== row.srcDevice) take(row.dstDevice, { ...alert, isSource: false }, counts)
  }

  return {
    of: (device, nowMs) =>
      deviceScores(
        device,
        [...(byDevice.get(device.id)?.values() ?? [])],
        { riskOf, halfLifeMs: halfLifeDays * DAY_MS },
        nowMs,
      ),
    start() {
      const { items } = alertStore.page({ filter: {}, sort: '-lastSeen', limit: READ })
      for (const stored of items.toReversed()) follow(alerts.rowOf(stored))
      unwatch = alerts.watch((_alert, row) => follow(row))
    },
    stop: () => unwatch(),
  }
}
