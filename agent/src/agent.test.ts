/** Tests of the whole agent with a source that stands for the kernel and a server on a real socket. */
import { createFakeProcesses } from './enrich/fake-processes.ts'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import { formatPrefix } from '@netscope/core/prefix.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import type { Status } from '@netscope/core/status.ts'
import { BATCH_HEADER_BYTES, FRAME } from '@netscope/core/wire.ts'
import { createAgent, type Agent } from './agent.ts'
import { createFakeFlowTable } from './flows/fake-flow-table.ts'
import { arpFrame } from './observe/observe-rig.ts'
import type { Source } from './source.ts'
import { createFakeServer } from './uplink/fake-server.ts'
import { createEngine } from './wasm/engine.ts'
import { createMembership } from './uplink/membership.ts'

const createFakeSource = () => {
  const steps: string[] = []
  const table = createFakeFlowTable(64)
  let watched = false
  const counters = { rxPackets: 0, rxBytes: 0, txPackets: 0, txBytes: 0 }
  const source: Source = {
    name: 'mock',
    table,
    lists: {
      capacity: 100,
      add: (list, prefixes) => steps.push(`${list} ${formatPrefix(prefixes, 0)}`),
      remove: () => undefined,
    },
    events: {
      watch: (on) => {
        watched = on
        steps.push(`watch ${on}`)
      },
      drain: (on) => {
        if (watched) on(new Uint8Array(2 * EVENT_BYTES).fill(9), 2)
        return watched ? 2 : 0
      },
      counts: () => ({ sent: 2, skipped: 0, lost: 0 }),
    },
    observations: {
      observe: () => undefined,
      drain: () => 0,
      counts: () => ({ sent: 7, skipped: 6, lost: 5 }),
    },
    capabilities: () => [],
    interfaces: () => [
      {
        ifindex: 2,
        name: 'eth0',
        kind: 'physical',
        attached: 'mock',
        leaf: true,
        before: counters,
        now: counters,
      },
    ],
    hookCounters: () => [],
    overflow: () => table.overflow(),
    nowNs: () => performance.now() * 1e6,
    wallOffsetMs: () => 0,
    start: async () => {
      steps.push('start')
    },
    stop: async () => {
      steps.push('stop')
    },
  }
  return { source, table, steps }
}

let server: ReturnType<typeof createFakeServer>
let folder = ''
let agent: Agent | undefined
beforeEach(() => {
  server = createFakeServer()
  folder = mkdtempSync(join(tmpdir(), 'netscope-agent-'))
})
afterEach(async () => {
  await agent?.stop()
  agent = undefined
  await server.close()
  rmSync(folder, { recursive: true })
})

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const newAgent = (source: Source): Agent =>
  createAgent(
    {
      agent: {
        name: 'a1',
        source: 'mock',
        ipWindowMaxAddresses: 64,
        captureRingMegabytes: 0,
        captureRingSnapLength: 128,
      },
      flows: {
        tableSize: 64,
        tcpIdleSeconds: 60,
        udpIdleSeconds: 60,
        icmpIdleSeconds: 60,
        otherIdleSeconds: 60,
        closedLingerSeconds: 5,
        liveUpdatesPerSecond: 1000,
        condenseAbove: 500,
        recentEnded: 10,
      },
      events: { maxPerSecond: 100 },
      observe: {
        enabled: true,
        httpHost: false,
        maxPerSecond: 100,
        hopsPerSecond: 40,
        hopAddresses: 3,
      },
      persistence: { path: join(folder, 'lists.json') },
      uplink: { spoolPath: join(folder, 'spool'), spoolMaxBytes: 16 << 20 },
    },
    {
      source,
      hostname: 'h1',
      version: '1.2.3',
      ownPort: 8086,
      sshPorts: [22],
      operatorPorts: [22],
      processes: createFakeProcesses(),
      diagnose: () => Promise.resolve(undefined),
      pidOfInode: () => undefined,
      membership: createMembership({
        socket: server.path,
        server: '',
        token: '',
        ca: '',
        credentialPath: join(folder, 'uplink.json'),
      }),
      now: () => Date.now(),
      log: quiet,
    },
  )
const until = (check: () => unknown) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 15_000, interval: 10 })

const flowsSeen = () =>
  server.flows().flatMap(({ payload }) => {
    const records = payload.subarray(BATCH_HEADER_BYTES)
    const reader = new FlowReader(records, {
      agent: 'a1',
      wallOffsetMs: 0,
      interfaceName: String,
      text: () => '',
      process: () => undefined,
    })
    return Array.from({ length: records.length / RECORD_BYTES }, (_, i) =>
      decodeFlow(reader.seek(i * RECORD_BYTES)),
    )
  })

test('lists are in force before the source starts, and without a server', async () => {
  writeFileSync(join(folder, 'lists.json'), '{"blacklist":["192.0.2.1"]}')
  const { source, steps } = createFakeSource()
  agent = newAgent(source)
  await agent.start()
  expect(steps).toEqual(['deny 192.0.2.1', 'start'])
})

test('reports flows and status to a server that comes later, and their end when it stops', async () => {
  const { source, table, steps } = createFakeSource()
  agent = newAgent(source)
  await agent.start()
  table.packet({ src: '10.0.0.1', dst: '10.0.0.2', srcPort: 4000, dstPort: 80, timeNs: 1e9 })
  await server.start()
  await until(() => flowsSeen().some(({ dstPort }) => dstPort === 80))
  await until(() => server.json(FRAME.status).length > 0)
  expect(server.json(FRAME.hello)).toMatchObject([
    { agent: 'a1', hostname: 'h1', version: '1.2.3', flowCapacity: 64 },
  ])
  expect((server.json(FRAME.status).at(-1) as Status).activeFlows).toBe(1)
  await agent.stop()
  agent = undefined
  expect(flowsSeen().at(-1)).toMatchObject({ dstPort: 80, end: 'forced' })
  expect(steps.at(-1)).toBe('stop')
})

test('a new connection gets every live flow again', async () => {
  const { source, table } = createFakeSource()
  agent = newAgent(source)
  await server.start()
  await agent.start()
  table.packet({ src: '10.0.0.1', dst: '10.0.0.2', srcPort: 4000, dstPort: 80, timeNs: 1e9 })
  await until(() => flowsSeen().length > 0)
  await server.stop()
  server.frames.length = 0
  await server.start()
  await until(() => flowsSeen().some(({ dstPort }) => dstPort === 80))
})

test('sends packet events while watched, and stops when the server goes away', async () => {
  const { source, steps } = createFakeSource()
  agent = newAgent(source)
  await server.start()
  await agent.start()
  await until(() => server.json(FRAME.hello).length === 1)
  server.command({ id: 1, name: 'events.watch', on: true })
  await until(() => server.frames.some(({ type }) => type === FRAME.events))
  expect(server.json(FRAME.reply)).toEqual([{ id: 1, ok: true, result: {} }])
  const events = server.frames.find(({ type }) => type === FRAME.events)!
  expect(events.payload.length).toBe(BATCH_HEADER_BYTES + 2 * EVENT_BYTES)
  await server.stop()
  await until(() => steps.at(-1) === 'watch false')
})

test('a list command answers when it is in force', async () => {
  const { source, steps } = createFakeSource()
  agent = newAgent(source)
  await server.start()
  await agent.start()
  await until(() => server.json(FRAME.hello).length === 1)
  server.command({
    id: 5,
    name: 'list.add',
    list: 'deny',
    entries: [{ prefix: '198.51.100.0/24', reason: 'r' }],
  })
  await until(() => server.json(FRAME.reply).length === 1)
  expect(server.json(FRAME.reply)[0]).toMatchObject({ id: 5, ok: true, result: { added: 1 } })
  expect(steps).toContain('deny 198.51.100.0/24')
})

test('tells the server what hosts say about themselves', async () => {
  const engine = createEngine({ capacity: 64, sshPorts: [], listCapacity: 1 })
  const { source } = createFakeSource()
  agent = newAgent({ ...source, observations: engine.observations })
  await server.start()
  await agent.start()
  const frame = arpFrame({ senderIp: '192.0.2.9' })
  engine.packetBytes.set(frame)
  engine.count(frame.length, frame.length, 14, 2, 0, 1e9, 1)
  await until(() => server.json(FRAME.observations).length > 0)
  expect(server.json(FRAME.observations)).toMatchObject([
    { observations: [{ kind: 'arp', senderIp: '192.0.2.9', interface: 'eth0' }] },
  ])
})
