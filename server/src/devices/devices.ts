/** The devices of all agents: a book each, kept in the state database, and what people and other programs say of them. */
import { randomUUID } from 'node:crypto'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import type { Observation } from '@netscope/core/observation.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import type { Logger } from 'pino'
import { createDeviceBook } from './device-book.ts'
import type { DeviceBook } from './device-book.ts'
import type { Device, Given } from './device.ts'
import type { DeviceStore } from './device-store.ts'
import { takeReport } from './device-report.ts'
import type { DeviceReport } from './device-report.ts'

export interface DevicesDeps {
  store: DeviceStore
  vendorOf(mac: string): string
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn'>
  newId?(): string
}

export interface DevicesConfig {
  /** Networks that people named: what lies in them is a device. */
  networks?: readonly Prefix[]
}

export interface Devices {
  readonly count: number
  /** Devices that were not taken because there were too many. */
  readonly refused: number
  /** Changes with everything that people or other programs say. */
  readonly version: number
  all(): Iterable<Device>
  find(id: string): Device | undefined
  /** Whoever has the address, for an agent or for any; the one that was seen last. */
  findIp(ip: string, agent?: string): Device | undefined
  findMac(mac: string, agent: string): Device | undefined
  observe(agent: string, said: readonly Observation[]): void
  /** Takes records of an agent's flows; made once for each batch. */
  flowsOf(agent: string): (record: FlowReader, before: FlowReader | undefined) => void
  setInterfaces(agent: string, interfaces: readonly { ifindex: number; leaf: boolean }[]): void
  /** What people say of a device; undefined: there is none. */
  give(id: string, given: Partial<Given>): Device | undefined
  /** What a third-party agent says; throws `device.too-many`. */
  report(agent: string, report: DeviceReport): Device
  remove(id: string): boolean
  start(): void
  /** Keeps what is not kept yet. */
  stop(): void
}

const MAX_TOTAL = 16_384
const MAX_BOOKS = 256
/** A kill -9 costs this much of what is new, and that much of what was only seen again. */
const SAVE_MS = 5000
const SAVE_SEEN_MS = 60_000
const TICK_MS = 60_000

export const createDevices = (config: DevicesConfig, deps: DevicesDeps): Devices => {
  const { store, now, log, vendorOf, newId = randomUUID } = deps
  const books = new Map<string, DeviceBook>()
  const byId = new Map<string, Device>()
  const changed = new Set<Device>()
  const seenAgain = new Set<Device>()
  const removed = new Set<string>()
  let version = 0
  let timers: NodeJS.Timeout[] = []
  let savedSeenMs = 0
  let isFailing = false

  const onChange = (device: Device, soon: boolean): void => {
    byId.set(device.id, device)
    if (soon) changed.add(device)
    else seenAgain.add(device)
  }

  const begin = (agent: string): DeviceBook => {
    const book = createDeviceBook({
      agent,
      newId,
      vendorOf,
      hasRoom: () => byId.size < MAX_TOTAL,
      networks: config.networks ?? [],
      onChange,
      onRemove(device) {
        byId.delete(device.id)
        changed.delete(device)
        seenAgain.delete(device)
        removed.add(device.id)
        version++
      },
    })
    books.set(agent, book)
    return book
  }

  const bookOf = (agent: string): DeviceBook | undefined =>
    books.get(agent) ?? (books.size < MAX_BOOKS ? begin(agent) : undefined)

  const save = (isLast = false): void => {
    const isTime = isLast || now() - savedSeenMs >= SAVE_SEEN_MS
    const batch = isTime ? new Set([...changed, ...seenAgain]) : changed
    if (batch.size === 0 && removed.size === 0) return
    try {
      store.save(batch, removed)
    } catch (err) {
      // Nothing is lost as long as we run: it stays marked, and the next time may do better.
      if (!isFailing) log.warn({ err }, 'the devices cannot be kept')
      isFailing = true
      return
    }
    isFailing = false
    changed.clear()
    removed.clear()
    if (!isTime) return
    seenAgain.clear()
    savedSeenMs = now()
  }

  const load = (): void => {
    for (const device of store.load()) {
      const book = bookOf(device.agent)
      book?.index.restore(device)
      if (book?.index.devices.has(device.id)) byId.set(device.id, device)
      else removed.add(device.id)
    }
  }

  return {
    get count() {
      return byId.size
    },
    get refused() {
      return [...books.values()].reduce((sum, { index }) => sum + index.refused, 0)
    },
    get version() {
      return version
    },
    all: () => byId.values(),
    find: (id) => byId.get(id),
    findIp(ip, agent) {
      const found = [...books]
        .filter(([name]) => agent === undefined || name === agent)
        .flatMap(([, { index }]) => index.ofIp(ip) ?? [])
      return found.toSorted((a, b) => b.lastSeenMs - a.lastSeenMs)[0]?.device
    },
    findMac: (mac, agent) => books.get(agent)?.index.ofMac(mac),
    observe(agent, said) {
      const book = bookOf(agent)
      const nowMs = now()
      for (const observation of said) book?.observe(observation, nowMs)
    },
    flowsOf(agent) {
      const book = bookOf(agent)
      const nowMs = now()
      return (record, before) => book?.flow(record, before, nowMs)
    },
    setInterfaces: (agent, interfaces) => bookOf(agent)?.setInterfaces(interfaces),
    give(id, given) {
      const device = byId.get(id)
      if (!device) return undefined
      device.given = { ...device.given, ...given }
      onChange(device, true)
      version++
      return device
    },
    report(agent, report) {
      const book = bookOf(agent)
      const device = book && takeReport(book.index, report, now())
      if (!device) throw new NetscopeError('device.too-many', { limit: MAX_TOTAL })
      onChange(device, true)
      version++
      return device
    },
    remove(id) {
      const device = byId.get(id)
      if (device) books.get(device.agent)?.index.remove(device)
      return device !== undefined
    },
    start() {
      load()
      savedSeenMs = now()
      const tick = () => books.forEach((book) => book.tick(now()))
      timers = [setInterval(save, SAVE_MS), setInterval(tick, TICK_MS)]
    },
    stop() {
      timers.forEach(clearInterval)
      save(true)
    },
  }
}
