/** Captures from start to end, with a ring that is filled by hand. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CAPTURE_WINDOW_BYTES } from '@netscope/core/wire.ts'
import { createFakeFlowTable } from '../flows/fake-flow-table.ts'
import { readAll } from '../pcap/capture-rig.ts'
import { createCaptures } from './captures.ts'
import { captured, createFakeTap } from './fake-tap.ts'

const LIMITS = { seconds: 2, maxBytes: 1 << 20, snapLength: 65_535 }
const SIZE = 100

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const create = (hasTap = true) => {
  const tap = createFakeTap(SIZE)
  const sent: Buffer[] = []
  const state = { isReady: true, over: 0, errors: 0 }
  const startMs = Date.now()
  const nowNs = () => (Date.now() - startMs) * 1e6
  const interfaces = [
    { ifindex: 2, name: 'eth0', attached: 'tcx' },
    { ifindex: 3, name: 'wlan0' },
  ]
  const captures = createCaptures({
    agent: 'vm',
    version: '1',
    source: {
      ...(hasTap && { packets: tap }),
      table: createFakeFlowTable(8),
      interfaces: () => interfaces as never,
      wallOffsetMs: () => 1_700_000_000_000,
      nowNs,
    },
    ownPort: 8086,
    owners: () => [undefined, undefined],
    send: (_capture, bytes) => {
      if (bytes.length === 0) state.over++
      else sent.push(Buffer.from(bytes))
      return true
    },
    isReady: () => state.isReady,
    log: { error: () => void state.errors++ },
  })
  const put = (count: number, bytes = 100) => {
    for (let i = 0; i < count; i++)
      tap.ring.push(captured({ bytes: new Uint8Array(bytes), timeNs: nowNs() }))
  }
  const packets = async () => {
    vi.useRealTimers()
    return (await readAll(Buffer.concat(sent))).packets.length
  }
  const sentBytes = () => sent.reduce((sum, { length }) => sum + length, 0)
  return { captures, tap, state, put, packets, sentBytes, nowNs, file: () => Buffer.concat(sent) }
}

test('packets wait until the flow table has been read after them', async () => {
  const { captures, tap, put, packets, nowNs } = create()
  captures.start(1, {}, LIMITS)
  put(3)
  vi.advanceTimersByTime(500)
  expect(tap.ring).toHaveLength(3)
  captures.known(nowNs())
  vi.advanceTimersByTime(100)
  expect(tap.ring).toHaveLength(0)
  expect(await packets()).toBe(3)
})

test('they do not wait in a ring that gets full', () => {
  const { captures, tap, put } = create()
  captures.start(1, {}, LIMITS)
  put(90)
  vi.advanceTimersByTime(100)
  expect(tap.ring).toHaveLength(75)
})

test('after its time no packet comes; the last ones are sent, then the end', async () => {
  const { captures, tap, state, put, packets, nowNs } = create()
  captures.start(1, {}, LIMITS)
  vi.advanceTimersByTime(1900)
  put(2)
  vi.advanceTimersByTime(200)
  expect([tap.state, state.over]).toEqual(['closed', 0])
  captures.known(nowNs())
  vi.advanceTimersByTime(100)
  expect([tap.state, state.over, state.errors]).toEqual(['free', 1, 0])
  expect(await packets()).toBe(2)
})

test('a flow table that is read no more holds the end up for three seconds', () => {
  const { captures, state, put } = create()
  captures.start(1, {}, LIMITS)
  put(2)
  vi.advanceTimersByTime(4900)
  expect(state.over).toBe(0)
  vi.advanceTimersByTime(300)
  expect(state.over).toBe(1)
})

test('the bound of bytes ends it below the bound', async () => {
  const { captures, state, put, packets, sentBytes } = create()
  captures.known(Infinity)
  captures.start(1, {}, { ...LIMITS, maxBytes: 20_000 })
  put(100)
  vi.advanceTimersByTime(200)
  expect(state.over).toBe(1)
  expect(sentBytes()).toBeLessThanOrEqual(20_000)
  expect(await packets()).toBeGreaterThan(50)
})

test('no more is sent than the window allows beyond what the reader has taken', () => {
  const { captures, tap, put, sentBytes } = create()
  captures.known(Infinity)
  captures.start(1, {}, { ...LIMITS, maxBytes: 1 << 30 })
  put(80, 60_000)
  vi.advanceTimersByTime(500)
  const first = sentBytes()
  expect(first).toBeLessThanOrEqual(CAPTURE_WINDOW_BYTES)
  expect(tap.ring.length).toBeGreaterThan(40)
  captures.more(1, 1_000_000)
  captures.more(1, 500_000) // an older figure changes nothing
  vi.advanceTimersByTime(500)
  expect(sentBytes()).toBeGreaterThan(first + 900_000)
  expect(sentBytes()).toBeLessThanOrEqual(CAPTURE_WINDOW_BYTES + 1_000_000)
})

test('a reader that stands still after the end is given up, and what is left counts as lost', () => {
  const { captures, tap, state, put, file } = create()
  captures.known(Infinity)
  captures.start(1, {}, LIMITS)
  state.isReady = false
  put(7)
  tap.counted = [{ ifindex: 2, accepted: 9, lost: 2 }]
  vi.advanceTimersByTime(61_000)
  expect(state.over).toBe(0)
  vi.advanceTimersByTime(2000)
  expect([state.over, tap.state]).toEqual([1, 'free'])
  const lost = Buffer.from([7, 0, 8, 0, 9, 0, 0, 0, 0, 0, 0, 0])
  expect(file().includes(lost)).toBe(true)
})

test('one runs at a time; a stopped one makes room', () => {
  const { captures, tap, state } = create()
  captures.start(1, {}, LIMITS)
  expect(() => captures.start(2, {}, LIMITS)).toThrow('Another capture is running on vm')
  expect(() => captures.stop(2)).toThrow('No capture 2')
  captures.stop(1)
  expect(tap.state).toBe('closed')
  vi.advanceTimersByTime(100)
  expect(state.over).toBe(1)
  captures.start(2, {}, LIMITS)
  captures.abandon()
  expect(tap.state).toBe('free')
  vi.advanceTimersByTime(10_000)
  expect(state.over).toBe(1)
})

test('an agent that stops ends the file with what it has', async () => {
  const { captures, state, put, packets } = create()
  captures.start(1, {}, LIMITS)
  put(4)
  captures.finish()
  expect(state.over).toBe(1)
  expect(await packets()).toBe(4)
})

test('what cannot be captured is refused with its reason', () => {
  expect(() => create(false).captures.start(1, {}, LIMITS)).toThrow('vm cannot capture')
  const { captures } = create()
  expect(() => captures.start(1, { interface: 'wlan0' }, LIMITS)).toThrow('interface wlan0')
  expect(() => captures.start(1, { ip: 'nowhere' }, LIMITS)).toThrow('nowhere')
  captures.start(1, { interface: 'eth0' }, LIMITS)
})

test('a capture that fails is over, and the next one works', () => {
  const { captures, tap, state } = create()
  captures.known(Infinity)
  captures.start(1, {}, LIMITS)
  tap.ring.push({ view: new DataView(new ArrayBuffer(4)), at: 0 })
  vi.advanceTimersByTime(100)
  expect([state.errors, state.over, tap.state]).toEqual([1, 1, 'free'])
  captures.start(2, {}, LIMITS)
})
