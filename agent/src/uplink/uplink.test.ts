/** Tests of the uplink against a real Unix socket. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { Status } from '@netscope/core/status.ts'
import { BATCH_HEADER_BYTES, FRAME, type Hello } from '@netscope/core/wire.ts'
import { createFakeServer, flowRecords, slotsOf } from './fake-server.ts'
import { createUplink } from './uplink.ts'

const HELLO: Hello = {
  protocol: 1,
  agent: 'a1',
  hostname: 'h',
  version: '0',
  source: 'mock',
  flowCapacity: 64,
  startedAtMs: 5,
}

const newUplink = (maxRetainedBytes?: number) => {
  const seen: string[] = []
  const commands: unknown[] = []
  const warnings: object[] = []
  const uplink = createUplink(
    { socket: server.path, ...(maxRetainedBytes !== undefined && { maxRetainedBytes }) },
    {
      hello: () => HELLO,
      wallOffsetMs: () => 1000.5,
      now: () => 2000,
      onCommand: async (command) => {
        commands.push(command)
        return { id: (command as { id: number }).id, ok: true, result: { got: true } }
      },
      onConnected: () => seen.push('connected'),
      onDisconnected: () => seen.push('disconnected'),
      log: { info: () => undefined, warn: (fields) => warnings.push(fields) },
    },
  )
  stop = () => uplink.stop(20)
  return { uplink, seen, commands, warnings }
}

let server: ReturnType<typeof createFakeServer>
let stop = async (): Promise<void> => undefined
beforeEach(() => {
  server = createFakeServer()
})
afterEach(async () => {
  await stop()
  await server.close()
})
const until = (check: () => unknown) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 15_000, interval: 5 })

test('says hello first, then sends flows, events and status with rising numbers', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  expect(uplink.sendFlows(flowRecords([3, ''], [4, 'idle']), 2)).toBe(true)
  expect(uplink.sendEvents(Buffer.alloc(128, 7), 2)).toBe(true)
  uplink.sendStatus({ timeMs: 1 } as Status)
  await until(() => server.frames.length === 4)
  expect(server.frames.map(({ type, seq }) => [type, seq])).toEqual([
    [FRAME.hello, 0],
    [FRAME.flows, 1],
    [FRAME.events, 2],
    [FRAME.status, 3],
  ])
  expect(server.json(FRAME.hello)).toEqual([HELLO])
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
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(warnings).toHaveLength(1)
  await server.start()
  await until(() => seen.includes('connected') && server.flows().length === 2)
  expect(server.flows().map(slotsOf)).toEqual([[2], [5]])
})

test('resends what was not acknowledged after a reconnect, ended flows only, same numbers, in order', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  uplink.sendFlows(flowRecords([1, 'idle']), 1)
  uplink.sendFlows(flowRecords([2, ''], [3, 'idle'], [4, '']), 3)
  uplink.sendFlows(flowRecords([5, '']), 1)
  await until(() => server.flows().length === 3)
  server.acknowledge(1)
  await until(() => uplink.counts().queuedBytes < 2000)
  await server.stop()
  await until(() => seen.includes('disconnected'))
  uplink.sendFlows(flowRecords([6, 'closed']), 1)
  server.frames.length = 0
  await server.start()
  await until(() => server.flows().length === 2)
  expect(server.frames[0]!.type).toBe(FRAME.hello)
  expect(server.flows().map((frame) => [frame.seq, slotsOf(frame)])).toEqual([
    [2, [3]],
    [4, [6]],
  ])
  server.acknowledge(4)
  await until(() => uplink.counts().queuedBytes === 0)
  expect(seen).toEqual(['connected', 'disconnected', 'connected'])
})

test('gives up the oldest ended flows when the bound is reached, and counts them', async () => {
  const { uplink } = newUplink(4 * (RECORD_BYTES + 300))
  for (let slot = 0; slot < 10; slot++) uplink.sendFlows(flowRecords([slot, 'idle']), 1)
  expect(uplink.counts().droppedRecords).toBe(6)
  uplink.start()
  await server.start()
  await until(() => server.flows().length === 4)
  expect(server.flows().map(slotsOf)).toEqual([[6], [7], [8], [9]])
})

test('refuses live flows while the server does not acknowledge, but takes ended ones', async () => {
  await server.start()
  const { uplink, seen } = newUplink()
  uplink.start()
  await until(() => seen.length === 1)
  const count = 40_000
  while (uplink.sendFlows(new Uint8Array(count * RECORD_BYTES), count))
    expect(uplink.counts().queuedBytes).toBeLessThan(64 << 20)
  expect(uplink.sendFlows(flowRecords([1, '']), 1)).toBe(false)
  expect(uplink.sendFlows(flowRecords([2, 'idle']), 1)).toBe(true)
  await until(() => server.flows().some((frame) => slotsOf(frame).join() === '2'))
})

test('leaves a server that reads nothing, so that the bound holds for the socket too', async () => {
  await server.start()
  const { uplink, seen } = newUplink(1 << 20)
  uplink.start()
  await until(() => seen.length === 1)
  server.stopReading()
  const ended = flowRecords(...Array.from({ length: 1000 }, (): [number, 'idle'] => [1, 'idle']))
  await until(() => uplink.sendFlows(ended, 1000) && seen.includes('disconnected'))
  await until(() => seen.join() === 'connected,disconnected,connected')
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
})
