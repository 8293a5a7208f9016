/** Sockets come, grow, close and go; all that they did stays in the totals. */
import { describe, expect, it } from 'vitest'
import { createFakeSocketTable } from './fake-socket-table.ts'
import { ROLE_CLIENT, ROLE_SERVER, ROLE_UNKNOWN, SOCKET_BYTES } from './socket-slot.ts'
import { createSocketTracker } from './socket-tracker.ts'

const CAPACITY = 32
const LINGER_TICKS = 15
const UDP = 17

const createRig = (capacity = CAPACITY) => {
  const table = createFakeSocketTable(capacity)
  const tracker = createSocketTracker(table)
  const tick = (times = 1) => {
    for (let i = 0; i < times; i++) tracker.tick()
  }
  /** As a flow asks: addresses and ports in words of its own. */
  const byTuple = (local: string, localPort: number, remote: string, remotePort: number) => {
    const words = new Uint32Array(8)
    const bytes = new Uint8Array(words.buffer)
    bytes.set([0xff, 0xff, ...local.split('.').map(Number)], 10)
    bytes.set([0xff, 0xff, ...remote.split('.').map(Number)], 26)
    return tracker.byTuple(words, 0, 4, (localPort | (remotePort << 16)) >>> 0)
  }
  const fresh = (limit = 100): number[] => {
    const rows: number[] = []
    tracker.takeNew(limit, (row) => rows.push(row))
    return rows
  }
  return { table, tracker, tick, byTuple, fresh }
}

const ENDS = { local: '10.0.0.1', localPort: 40_000, remote: '192.0.2.1', remotePort: 443 }

describe('a socket', () => {
  it('is found by cookie and by 5-tuple from the next tick on', () => {
    const { table, tracker, tick, byTuple } = createRig()
    table.open()
    const row = table.open({ ...ENDS, cookie: (5n << 32n) | 0xfffffff7n })
    expect(tracker.byCookie(0xfffffff7, 5)).toBe(-1)
    tick()
    expect(tracker.byCookie(0xfffffff7, 5)).toBe(row)
    expect(tracker.byCookie(0xfffffff7, 6)).toBe(-1)
    expect(byTuple('10.0.0.1', 40_000, '192.0.2.1', 443)).toBe(row)
    expect(byTuple('192.0.2.1', 443, '10.0.0.1', 40_000)).toBe(-1)
    expect(byTuple('10.0.0.1', 40_001, '192.0.2.1', 443)).toBe(-1)
    expect(tracker.localPort(row)).toBe(40_000)
    expect(tracker.used()).toBe(2)
  })

  it.each([
    [1, 65_535],
    [65_535, 1],
    [32_768, 60_000],
  ])('with the ports %i and %i is found', (localPort, remotePort) => {
    const { table, tick, byTuple } = createRig()
    const row = table.open({ ...ENDS, localPort, remotePort })
    tick()
    expect(byTuple('10.0.0.1', localPort, '192.0.2.1', remotePort)).toBe(row)
  })

  it('is not told from one with the same 5-tuple in another network namespace', () => {
    const { table, tracker, tick, byTuple } = createRig()
    const one = table.open({ ...ENDS, netns: 1n })
    const other = table.open({ ...ENDS, netns: 2n ** 40n })
    tick()
    expect(byTuple('10.0.0.1', 40_000, '192.0.2.1', 443)).toBe(-1)
    expect([tracker.byCookie(1, 0), tracker.byCookie(2, 0)]).toEqual([one, other])
  })

  it('that takes over the 5-tuple of a closed one is found, not the closed one', () => {
    const { table, tick, byTuple } = createRig()
    table.close(table.open(ENDS))
    tick()
    const row = table.open(ENDS)
    tick()
    expect(byTuple('10.0.0.1', 40_000, '192.0.2.1', 443)).toBe(row)
  })

  it('of datagrams is found by cookie only', () => {
    const { table, tracker, tick, byTuple } = createRig()
    const row = table.open({ ...ENDS, protocol: UDP, cookie: 9n, sent: 100 })
    tick()
    expect(tracker.byCookie(9, 0)).toBe(row)
    expect(byTuple('10.0.0.1', 40_000, '192.0.2.1', 443)).toBe(-1)
    expect(tracker.totals.now()).toMatchObject({ connects: 0, accepts: 0, established: 0 })
    table.close(row)
    tick(LINGER_TICKS)
    expect(tracker.byCookie(9, 0)).toBe(-1)
    expect(tracker.used()).toBe(0)
  })

  it('that has closed stays for a while, then its slot is zeroed and used again', () => {
    const { table, tracker, tick, byTuple } = createRig(1)
    const row = table.open(ENDS)
    tick()
    expect(table.open()).toBe(-1)
    table.close(row)
    tick(LINGER_TICKS - 1)
    expect(byTuple('10.0.0.1', 40_000, '192.0.2.1', 443)).toBe(row)
    tick()
    expect(byTuple('10.0.0.1', 40_000, '192.0.2.1', 443)).toBe(-1)
    expect(table.slots.subarray(0, SOCKET_BYTES).every((byte) => byte === 0)).toBe(true)
    expect(table.open({ ...ENDS, cookie: 77n })).toBe(row)
    tick()
    expect(tracker.byCookie(77, 0)).toBe(row)
    table.close(row)
    tick(LINGER_TICKS - 1)
    expect(tracker.byCookie(77, 0)).toBe(row)
  })

  it('is handed over as new once, the oldest first, unless it has gone', () => {
    const { table, tick, fresh } = createRig()
    const rows = [table.open(), table.open(), table.open()]
    tick()
    expect(fresh(1)).toEqual([rows[0]])
    table.close(rows[1]!)
    tick(LINGER_TICKS)
    expect(fresh()).toEqual([rows[2]])
    expect(fresh()).toEqual([])
  })
})

describe('the totals', () => {
  it('equal the sum of what all sockets did, whenever they were seen, also when tables are full', () => {
    const { table, tracker, tick } = createRig()
    let seed = 7
    const random = (n: number) =>
      Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * n)
    const open = new Map<number, { sent: number; received: number; retransmits: number }>()
    const expected = { sentBytes: 0, receivedBytes: 0, retransmits: 0, connects: 0, accepts: 0 }
    for (let i = 0; i < 3000; i++) {
      const role = random(2) === 0 ? ROLE_CLIENT : ROLE_SERVER
      const row = table.open({ role })
      if (row >= 0) {
        open.set(row, { sent: 0, received: 0, retransmits: 0 })
        expected[role === ROLE_CLIENT ? 'connects' : 'accepts']++
      }
      for (const [used, counters] of open) {
        // Beyond 2^32, where the high word matters.
        const grown = [random(2 ** 31), random(1000), random(3)] as const
        counters.sent += grown[0]
        counters.received += grown[1]
        counters.retransmits += grown[2]
        expected.sentBytes += grown[0]
        expected.receivedBytes += grown[1]
        expected.retransmits += grown[2]
        table.change(used, counters)
        if (random(20) > 0) continue
        table.close(used)
        open.delete(used)
      }
      if (random(3) > 0) tick()
    }
    tick()
    expect(tracker.totals.now()).toMatchObject({ ...expected, established: open.size })
    expect(table.overflow()).toBeGreaterThan(0)
  })

  it('leave out what a socket did before we knew it', () => {
    const { table, tracker, tick } = createRig()
    const row = table.open({ role: ROLE_UNKNOWN, sent: 1000, received: 500, retransmits: 3 })
    tick()
    expect(tracker.totals.now()).toMatchObject({ sentBytes: 0, receivedBytes: 0, connects: 0 })
    table.change(row, { sent: 1010, received: 501 })
    tick()
    expect(tracker.totals.now()).toMatchObject({ sentBytes: 10, receivedBytes: 1, retransmits: 0 })
  })

  it('count what programs sent and received where tracing tells, never less than was counted or TCP sent', () => {
    const { table, tracker, tick } = createRig()
    const row = table.open({ sent: 100, received: 300 })
    tick()
    tracker.applicationBytes(row, 150, 250)
    expect(tracker.bytesOf(row)).toEqual({ sent: 150, received: 300, isTraced: true })
    tick()
    expect(tracker.totals.now()).toMatchObject({ sentBytes: 150, receivedBytes: 300 })
    tracker.applicationBytes(row, 0, 75)
    tick()
    expect(tracker.totals.now()).toMatchObject({ receivedBytes: 325 })
    table.change(row, { sent: 5000 })
    expect(tracker.bytesOf(row)).toMatchObject({ sent: 5000 })
    const other = table.open({ sent: 7, received: 8 })
    expect(tracker.bytesOf(other)).toEqual({ sent: 7, received: 8, isTraced: false })
  })

  it('count a connect that failed once, however often it is told, and anew in a new socket', () => {
    const { table, tracker, tick } = createRig(1)
    const row = table.open()
    table.close(row)
    tick()
    tracker.connectFailed(row, 'refused')
    tracker.connectFailed(row, 'refused')
    expect(tracker.totals.now()).toMatchObject({ refused: 1, timedOut: 0 })
    tick(LINGER_TICKS)
    tracker.connectFailed(table.open(), 'timedOut')
    expect(tracker.totals.now()).toMatchObject({ refused: 1, timedOut: 1 })
  })
})
