/** Tests of the uplink against a real Unix socket. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RECORD_BYTES, RECORD_ENRICHMENT } from '@netscope/core/flow-record.ts'
import { encodeFrame, encodeJsonFrame } from '@netscope/core/frame.ts'
import type { Status } from '@netscope/core/status.ts'
import { BATCH_HEADER_BYTES, FRAME, UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import { createFakeServer, flowRecords, slotsOf } from './fake-server.ts'
import { createMembership } from './membership.ts'
import { createUplink, type UplinkConfig } from './uplink.ts'

const HELLO = {
  protocol: UPLINK_PROTOCOL,
  agent: 'a1',
  hostname: 'h',
  version: '0',
  source: 'mock',
  flowCapacity: 64,
  startedAtMs: 5,
} as const

const local = (path: string) =>
  createMembership({ socket: path, server: '', token: '', ca: '', credentialPath: '' })

const newUplink = (given: Partial<UplinkConfig> = {}) => {
  const seen: string[] = []
  const commands: unknown[] = []
  const warnings: object[] = []
  const note = (fields: object) => warnings.push(fields)
  const spool = { path: join(folder, 'spool'), maxBytes: 16 << 20 }
  const uplink = createUplink(
    { spool, ...given },
    {
      membership: local(server.path),
      hello: () => HELLO,
      wallOffsetMs: () => 1000.5,
      now: () => 2000,
      entriesOf: (ids) => ({ texts: [...ids].map((id) => [id, `text ${id}`]), processes: [] }),
      interfaceName: () => undefined,
      onCommand: async (command) => {
        commands.push(command)
        return { id: (command as { id: number }).id, ok: true, result: { got: true } }
      },
      onConnected: () => seen.push('connected'),
      onDisconnected: () => seen.push('disconnected'),
      log: { info: () => undefined, warn: note, error: note },
    },
  )
  stop = () => uplink.stop(20)
  return { uplink, seen, commands, warnings }
}

let folder: string
let server: ReturnType<typeof createFakeServer>
let stop = async (): Promise<void> => undefined
beforeEach(() => {
  server = createFakeServer()
  folder = mkdtempSync(join(tmpdir(), 'netscope-uplink-'))
})
afterEach(async () => {
  await stop()
  await server.close()
  rmSync(folder, { recursive: true })
})
const until = (check: () => unknown) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 15_000, interval: 5 })

test('says hello first, then sends flows, events and status with rising numbers', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  expect(uplink.sendFlows(flowRecords([3, ''], [4, '']), 2)).toBe(true)
  expect(uplink.sendEvents(Buffer.alloc(128, 7), 2)).toBe(true)
  uplink.sendStatus({ timeMs: 1 } as Status)
  await until(() => server.frames.length === 4)
  expect(server.frames.map(({ type, seq }) => [type, seq])).toEqual([
    [FRAME.hello, 0],
    [FRAME.flows, 1],
    [FRAME.events, 2],
    [FRAME.status, 3],
  ])
  expect(server.json(FRAME.hello)).toEqual([{ ...HELLO, epoch: expect.any(Number) as number }])
  const flows = server.frames[1]!
  expect(slotsOf(flows)).toEqual([3, 4])
  expect([flows.payload.readDoubleLE(0), flows.payload.readDoubleLE(8)]).toEqual([1000.5, 2000])
  expect(server.frames[2]!.payload.length).toBe(BATCH_HEADER_BYTES + 128)
})

test('works without a server, keeps ended flows for it and reports its absence once', async () => {
  const { uplink, seen, warnings } = newUplink()
  uplink.start()
  expect(uplink.sendFlows(flowRecords([1, ''], [4, 'closed']), 2)).toBe(false)
  expect(uplink.sendFlows(flowRecords([2, 'closed']), 1)).toBe(true)
  expect(uplink.sendEvents(Buffer.alloc(64), 1)).toBe(false)
  uplink.sendFlows(flowRecords([5, 'reset']), 1)
  await until(() => warnings.length > 0)
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(warnings).toHaveLength(1)
  await server.start()
  await until(() => seen.includes('connected') && server.spooled().length === 2)
  expect(server.spooled().map(({ slots }) => slots)).toEqual([[2], [5]])
})

test('sends what was not acknowledged again after a reconnect, ended flows only, by its old name, in order', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  uplink.sendFlows(flowRecords([1, 'idle']), 1)
  uplink.sendFlows(flowRecords([2, ''], [3, 'idle'], [4, '']), 3)
  uplink.sendFlows(flowRecords([5, '']), 1)
  await until(() => server.flows().length === 4)
  expect(server.flows().map(slotsOf)).toEqual([[1], [3], [2, 4], [5]])
  server.acknowledge(1)
  await until(() => uplink.counts().queuedBytes < 3000)
  await server.stop()
  await until(() => seen.includes('disconnected'))
  const epochs = () => (server.json(FRAME.hello) as { epoch: number }[]).map(({ epoch }) => epoch)
  const [firstEpoch] = epochs()
  uplink.sendFlows(flowRecords([6, 'closed']), 1)
  uplink.sendFlows(flowRecords([7, 'closed']), 1)
  server.frames.length = 0
  await server.start()
  await until(() => server.spooled().length === 3)
  expect(server.frames[0]!.type).toBe(FRAME.hello)
  const [kept, ...later] = server.spooled()
  expect(kept).toMatchObject({ slots: [3], epoch: firstEpoch, seq: 2 })
  expect(later).toMatchObject([
    { slots: [6], seq: 1 },
    { slots: [7], seq: 2 },
  ])
  expect(later[0]!.epoch).toBe(later[1]!.epoch)
  expect(new Set([firstEpoch, later[0]!.epoch, ...epochs()]).size).toBe(3)
  server.acknowledge(server.frames.at(-1)!.seq)
  await until(() => uplink.counts().queuedBytes === 0 && uplink.counts().spool.bytes === 0)
  expect(seen).toEqual(['connected', 'disconnected', 'connected'])
})

test('an agent that was killed sends what it had not got rid of, with the names that its ids stood for', async () => {
  const killed = newUplink()
  const records = flowRecords([1, 'idle'], [2, 'closed'])
  records.set([7, 0, 0, 0], RECORD_ENRICHMENT)
  killed.uplink.start()
  killed.uplink.sendFlows(records, 2)
  await killed.uplink.stop(0)
  await server.start()
  newUplink().uplink.start()
  await until(() => server.spooled().length === 1)
  expect(server.spooled()[0]).toMatchObject({
    slots: [1, 2],
    names: { wallOffsetMs: 1000.5, texts: [[7, 'text 7']], interfaces: [] },
  })
})

test('keeps records in memory while the disk takes none, in order, and says so', async () => {
  writeFileSync(join(folder, 'spool'), 'a file where the folder should be')
  const { uplink, seen } = newUplink({ maxMemoryBytes: 6 * (RECORD_BYTES + 400) })
  uplink.start()
  for (let slot = 0; slot < 10; slot++) uplink.sendFlows(flowRecords([slot, 'idle']), 1)
  const { droppedRecords, degraded } = uplink.counts()
  expect(droppedRecords).toBeGreaterThan(2)
  expect(degraded.join()).toMatch(/takes nothing .*memory only.*given up/s)
  await server.start()
  await until(() => seen.length === 1 && server.spooled().length === 10 - droppedRecords)
  const slots = server.spooled().flatMap((batch) => batch.slots)
  expect(slots).toEqual(Array.from({ length: slots.length }, (_, i) => 10 - slots.length + i))
  server.acknowledge(server.frames.at(-1)!.seq)
  await until(() => uplink.counts().queuedBytes === 0)
  uplink.sendFlows(flowRecords([10, 'idle']), 1)
  await until(() => server.flows().length === 1)
  await server.stop()
  server.frames.length = 0
  await server.start()
  await until(() => server.spooled().length === 1)
  expect(server.spooled()[0]!.slots).toEqual([10])
})

test('replays with little on the way, so that what is live gets through', async () => {
  const { uplink, seen } = newUplink()
  uplink.start()
  const many = flowRecords(...Array.from({ length: 1000 }, (): [number, 'idle'] => [1, 'idle']))
  for (let i = 0; i < 20; i++) uplink.sendFlows(many, 1000)
  await server.start()
  await until(() => seen.length === 1 && server.spooled().length > 0)
  expect(uplink.sendFlows(flowRecords([2, '']), 1)).toBe(true)
  expect(uplink.sendFlows(flowRecords([3, 'closed']), 1)).toBe(true)
  await until(() => server.flows().length === 2)
  expect(server.spooled().length).toBeLessThan(5)
  const acknowledging = setInterval(() => server.acknowledge(server.frames.at(-1)!.seq), 5)
  await until(() => server.spooled().length === 20 && uplink.counts().spool.bytes === 0)
  clearInterval(acknowledging)
})

test('refuses live flows while the server does not acknowledge, but takes ended ones', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  const count = 4000
  while (uplink.sendFlows(new Uint8Array(count * RECORD_BYTES), count))
    expect(uplink.counts().queuedBytes).toBeLessThan(64 << 20)
  expect(uplink.sendFlows(flowRecords([1, '']), 1)).toBe(false)
  expect(uplink.sendFlows(flowRecords([2, 'idle']), 1)).toBe(true)
  await until(() => server.flows().some((frame) => slotsOf(frame).join() === '2'))
})

test('leaves a server from which nothing comes', async () => {
  await server.start()
  const { uplink, seen } = newUplink({ silenceMs: 200 })
  uplink.start()
  await until(() => seen.join() === 'connected,disconnected,connected')
})

test('answers a ping with its time', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  server.write(encodeFrame(FRAME.ping, 0, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])))
  await until(() => server.frames.some(({ type }) => type === FRAME.pong))
  const { payload } = server.frames.find(({ type }) => type === FRAME.pong)!
  expect([...payload.subarray(0, 8), payload.readDoubleLE(8)]).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 2000,
  ])
})

test('says why the server refuses it, and does not ask again at once', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  server.write(
    encodeJsonFrame(FRAME.refused, 0, { code: 'x', message: 'You are old.', remedy: 'Update.' }),
  )
  await until(() => seen.includes('disconnected'))
  expect(uplink.counts().degraded).toEqual(['The server refuses this agent: You are old. Update.'])
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(seen).toEqual(['connected', 'disconnected'])
})

test('executes commands and replies; an acknowledgement from the future is ignored', async () => {
  await server.start()
  const { uplink, seen, commands } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  uplink.sendFlows(flowRecords([1, 'idle']), 1)
  server.acknowledge(1000)
  server.command({ id: 9, name: 'flows.flush' })
  await until(() => server.json(FRAME.reply).length === 1)
  expect(commands).toEqual([{ id: 9, name: 'flows.flush' }])
  expect(server.json(FRAME.reply)).toEqual([{ id: 9, ok: true, result: { got: true } }])
  expect(uplink.counts().queuedBytes).toBeGreaterThan(0)
})

test('a flood of commands is answered whole, some at a time', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  for (let id = 1; id <= 500; id++) server.command({ id, name: 'flows.flush' })
  await until(() => server.json(FRAME.reply).length === 500)
})

test('leaves a server that does not speak the protocol and tries again', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  server.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n'))
  await until(() => seen.join() === 'connected,disconnected,connected')
})

test('stop waits for the acknowledgement of what was sent', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  uplink.sendFlows(flowRecords([1, 'forced']), 1)
  const stopped = uplink.stop(5000)
  await until(() => server.flows().length === 1)
  server.acknowledge(1)
  await stopped
  expect(uplink.counts()).toMatchObject({ connected: false, queuedBytes: 0 })
  expect(uplink.counts().spool.bytes).toBe(0)
})
