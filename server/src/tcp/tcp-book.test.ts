/** Tests of the TCP series: what they add up to, how many there are, and that none goes backwards. */
import type { TcpTotals } from '@netscope/core/status.ts'
import { describe, expect, test } from 'vitest'
import { fakeStatus } from '../fakes/fake-status.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import type { FakeRecord } from '../fakes/flow-record.ts'
import { createRandom, createTcpWorld } from '../fakes/tcp-world.ts'
import { createTcpLines } from '../metrics/tcp-lines.ts'
import { createTcpBooks } from './tcp-books.ts'

const tcpLines = (...args: Parameters<typeof createTcpLines>): string =>
  createTcpLines(...args)().toString()

interface Settings {
  seriesBudget?: number
  foldClientPorts?: boolean
}

/** A book and its clock, which is the agent's too. */
const create = ({ seriesBudget = 3, foldClientPorts = true }: Settings = {}) => {
  let nowMs = 1_000_000
  const books = createTcpBooks({ seriesBudget, foldClientPorts }, { now: () => nowMs })
  books.connected('a', 1)
  const take = (bytes: Buffer) =>
    books.take('a', new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, 0)
  return {
    books,
    take,
    put: (record: Partial<FakeRecord>) => take(flowRecord({ firstNs: nowMs * 1e6, ...record })),
    now: () => nowMs,
    /** A second later, with the host's totals. */
    settle: (totals: Partial<TcpTotals>, seconds = 1) => {
      nowMs += 1000 * seconds
      books.settle('a', { ...fakeStatus().tcp!, ...totals }, nowMs)
    },
    /** Value of each series of a metric by its labels, without node. */
    series: (name: string) => seriesOf(tcpLines(books, false), name),
  }
}

const seriesOf = (text: string, name: string): Record<string, number> => {
  const line = new RegExp(
    `^network_observability_${name}{node="a",src_ip="(.*)",dst_ip="(.*)",src_port="(.*)",dst_port="(.*)"} (\\S+)$`,
    'gm',
  )
  return Object.fromEntries(
    [...text.matchAll(line)].map(([, src, dst, srcPort, dstPort, value]) => [
      `${src}:${srcPort} ${dst}:${dstPort}`,
      Number(value),
    ]),
  )
}
const OTHER = 'other:other other:other'

const METRICS = {
  tcp_bytes_sent_total: 'sentBytes',
  tcp_bytes_recv_total: 'receivedBytes',
  tcp_retransmissions_total: 'retransmits',
  tcp_rtt_samples_total: 'rttSamples',
  tcp_drops_total: 'drops',
} as const

const sum = (values: Record<string, number>): number =>
  Object.values(values).reduce((total, value) => total + value, 0)

describe('whatever happens on the host', () => {
  const cases = [1, 2, 3, 4].flatMap((seed) =>
    [1, 2, 5, 40].map((budget) => ({ seed, budget, fold: seed % 2 === 0 })),
  )

  test.each(cases)(
    'the series add up to the totals, keep the budget and never decrease (seed $seed, budget $budget)',
    ({ seed, budget, fold }) => {
      const random = createRandom(seed)
      const world = createTcpWorld(random, 30)
      const book = create({ seriesBudget: budget, foldClientPorts: fold })
      const before = new Map<string, Record<string, number>>()
      const shown = new Set<string>()
      for (let second = 0; second < 200; second++) {
        // Some totals come before the records of that second, some after.
        const early = random(2) === 0 ? { ...world.totals } : undefined
        for (const record of world.step(book.now())) book.take(record)
        const totals = early ?? { ...world.totals }
        book.settle(totals)
        for (const [name, field] of Object.entries(METRICS)) {
          const series = book.series(name)
          expect(sum(series)).toBe(totals[field])
          expect(Object.keys(series).length).toBeLessThanOrEqual(budget)
          for (const [labels, value] of Object.entries(before.get(name) ?? {}))
            expect(series[labels] ?? Infinity).toBeGreaterThanOrEqual(value)
          before.set(name, series)
          for (const labels of Object.keys(series)) shown.add(labels)
        }
      }
      expect(shown.size).toBeGreaterThanOrEqual(Math.min(budget, 10))
    },
  )
})

test('a connection has what both of its sockets here counted, by client and service', () => {
  const { put, settle, series } = create()
  settle({ sentBytes: 0, receivedBytes: 0 })
  put({ slot: 1, srcSent: 100, dstSent: 50, srcReceived: 50, dstReceived: 100 })
  settle({ sentBytes: 160, receivedBytes: 150 })
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 10.0.0.2:443': 150, [OTHER]: 10 })
  expect(series('tcp_bytes_recv_total')).toEqual({ '10.0.0.1: 10.0.0.2:443': 150, [OTHER]: 0 })
})

test('client ports are there when they are not folded', () => {
  const { put, settle, series } = create({ foldClientPorts: false, seriesBudget: 5 })
  settle({ sentBytes: 0 })
  put({ slot: 1, srcPort: 40_001, srcSent: 1 })
  put({ slot: 2, srcPort: 40_002, srcSent: 2 })
  settle({ sentBytes: 3 })
  expect(series('tcp_bytes_sent_total')).toEqual({
    '10.0.0.1:40001 10.0.0.2:443': 1,
    '10.0.0.1:40002 10.0.0.2:443': 2,
    [OTHER]: 0,
  })
})

test('a connection that two interfaces saw is counted once', () => {
  const { put, settle, series } = create()
  settle({ sentBytes: 0 })
  put({ slot: 1, ifindex: 2, srcSent: 70 })
  put({ slot: 2, ifindex: 3, srcSent: 90 })
  settle({ sentBytes: 90 })
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 10.0.0.2:443': 90, [OTHER]: 0 })
})

test('a series begins at 0 with what was in other before', () => {
  const { put, settle, series } = create({ seriesBudget: 2 })
  settle({ sentBytes: 1000 })
  put({ slot: 1, dst: '192.0.2.1', srcSent: 100 })
  settle({ sentBytes: 1100 })
  put({ slot: 2, dst: '192.0.2.2', srcSent: 140 })
  settle({ sentBytes: 1240 })
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 192.0.2.1:443': 100, [OTHER]: 1140 })
  put({ slot: 2, dst: '192.0.2.2', srcSent: 170 })
  settle({ sentBytes: 1270 })
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 192.0.2.2:443': 30, [OTHER]: 1240 })
})

test('two connections of about the same weight do not take turns', () => {
  const { put, settle, series } = create({ seriesBudget: 2 })
  settle({ sentBytes: 0 })
  const holders = new Set<string>()
  for (let i = 1; i <= 200; i++) {
    put({ slot: 1, dst: '192.0.2.1', srcSent: 1000 * i + (i % 2) * 400 })
    put({ slot: 2, dst: '192.0.2.2', srcSent: 1000 * i + ((i + 1) % 2) * 400 })
    settle({ sentBytes: 3000 * i })
    for (const labels of Object.keys(series('tcp_bytes_sent_total'))) holders.add(labels)
  }
  expect(holders.size).toBe(2)
})

test('what is heavy now takes the place of what was heavy long ago', () => {
  const { put, settle, series } = create({ seriesBudget: 2 })
  settle({ sentBytes: 0 })
  put({ slot: 1, dst: '192.0.2.1', srcSent: 1_000_000 })
  settle({ sentBytes: 1_000_000 })
  settle({ sentBytes: 1_000_000 }, 7200)
  put({ slot: 2, dst: '192.0.2.2', srcSent: 1000 })
  settle({ sentBytes: 1_001_000 })
  expect(Object.keys(series('tcp_bytes_sent_total'))).toContain('10.0.0.1: 192.0.2.2:443')
})

test('a series ends a minute after its last flow, and what it had is in other then', () => {
  const { put, settle, series } = create()
  settle({ sentBytes: 0 })
  put({ slot: 1, srcSent: 10 })
  put({ slot: 1, srcSent: 30, end: 2 })
  settle({ sentBytes: 30 })
  settle({ sentBytes: 30 }, 58)
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 10.0.0.2:443': 30, [OTHER]: 0 })
  settle({ sentBytes: 30 }, 2)
  expect(series('tcp_bytes_sent_total')).toEqual({ [OTHER]: 30 })
})

test('a series whose flow is reported before the totals waits for them', () => {
  const { put, settle, series } = create()
  settle({ sentBytes: 100 })
  put({ slot: 1, srcSent: 500 })
  settle({ sentBytes: 100 })
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 10.0.0.2:443': 0, [OTHER]: 100 })
  settle({ sentBytes: 620 })
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 10.0.0.2:443': 500, [OTHER]: 120 })
})

test('what a flow had counted before we knew the agent stays in other', () => {
  const { put, settle, series } = create()
  put({ slot: 1, srcSent: 500 })
  settle({ sentBytes: 9000 })
  put({ slot: 2, dst: '192.0.2.9', srcSent: 7000, firstNs: 1 })
  put({ slot: 1, srcSent: 510 })
  settle({ sentBytes: 9010 })
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 10.0.0.2:443': 10, [OTHER]: 9000 })
})

test('a socket that follows another on the same ports counts from 0', () => {
  const { put, settle, series } = create()
  settle({ sentBytes: 0 })
  put({ slot: 1, srcSent: 500 })
  settle({ sentBytes: 500 })
  put({ slot: 1, srcSent: 20 })
  settle({ sentBytes: 520 })
  expect(series('tcp_bytes_sent_total')).toEqual({ '10.0.0.1: 10.0.0.2:443': 520, [OTHER]: 0 })
})

test('tells the mean RTT of the live connections of a series', () => {
  const { put, settle, series } = create()
  settle({})
  put({ slot: 1, srcPort: 1, srcRttUs: 100, srcRttSamples: 1 })
  put({ slot: 2, srcPort: 2, dstRttUs: 300, dstRttSamples: 1 })
  settle({ rttSamples: 92 })
  expect(series('tcp_rtt_avg_nanoseconds')).toEqual({ '10.0.0.1: 10.0.0.2:443': 200_000 })
  put({ slot: 1, srcPort: 1, srcRttUs: 100, srcRttSamples: 1, end: 1 })
  expect(series('tcp_rtt_avg_nanoseconds')).toEqual({ '10.0.0.1: 10.0.0.2:443': 300_000 })
})

test('a new run of the agent counts from 0; without socket programs there are no series', () => {
  const { books, put, settle, series } = create()
  expect(tcpLines(books, false)).not.toContain('node=')
  settle({ sentBytes: 5 })
  put({ slot: 1, srcSent: 10 })
  settle({ sentBytes: 15 })
  books.connected('a', 1)
  expect(sum(series('tcp_bytes_sent_total'))).toBe(15)
  books.connected('a', 2)
  expect(tcpLines(books, false)).not.toContain('node=')
})

test('does not tell of drops where nobody counts them', () => {
  const { books, settle } = create()
  const { drops: _, ...rest } = fakeStatus().tcp!
  settle({})
  books.settle('a', rest, 1)
  expect(tcpLines(books, false)).not.toMatch(/drops_total\{/)
  expect(tcpLines(books, false)).toMatch(/events_retrans_total{node="a"} 4/)
})

test('has the labels of Kubernetes, empty, when they are asked for', () => {
  const { books, put, settle } = create()
  settle({})
  put({ slot: 1, srcSent: 10 })
  settle({})
  const text = tcpLines(books, true)
  expect(text).toContain('dst_port="443",src_pod="",src_namespace="",src_svc="",dst_pod="",')
  expect(text).toContain('dst_port="other",src_pod="other",')
})
