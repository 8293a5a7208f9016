/** What tracing saw, handed on and added up. */
import { describe, expect, it } from 'vitest'
import type { AcceptedRow, DropRow, DropTotalRow } from '../kernel/tracing/trace-rows.ts'
import type { TraceRows } from '../kernel/tracing/trace-tables.ts'
import { createTraced } from './traced.ts'

const NOTHING: TraceRows = {
  drops: [],
  dropTotals: [],
  retransmissions: [],
  appBytes: [],
  accepted: [],
}

const createRig = () => {
  let rows = NOTHING
  const known = new Set<bigint>()
  const told: bigint[] = []
  const bytes: [bigint, number, number][] = []
  const taken: DropRow[] = []
  const traced = createTraced({
    read: () => rows,
    sockets: {
      accepted: ({ cookie }) => {
        told.push(cookie)
        return known.has(cookie)
      },
      applicationBytes: (...row) => void bytes.push(row),
    },
    flowDrops: { take: (drops) => void taken.push(...drops) },
    interfaceName: (ifindex) => `if${ifindex}`,
    netns: 1,
  })
  return {
    traced,
    known,
    told,
    bytes,
    taken,
    tick: (now: Partial<TraceRows> = {}) => {
      rows = { ...NOTHING, ...now }
      traced.tick()
    },
  }
}

const total = (ifindex: number, reason: string, packets: number): DropTotalRow => ({
  ifindex,
  netns: 1,
  reason,
  packets,
  bytes: 100 * packets,
})
const drop = (protocol: number, packets: number): DropRow => ({
  ...total(2, 'NO_SOCKET', packets),
  tuple: { endpoints: new Uint8Array(36), protocol, sender: 0 },
})
const acceptance = (cookie: bigint): AcceptedRow => ({
  cookie,
  pid: 1,
  uid: 0,
  cgroupId: 1n,
  command: 'a',
})

describe('what was traced', () => {
  it('drops are added up by interface and reason, most first', () => {
    const { traced, tick } = createRig()
    tick({ dropTotals: [total(2, 'A', 1), total(3, 'A', 5), total(0, 'A', 2)] })
    tick({ dropTotals: [total(2, 'A', 7)] })
    expect(traced.drops()).toEqual([
      { interface: 'if2', reason: 'A', packets: 8, bytes: 800 },
      { interface: 'if3', reason: 'A', packets: 5, bytes: 500 },
      { interface: '', reason: 'A', packets: 2, bytes: 200 },
    ])
  })

  it('drops in other network namespaces have no interface: their numbers mean others', () => {
    const { traced, tick } = createRig()
    tick({
      dropTotals: [
        { ...total(2, 'A', 1), netns: 4 },
        { ...total(3, 'A', 2), netns: 0 },
      ],
    })
    expect(traced.drops().map((drop) => drop.interface)).toEqual(['if3', ''])
  })

  it('drops at more places than are kept are added to one called other', () => {
    const { traced, tick } = createRig()
    tick({ dropTotals: Array.from({ length: 300 }, (_, i) => total(i + 1, 'A', 1)) })
    tick({ dropTotals: [total(1, 'A', 1), total(999, 'B', 10)] })
    const drops = traced.drops()
    expect(drops).toHaveLength(257)
    expect(drops[0]).toMatchObject({ interface: '', reason: 'other', packets: 44 + 10 })
    expect(drops.reduce((sum, { packets }) => sum + packets, 0)).toBe(311)
  })

  it('drops of TCP are those of TCP; all go on to the flows', () => {
    const { traced, tick, taken } = createRig()
    tick({ drops: [drop(6, 3), drop(17, 4)] })
    expect(traced.tcpDrops()).toBe(3)
    expect(taken).toHaveLength(2)
  })

  it('bytes go on to their sockets', () => {
    const { tick, bytes } = createRig()
    tick({ appBytes: [{ cookie: 5n, sent: 10, received: 20 }] })
    expect(bytes).toEqual([[5n, 10, 20]])
  })

  it('an accepted socket that is not known yet is told once more in the next tick, and no longer', () => {
    const { tick, told, known } = createRig()
    known.add(1n)
    tick({ accepted: [acceptance(1n), acceptance(2n)] })
    expect(told).toEqual([1n, 2n])
    tick()
    expect(told).toEqual([1n, 2n, 2n])
    tick()
    expect(told).toHaveLength(3)
  })
})
