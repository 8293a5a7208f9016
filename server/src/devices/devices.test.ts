/** Tests of what is kept of devices: in the database, across restarts, and how often it is written. */
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FlowReader } from '@netscope/core/flow-record.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { said } from './book-rig.ts'
import { createDeviceStore } from './device-store.ts'
import { createDevices } from './devices.ts'
import { createDevice } from './device.ts'
import { deviceScores } from './device-risk.ts'
import { detailOf } from './device-row.ts'

const UNKNOWN = deviceScores(
  createDevice('', '', '', 0),
  [],
  { riskOf: () => undefined, halfLifeMs: 1 },
  0,
)

const PHONE = '3c:22:fb:00:00:01'
const log = { warn: vi.fn<() => void>() }

let state: State
let nowMs = 0
beforeEach(() => {
  vi.useFakeTimers()
  log.warn.mockReset()
  nowMs = 1_000_000
  state = openState({ path: ':memory:' })
})
afterEach(() => {
  state.close()
  vi.useRealTimers()
})

const start = (store = createDeviceStore(state)) => {
  const devices = createDevices({}, { store, vendorOf: () => 'Maker', now: () => nowMs, log })
  devices.start()
  return devices
}
const pass = (ms: number): void => {
  nowMs += ms
  vi.advanceTimersByTime(ms)
}
const saveCount = () => {
  const store = createDeviceStore(state)
  const save = vi.fn<typeof store.save>(store.save)
  return { store: { ...store, save }, save }
}

test('a restart knows everything but the bandwidth', () => {
  const before = start()
  before.observe('a1', [
    said.lease(PHONE, '192.168.1.20', { hostName: 'phone', serverId: '192.168.1.20' }),
    said.mdns(PHONE, '192.168.1.20', { service: '_ipp._tcp' }),
  ])
  const [device] = [...before.all()]
  before.give(device!.id, { name: 'Ann', trusted: true, note: 'n', role: 'phone' })
  before.report('a1', { mac: PHONE, openPorts: [22], riskScore: 3 })
  const shown = detailOf(device!, nowMs, true, UNKNOWN)
  before.stop()
  const after = start()
  expect(detailOf(after.find(device!.id)!, nowMs, true, UNKNOWN)).toEqual(shown)
  expect(after.findIp('192.168.1.20', 'a1')?.id).toBe(device!.id)
  after.observe('a1', [said.arp(PHONE, '192.168.1.20')])
  expect(after.count).toBe(1)
  after.stop()
})

test('what is new is kept within five seconds, what was only seen again once a minute', () => {
  const { store, save } = saveCount()
  const devices = start(store)
  devices.observe('a1', [said.arp(PHONE, '192.168.1.20')])
  pass(5000)
  expect(save).toHaveBeenCalledTimes(1)
  for (let i = 0; i < 10; i++) {
    devices.observe('a1', [said.arp(PHONE, '192.168.1.20')])
    pass(5000)
  }
  expect(save).toHaveBeenCalledTimes(1)
  pass(5000)
  expect(save).toHaveBeenCalledTimes(2)
  devices.stop()
  const kept = state.db.prepare('SELECT last_seen_ms FROM devices').get()
  expect(kept).toEqual({ last_seen_ms: 1_050_000 })
})

test('what was seen in a flow is kept, though the clock of flows has fractions of milliseconds', () => {
  const devices = start()
  const context = {
    agent: 'a1',
    wallOffsetMs: 0.25,
    interfaceName: String,
    text: () => '',
    process: () => undefined,
  }
  const record = new FlowReader(flowRecord({ src: '192.168.1.20', lastNs: 2_000_000_300 }), context)
  devices.flowsOf('a1')(record.seek(0), undefined)
  devices.stop()
  expect(log.warn).not.toHaveBeenCalled()
  expect(createDeviceStore(state).load()).toMatchObject([{ lastSeenMs: 2000 }, {}])
})

test('a disk that fails is said once, and what could not be kept is kept later', () => {
  const { store, save } = saveCount()
  const devices = start(store)
  save.mockImplementation(() => {
    throw new Error('disk full')
  })
  devices.observe('a1', [said.arp(PHONE, '192.168.1.20')])
  pass(20_000)
  expect(log.warn).toHaveBeenCalledTimes(1)
  save.mockImplementation(createDeviceStore(state).save)
  pass(5000)
  expect(createDeviceStore(state).load()).toHaveLength(1)
  devices.stop()
})

test('what is forgotten is gone after a restart', () => {
  const devices = start()
  devices.observe('a1', [said.arp(PHONE, '192.168.1.20')])
  pass(5000)
  pass(2 * 3_600_000)
  expect(devices.count).toBe(0)
  devices.stop()
  expect(createDeviceStore(state).load()).toEqual([])
})

test('the same address on networks of two agents is two devices', () => {
  const devices = start()
  devices.observe('a1', [said.arp(PHONE, '192.168.1.20')])
  devices.observe('a2', [said.arp('3c:22:fb:00:00:02', '192.168.1.20')])
  expect(devices.count).toBe(2)
  expect(devices.findIp('192.168.1.20', 'a1')?.mac).toBe(PHONE)
  expect(devices.findMac(PHONE, 'a1')?.mac).toBe(PHONE)
  expect(devices.findMac(PHONE, 'nobody')).toBeUndefined()
  devices.stop()
})

test('any number of agents makes no more books than there is room for', () => {
  const devices = start()
  for (let i = 0; i < 300; i++) devices.observe(`a${i}`, [said.arp(PHONE, '192.168.1.20')])
  expect(devices.count).toBe(256)
  expect(() => devices.report('another', { ip: '192.168.1.1' })).toThrow('No more devices')
  devices.stop()
})

test('the table refuses what is no JSON', () => {
  expect(state.db).toBeInstanceOf(DatabaseSync)
  const insert = state.db.prepare("INSERT INTO devices VALUES ('a', 'b', 'c', 1, ?)")
  expect(() => insert.run('{')).toThrow('constraint')
})
