/** From what agents send, through a detector, to the list of alerts. */
import { ENDS, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { SLOT } from '@netscope/core/slot.ts'
import { FRAME } from '@netscope/core/wire.ts'
import type { DetectorKind } from '@netscope/detect/detector.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { said } from '../devices/book-rig.ts'
import type { FakeAgent } from '../fakes/fake-agent.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

const [SYN, RST_ACK] = [2, 20]
const RESET = ENDS.indexOf('reset')

const FOUND = {
  severity: 50,
  confidence: 0.5,
  technique: 'T1046',
  direction: 'internal' as const,
  evidence: { reason: 'it was seen', facts: [], flows: [] },
  quietMs: 60_000,
}

/** Reports every new flow to port 4444, with what it is told of the addresses, and every ARP frame. */
const kind: DetectorKind = {
  name: 'port-4444',
  version: 1,
  description: 'For this test.',
  techniques: ['T1046'],
  create: (_settings, { report, isLocal, isOwn }) => ({
    flow({ src, dst, dstPort, timeMs, agent, isFirst }) {
      if (dstPort !== 4444) return
      const known = `${isFirst} ${isLocal(src)} ${isLocal(dst)} ${isOwn(src)} ${isOwn(dst)}`
      const parties = { source: { ip: src }, target: { ip: dst, port: dstPort } }
      report({ ...FOUND, ...parties, key: src, title: known, timeMs, agent })
    },
    observation(observation, agent) {
      if (observation.kind !== 'arp') return
      const { senderMac: mac, timeMs } = observation
      report({ ...FOUND, source: { mac }, target: {}, key: mac, title: 'arp', timeMs, agent })
    },
  }),
}

let running: RunningServer
let agent: FakeAgent
beforeEach(async () => {
  running = await startServer({ kinds: [kind] })
  agent = running.agent()
  await agent.start()
})
afterEach(async () => {
  await agent.stop()
  await running.stop()
})

const alerts = async () => {
  const response = await running.fetch('/api/v1/alerts')
  return ((await response.json()) as { alerts: Record<string, unknown>[] }).alerts
}
const some = (count: number) =>
  until(async () => {
    const found = await alerts()
    return found.length === count ? found : undefined
  })

test('flows that live become alerts, and what goes on is the same one', async () => {
  const flow = { src: '192.0.2.7', dst: '198.51.100.9', dstPort: 4444, path: 1 }
  agent.flows([flowRecord(flow), flowRecord({ slot: 2, dstPort: 80 })])
  const [first] = await some(1)
  expect(first).toMatchObject({
    ...{ detector: 'port-4444', agent: 'host-a', state: 'active', count: 1, label: 'medium' },
    ...{ src: '192.0.2.7', dst: '198.51.100.9', dstPort: 4444 },
    // office is a network that the configuration names.
    title: 'true false true false false',
  })
  agent.flows([flowRecord(flow)])
  const grown = await until(async () => {
    const [one] = await alerts()
    return one?.['count'] === 2 ? one : undefined
  })
  expect(grown).toMatchObject({ id: first?.['id'], title: 'false false true false false' })
})

test('an address that the machine sends from, and gets answers at, is its own', async () => {
  agent.flows([flowRecord({ src: '203.0.113.1', dst: '192.0.2.7', dstPort: 4444 })])
  expect((await some(1))[0]).toMatchObject({ title: 'true true false true false' })
})

test('what ended while the server was away is looked at too, once', async () => {
  const record = flowRecord({ src: '10.0.0.5', dstPort: 4444, end: 1 })
  agent.spooled(500, 1, { wallOffsetMs: 0, interfaces: [], texts: [], processes: [] }, [record])
  agent.spooled(500, 1, { wallOffsetMs: 0, interfaces: [], texts: [], processes: [] }, [record])
  agent.flows([flowRecord({ src: '10.0.0.6', dstPort: 4444 })])
  const found = await some(2)
  expect(found.map(({ src, count }) => `${String(src)} ${String(count)}`).toSorted()).toEqual([
    '10.0.0.5 1',
    '10.0.0.6 1',
  ])
})

test('what another program reports is looked at too', async () => {
  const flow = { src_ip: '10.0.0.5', dst_ip: '192.0.2.9', src_port: 40_000, dst_port: 4444 }
  const response = await running.fetch('/api/v1/flows/batch', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: 'edge-1', flows: [{ ...flow, protocol: 'TCP' }] }),
  })
  expect(response.ok).toBe(true)
  expect((await some(1))[0]).toMatchObject({ agent: 'edge-1', src: '10.0.0.5', dstPort: 4444 })
})

test('what hosts say becomes alerts', async () => {
  const observations = [said.arp('3c:22:fb:00:00:01', '192.168.1.1')]
  agent.frame(FRAME.observations, 1001, Buffer.from(JSON.stringify({ observations })))
  expect((await some(1))[0]).toMatchObject({ src: '', srcMac: '3c:22:fb:00:00:01', title: 'arp' })
})

test('a real detector finds a real scan, once', async () => {
  const other = await startServer()
  const scanned = other.agent()
  await scanned.start()
  const nowMs = Date.now()
  /** A SYN that is refused. */
  const probe = (i: number): Buffer => {
    const record = flowRecord({
      ...{ slot: i, src: '192.0.2.7', dst: '10.0.0.9', srcPort: 40_000 + i, dstPort: i, path: 1 },
      ...{ srcPackets: 1, dstPackets: 1, srcBytes: 60, dstBytes: 40, end: RESET },
    })
    record.set([SYN, RST_ACK], RECORD_HEADER_BYTES + SLOT.tcpFlags)
    record.writeUInt32LE(1, RECORD_HEADER_BYTES + SLOT.rst + 4)
    return record
  }
  scanned.flows(
    Array.from({ length: 200 }, (_, i) => probe(i + 1)),
    nowMs,
  )
  const found = await until(async () => {
    const response = await other.fetch('/api/v1/alerts?src=192.0.2.7&severity=low')
    const { alerts: all } = (await response.json()) as { alerts: Record<string, unknown>[] }
    return all.length > 0 ? all : undefined
  }, 15)
  expect(found).toMatchObject([{ dst: '10.0.0.9', technique: 'T1595.001', state: 'active' }])
  await scanned.stop()
  await other.stop()
})
