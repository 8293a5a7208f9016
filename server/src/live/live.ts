/** Live subscriptions: the topics and where each comes from. */
import type { Status } from '@netscope/core/status.ts'
import type { Agents } from '../agents.ts'
import { rowOf } from '../devices/device-row.ts'
import type { DeviceRisks } from '../devices/device-risks.ts'
import type { Devices } from '../devices/devices.ts'
import type { Flows } from '../flows/flows.ts'
import type { EventStream } from '../stream/event-stream.ts'
import { createLiveEvents } from './live-events.ts'
import { createLiveFlows } from './live-flows.ts'
import type { LiveFlows } from './live-flows.ts'
import { createLiveHub } from './live-hub.ts'
import type { LiveHub } from './live-hub.ts'
import { createLiveRows } from './live-rows.ts'
import type { LiveSource } from './live-source.ts'

const TICK_MS = 1000

export interface Live {
  readonly hub: LiveHub
  /** What comes in from agents goes here too. */
  readonly flows: Pick<LiveFlows, 'take'>
  start(): void
  stop(): void
}

export interface LiveDeps {
  agents: Agents
  alerts: LiveSource
  devices: Pick<Devices, 'all'>
  deviceRisks: Pick<DeviceRisks, 'of'>
  events: EventStream
  flows: Pick<Flows, 'liveCount'>
  /** Milliseconds of a clock that never steps back. */
  now(): number
  /** Milliseconds since 1970. */
  wallClock(): number
}

export const createLive = (deps: LiveDeps): Live => {
  const { agents, alerts, devices, deviceRisks, events, flows, now, wallClock } = deps
  const liveFlows = createLiveFlows({ now, cpuMs, wallClock })

  const deviceRows = createLiveRows('devices', function* () {
    const connected = new Set(agents.connected.map(({ name }) => name))
    const nowMs = wallClock()
    for (const device of devices.all())
      yield [
        device.id,
        JSON.stringify(
          rowOf(device, nowMs, connected.has(device.agent), deviceRisks.of(device, nowMs)),
        ),
      ]
  })
  const metricRows = createLiveRows('metrics', () => [
    ['', JSON.stringify(metricsOf(agents, flows.liveCount, wallClock()))],
  ])

  const hub = createLiveHub(
    {
      flows: liveFlows,
      events: createLiveEvents(events, wallClock),
      devices: deviceRows,
      metrics: metricRows,
      alerts,
    },
    { now },
  )
  let timer: NodeJS.Timeout | undefined

  return {
    hub,
    flows: liveFlows,
    start() {
      hub.start()
      timer = setInterval(() => {
        deviceRows.tick()
        metricRows.tick()
      }, TICK_MS)
    },
    stop() {
      clearInterval(timer)
      hub.stop()
    },
  }
}

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Sums over the agents that are there. */
const metricsOf = ({ all, connected }: Agents, liveFlows: number, timeMs: number) => {
  const statuses = connected.flatMap(({ status }) => status ?? [])
  const sum = (read: (status: Status) => number) =>
    statuses.reduce((total, status) => total + read(status), 0)
  return {
    timeMs,
    agents: all.length,
    agentsConnected: connected.length,
    liveFlows,
    packetsPerSecond: sum((status) => status.packetsPerSecond),
    bytesPerSecond: sum((status) => status.bytesPerSecond),
    activeIps: sum((status) => status.activeIps),
    droppedPackets: sum((status) => status.lastSecond.droppedPackets),
    rxBytes: sum((status) => status.lastSecond.rxBytes),
    txBytes: sum((status) => status.lastSecond.txBytes),
  }
}
