/** How long servers take, what they answer, and that no query gets lost between the counts. */
import { describe, expect, it } from 'vitest'
import { createDnsLatency, type DnsExchange } from './dns-latency.ts'

const exchange = (change: Partial<DnsExchange> = {}): DnsExchange => ({
  client: '192.0.2.1',
  clientPort: 40_000,
  server: '192.0.2.53',
  id: 1,
  ...change,
})

describe('DNS latency', () => {
  it('pairs answers with their queries, by client, port, server and id', () => {
    const dns = createDnsLatency()
    dns.query(exchange(), 100)
    for (const foreign of [{ client: 'x' }, { clientPort: 1 }, { server: 'x' }, { id: 2 }])
      expect(dns.answer(exchange(foreign), 0, 101)).toBeUndefined()
    expect(dns.answer(exchange(), 0, 104.5)).toBe(4.5)
    expect(dns.answer(exchange(), 0, 105)).toBeUndefined()
    expect(dns.unasked()).toBe(5)
    expect(dns.report(200)).toEqual([
      {
        server: '192.0.2.53',
        queries: 1,
        repeated: 0,
        answers: 1,
        unanswered: 0,
        untracked: 0,
        rcodes: { NOERROR: 1 },
        latencySumMs: 4.5,
        latencyCounts: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      },
    ])
  })

  it('counts rcodes by name and latencies by bucket', () => {
    const dns = createDnsLatency()
    for (const [rcode, latency] of [
      [0, 1],
      [3, 1.5],
      [3, 5000],
      [11, 6000],
    ] as const) {
      dns.query(exchange(), 0)
      dns.answer(exchange(), rcode, latency)
    }
    const [stats] = dns.report(6000)
    expect(stats?.rcodes).toEqual({ NOERROR: 1, NXDOMAIN: 2, RCODE11: 1 })
    expect(stats?.latencyCounts).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
  })

  it('counts a repeated query once, from its first time on', () => {
    const dns = createDnsLatency()
    dns.query(exchange(), 0)
    dns.query(exchange(), 5000)
    expect(dns.answer(exchange(), 0, 5010)).toBe(5010)
    expect(dns.report(6000)[0]).toMatchObject({ queries: 1, repeated: 1, answers: 1 })
  })

  it('counts what got no answer within 10 s', () => {
    const dns = createDnsLatency()
    dns.query(exchange(), 0)
    expect(dns.report(9999)[0]).toMatchObject({ unanswered: 0 })
    expect(dns.report(10_000)[0]).toMatchObject({ queries: 1, unanswered: 1, answers: 0 })
    expect(dns.answer(exchange(), 0, 10_001)).toBeUndefined()
  })

  it('keeps no more open queries than it may, and says which it let go', () => {
    const dns = createDnsLatency({ maxOutstanding: 2 })
    for (const id of [1, 2, 3]) dns.query(exchange({ id }), id)
    expect(dns.answer(exchange({ id: 1 }), 0, 10)).toBeUndefined()
    expect(dns.answer(exchange({ id: 3 }), 0, 10)).toBe(7)
    expect(dns.report(10)[0]).toMatchObject({ queries: 3, answers: 1, untracked: 1 })
  })

  it('has no more rows than it may, and in them every query', () => {
    const dns = createDnsLatency({ maxServers: 2 })
    const ask = (server: string, nowMs: number): void => {
      dns.query(exchange({ server }), nowMs)
      dns.answer(exchange({ server }), 0, nowMs + 1)
    }
    ask('a', 0)
    ask('b', 1)
    ask('c', 2)
    expect(dns.report(3).map(({ server, answers }) => [server, answers])).toEqual([
      ['a', 1],
      ['b', 1],
      ['other', 1],
    ])
    ask('b', 600_000)
    ask('d', 600_000)
    const rows = dns.report(600_000).map(({ server, queries, rcodes }) => [server, queries, rcodes])
    expect(rows).toEqual([
      ['b', 2, { NOERROR: 2 }],
      ['d', 1, { NOERROR: 1 }],
      ['other', 2, { NOERROR: 2 }],
    ])
  })
})
