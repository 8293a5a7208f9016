/** A device as a third-party agent reports it. */
import type { Device } from './device.ts'
import { dropOldest, MOST, seen } from './device.ts'
import type { DeviceIndex } from './device-index.ts'

export interface DeviceReport {
  /** An address, a MAC, or both. */
  ip?: string | undefined
  mac?: string | undefined
  hostname?: string | undefined
  vendor?: string | undefined
  /** `offline`: it is known, but not there now. */
  status?: 'online' | 'offline' | 'unknown' | undefined
  txBps?: number | undefined
  rxBps?: number | undefined
  /** TCP. */
  openPorts?: readonly number[] | undefined
  riskScore?: number | undefined
  trustScore?: number | undefined
}

/** The device that it is, made if need be; undefined: there is no room. */
export const takeReport = (
  index: DeviceIndex,
  report: DeviceReport,
  nowMs: number,
): Device | undefined => {
  const device = find(index, report, nowMs)
  if (!device) return undefined
  const { hostname, vendor, txBps, rxBps } = report
  if (report.status !== 'offline') seen(device, nowMs)
  if (hostname) device.names.set('reported', { name: hostname, lastSeenMs: nowMs })
  for (const port of report.openPorts ?? []) {
    const firstSeenMs = device.ports.get(`TCP ${port}`)?.firstSeenMs ?? nowMs
    device.ports.set(`TCP ${port}`, { protocol: 'TCP', port, firstSeenMs, lastSeenMs: nowMs })
    dropOldest(device.ports, MOST.ports)
  }
  const hasRates = txBps !== undefined || rxBps !== undefined
  device.reported = {
    ...device.reported,
    atMs: nowMs,
    ...(vendor !== undefined && { vendor }),
    ...(hasRates && { rates: { txBps: txBps ?? 0, rxBps: rxBps ?? 0 } }),
    ...(report.riskScore !== undefined && { riskScore: report.riskScore }),
    ...(report.trustScore !== undefined && { trustScore: report.trustScore }),
  }
  return device
}

const find = (index: DeviceIndex, { mac, ip }: DeviceReport, nowMs: number): Device | undefined => {
  if (!mac) return ip === undefined ? undefined : index.meetIp(ip, nowMs)?.device
  const device = index.meetMac(mac, nowMs)
  const address = device && ip !== undefined ? index.bind(mac, ip, false, nowMs) : undefined
  if (address) address.lastSeenMs = nowMs
  return device
}
