/** Captures out of the capture ring: what was before, what comes, several at once, and what is missing. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFakeFlowTable } from '../flows/fake-flow-table.ts'
import { readAll } from '../pcap/capture-rig.ts'
import { CAPTURE_FILTER } from './captured-packet.ts'
import { createCaptureRing } from './capture-ring.ts'
import { createCaptures } from './captures.ts'
import { captured, createFakeTap, type FakeRecord } from './fake-tap.ts'

const WALL_MS = 1_700_000_000_000
const LIMITS = { seconds: 2, maxBytes: 1 << 20, snapLength: 512, beforeBytes: 1 << 19 }
const BUSY = 'Another capture is running on vm'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const create = (given: { bytes?: number; hasTap?: boolean } = {}) => {
  const tap = createFakeTap(100)
  const files = new Map<number, Buffer[]>()
  const over = new Set<number>()
  const warnings: string[] = []
  const startMs = Date.now()
  const nowNs = () => (Date.now() - startMs) * 1e6
  const source = {
    ...(given.hasTap !== false && { packets: tap }),
    table: createFakeFlowTable(8),
    interfaces: () => [],
    wallOffsetMs: () => WALL_MS,
    nowNs,
  }
  const log = {
    error: (fields: object) => expect.fail(JSON.stringify(fields)),
    warn: (_fields: object, message: string) => void warnings.push(message),
  }
  const ring = createCaptureRing(
    { bytes: given.bytes ?? 1 << 20, snapLength: 128, ownPort: 8086 },
    { source, log },
  )
  const captures = createCaptures({
    ...{ agent: 'vm', version: '1', source, ring, ownPort: 8086, log },
    owners: () => [undefined, undefined],
    send: (capture, bytes) => {
      if (bytes.length === 0) over.add(capture)
      else files.set(capture, [...(files.get(capture) ?? []), Buffer.from(bytes)])
      return true
    },
    isReady: () => true,
  })
  ring.start()
  /** A packet of a source, 10.0.0.N, as the kernel has it. */
  const put = (n: number, record: Partial<FakeRecord> = {}) =>
    tap.ring.push(
      captured({
        ...{ bytes: new Uint8Array(60).fill(n), timeNs: nowNs(), src: `10.0.0.${n}` },
        ...{ dst: '10.9.9.9', ...record },
      }),
    )
  /** Time passes; every second the flow table is read. */
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 100) {
      vi.advanceTimersByTime(100)
      captures.known(nowNs())
    }
  }
  const fileOf = (capture: number) => Buffer.concat(files.get(capture) ?? [])
  /** First byte of each packet, its length, and when it came in ms. */
  const packetsOf = async (capture: number) => {
    vi.useRealTimers()
    const { packets, problem, bad } = await readAll(fileOf(capture))
    expect([problem, bad]).toEqual([undefined, []])
    return packets.map(({ bytes, time }) => ({
      of: Number.parseInt(bytes.slice(0, 2), 16),
      length: bytes.length / 2,
      ms: Math.round(Number(time) * 1000 - WALL_MS),
    }))
  }
  return { tap, ring, captures, put, pass, over, fileOf, packetsOf, warnings }
}

test('a capture begins with the packets of its source from before, and goes on with those that come', async () => {
  const { captures, put, pass, over, packetsOf, fileOf } = create()
  for (let i = 0; i < 5; i++) {
    put(1)
    put(2)
    pass(1000)
  }
  captures.start(7, { ip: '10.0.0.1' }, LIMITS)
  put(2)
  pass(1000)
  put(1)
  pass(3000)
  expect([...over]).toEqual([7])
  expect(fileOf(7).toString('latin1')).toContain(
    'Asked for at 2023-11-14T22:13:25.000Z. The capture ring of vm reached back to 2023-11-14T22:13:20.000Z.',
  )
  const packets = await packetsOf(7)
  expect(packets.map(({ of }) => of)).toEqual([1, 1, 1, 1, 1, 1])
  expect(packets.map(({ ms }) => ms)).toEqual([0, 1000, 2000, 3000, 4000, 6000])
})

test('of what was before the last packets are given, as many as shall fit', async () => {
  const { captures, put, pass, packetsOf } = create()
  for (let i = 0; i < 50; i++) {
    put(1)
    pass(100)
  }
  captures.start(1, { ip: '10.0.0.1' }, { ...LIMITS, beforeBytes: 10 * 260 })
  pass(4000)
  const packets = await packetsOf(1)
  expect(packets.map(({ ms }) => ms)).toEqual(Array.from({ length: 10 }, (_, i) => 4000 + 100 * i))
})

test('packets that are older than was asked for are left out, however much room there is', async () => {
  const { captures, put, pass, packetsOf } = create()
  for (let i = 0; i < 10; i++) {
    put(1)
    put(2)
    pass(1000)
  }
  captures.start(1, { ip: '10.0.0.1' }, { ...LIMITS, beforeSeconds: 3 })
  captures.start(2, {}, { ...LIMITS, beforeSeconds: 3600, beforeBytes: 5 * 260 })
  put(1)
  pass(4000)
  expect((await packetsOf(1)).map(({ ms }) => ms)).toEqual([7000, 8000, 9000, 10_000])
  expect((await packetsOf(2)).map(({ ms }) => ms)).toEqual([7000, 8000, 8000, 9000, 9000, 10_000])
})

test('a file that is full tells how many packets there were for it until then', async () => {
  const { captures, put, pass, fileOf, packetsOf, over } = create()
  for (let i = 0; i < 90; i++) put(1)
  pass(1000)
  captures.start(1, { ip: '10.0.0.1' }, { ...LIMITS, maxBytes: 12_000, beforeBytes: 1 << 30 })
  for (let i = 0; i < 60; i++) put(1)
  pass(1000)
  expect([...over]).toEqual([1])
  const { accepted, lost, delivered } = lastBlock(fileOf(1)).statistics
  expect(accepted).toBeGreaterThan(delivered)
  expect([lost, delivered]).toEqual([0, (await packetsOf(1)).length])
})

test('a capture that does not ask for them begins with now, and its file says nothing of a ring', async () => {
  const { captures, put, pass, packetsOf, fileOf } = create()
  put(1)
  pass(1000)
  captures.start(1, {}, { seconds: 2, maxBytes: 1 << 20, snapLength: 512 })
  put(2)
  pass(4000)
  expect(fileOf(1).toString('latin1')).not.toContain('Asked for')
  expect((await packetsOf(1)).map(({ of }) => of)).toEqual([2])
})

test('the ring keeps the beginning of packets; from then on a capture gets of its own what it asks for', async () => {
  const { captures, tap, put, pass, packetsOf } = create()
  const long = { bytes: new Uint8Array(400).fill(1) }
  put(1, long)
  pass(100)
  captures.start(1, { ip: '10.0.0.1' }, LIMITS)
  put(1, long)
  pass(100)
  captures.start(2, { ip: '10.0.0.2' }, { ...LIMITS, snapLength: 64 })
  put(1, long)
  put(2, { bytes: new Uint8Array(400).fill(2) })
  pass(5000)
  const snaps = tap.filters.map((filter) =>
    Buffer.from(filter).readUInt32LE(CAPTURE_FILTER.snapLength),
  )
  expect([snaps[0], Math.max(...snaps), snaps.at(-1)]).toEqual([128, 512, 128])
  expect((await packetsOf(1)).map(({ length }) => length)).toEqual([128, 400, 400])
  expect((await packetsOf(2)).map(({ length }) => length)).toEqual([64])
})

test('eight run at once, and each may end by itself', async () => {
  const { captures, put, pass, over, packetsOf } = create()
  for (let i = 1; i <= 8; i++) captures.start(i, { ip: `10.0.0.${i}` }, LIMITS)
  expect(() => captures.start(9, {}, LIMITS)).toThrow(BUSY)
  for (let i = 1; i <= 8; i++) put(i)
  captures.stop(3)
  pass(1000)
  expect([...over]).toEqual([3])
  captures.start(9, {}, LIMITS)
  pass(4000)
  expect(over.size).toBe(9)
  expect((await packetsOf(5)).map(({ of }) => of)).toEqual([5])
})

test('what found no room on its way to the ring is told of each capture that it may have been of', async () => {
  const { captures, tap, put, pass, ring, fileOf } = create()
  const counts = (lost: number) => (tap.counted = [{ ifindex: 2, accepted: 9, lost }])
  put(1)
  pass(2000)
  counts(5)
  pass(2000)
  captures.start(1, { ip: '10.0.0.1' }, LIMITS)
  captures.start(2, { ip: '10.0.0.2' }, LIMITS)
  pass(500)
  counts(7)
  pass(4000)
  counts(100)
  pass(2000)
  const said = (capture: number) =>
    /(\d+) packets of any source/.exec(fileOf(capture).toString('latin1'))?.[1]
  // The second has no packet from before: what was lost then is nothing to it.
  expect([said(1), said(2), ring.status()?.lostPackets]).toEqual(['7', '2', 100])
  const { statistics } = lastBlock(fileOf(1))
  expect(statistics).toEqual({ accepted: 1, lost: 7, delivered: 1 })
})

test('a reader that is overtaken by the ring has lost what it had not read, by number', async () => {
  const { captures, put, pass, ring, fileOf, over } = create()
  captures.start(1, { ip: '10.0.0.1' }, { ...LIMITS, seconds: 60 })
  // Nobody has read the flow table: the packets wait in the ring, until that is no more.
  for (let i = 0; i < 4000; i++) {
    put(1)
    put(2)
    if (i % 50 === 0) vi.advanceTimersByTime(1)
  }
  vi.advanceTimersByTime(100)
  const held = ring.status()?.packets ?? 0
  expect(held).toBeLessThan(8000)
  captures.stop(1)
  pass(2000)
  expect([...over]).toEqual([1])
  const { statistics } = lastBlock(fileOf(1))
  expect(statistics.accepted).toBe(4000)
  expect(statistics.lost).toBeGreaterThan(0)
  expect(statistics.delivered + statistics.lost).toBe(4000)
})

test('without a ring, and with one that does not work, the file says why there is nothing from before', () => {
  const without = create({ bytes: 0 })
  without.captures.start(1, {}, LIMITS)
  expect(() => without.captures.start(2, {}, LIMITS)).toThrow(BUSY)
  vi.advanceTimersByTime(6000)
  expect([without.ring.isRunning, without.ring.status()]).toEqual([false, undefined])
  expect(without.fileOf(1).toString('latin1')).toContain(
    'Nothing from before is known to vm: it keeps no capture ring (agent.captureRingMegabytes is 0).',
  )
  const broken = create({ hasTap: false })
  expect([broken.ring.problem, broken.warnings]).toEqual([
    'its packets are made up',
    ['there is no capture ring'],
  ])
  expect(() => broken.captures.start(1, {}, LIMITS)).toThrow('vm cannot capture')
})

test('an agent that stops gives what the ring has of a capture that runs', async () => {
  const { captures, put, pass, packetsOf, over, ring, tap } = create()
  put(1)
  pass(100)
  captures.start(1, {}, LIMITS)
  put(2)
  captures.finish()
  ring.stop()
  expect([[...over], tap.state]).toEqual([[1], 'free'])
  expect((await packetsOf(1)).map(({ of }) => of)).toEqual([1, 2])
})

/** Of the statistics block at the end of a file. */
const lastBlock = (file: Buffer) => {
  const block = file.subarray(file.length - file.readUInt32LE(file.length - 4))
  const values = new Map<number, number>()
  for (let at = 20; block.readUInt16LE(at) !== 0;) {
    const [code, length] = [block.readUInt16LE(at), block.readUInt16LE(at + 2)]
    if (length === 8) values.set(code, Number(block.readBigUInt64LE(at + 4)))
    at += 4 + length + (-length & 3)
  }
  const [accepted, lost, delivered] = [6, 7, 8].map((code) => values.get(code) ?? -1)
  return { statistics: { accepted: accepted!, lost: lost!, delivered: delivered! } }
}
