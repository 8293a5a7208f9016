/** Many messages, few summaries, nothing lost. */
import { describe, expect, it } from 'vitest'
import type { DnsObservation } from '@netscope/core/observation/dns.ts'
import { createDnsSummaries, type DnsSummariesConfig } from './dns-summaries.ts'

const SHARED = {
  timeMs: 0,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'EGRESS',
  srcMac: '02:00:00:00:00:01',
  dstMac: '',
} as const

const createRig = (config: DnsSummariesConfig = {}) => {
  const told: DnsObservation[] = []
  const summaries = createDnsSummaries(config, { onSummary: (one) => told.push(one) })
  return {
    told,
    summaries,
    ask: (
      name: string,
      timeMs: number,
      { client = '10.0.0.5', type = 1, rcode = -1, isNew = true } = {},
    ) => {
      const query = { client, server: '10.0.0.1', name, type, bytes: 40, timeMs, isNew }
      summaries.query(query, () => SHARED)
      if (rcode >= 0) summaries.answer({ client, name, rcode, bytes: 100, timeMs: timeMs + 5 })
    },
    sum: (field: 'queries' | 'answers' | 'nxdomains') =>
      told.reduce((all, one) => all + one[field], 0),
  }
}

describe('summaries of DNS', () => {
  it('count what a bridge sees on two interfaces once, and note its name', () => {
    const { told, ask, summaries } = createRig()
    ask('a.example.com', 1000)
    ask('a.example.com', 1000, { isNew: false })
    ask('b.example.com', 1001, { isNew: false })
    summaries.flush()
    expect(told).toMatchObject([{ queries: 1, names: 2, types: [{ type: 1, queries: 1 }] }])
  })
  it('say who asked whom about what, with distinct names and their characters', () => {
    const { told, ask, summaries } = createRig()
    ask('ab\\200.example.com', 1000, { type: 10, rcode: 0 })
    ask('www.example.com', 1500, { rcode: 3 })
    ask('www.example.com', 2000)
    summaries.flush()
    expect(told).toEqual([
      {
        ...SHARED,
        kind: 'dns',
        sinceMs: 1000,
        timeMs: 2000,
        client: '10.0.0.5',
        server: '10.0.0.1',
        domain: 'example.com',
        queries: 3,
        answers: 2,
        nxdomains: 1,
        names: 2,
        nameDigests: [expect.any(Number), expect.any(Number)],
        nameChars: 6,
        longestNameChars: 3,
        nameMillibits: 1792,
        queryBytes: 120,
        answerBytes: 200,
        types: [
          { type: 10, queries: 1 },
          { type: 1, queries: 2 },
        ],
        samples: ['ab\\200.example.com', 'www.example.com'],
      },
    ])
  })

  it('are told when their period is over, by messages or by ticks', () => {
    const { told, ask, summaries } = createRig()
    ask('a.example.com', 1000)
    summaries.tick(5999)
    expect(told).toHaveLength(0)
    ask('b.example.com', 6000)
    expect(told).toMatchObject([{ samples: ['a.example.com'] }])
    summaries.tick(11_000)
    expect(told).toHaveLength(2)
    summaries.tick(20_000)
    expect(told).toHaveLength(2)
  })

  it('of a busy resolver are few, and their sums are right', () => {
    const { told, ask, summaries, sum } = createRig()
    for (let i = 0; i < 20_000; i++)
      ask(`www.site${i % 3000}.com`, 1000 + i / 10, { client: `10.1.${i % 200}.1`, rcode: 0 })
    summaries.flush()
    expect(told.length).toBeLessThanOrEqual(256)
    expect([sum('queries'), sum('answers')]).toEqual([20_000, 20_000])
  })

  it('tell by name of what stands out', () => {
    const { told, ask, summaries } = createRig({ maxDomains: 1 })
    for (let i = 0; i < 50; i++) ask(`site${i}.com`, 1000)
    for (let i = 0; i < 50; i++) ask(`data${i}.tunnel.com`, 1000)
    summaries.flush()
    expect(told).toMatchObject([
      { domain: 'tunnel.com', names: 50 },
      { client: '10.0.0.5', domain: '', queries: 50, names: 50 },
    ])
  })

  it('share one place when clients without number come', () => {
    const { told, ask, summaries, sum } = createRig({ maxPairs: 10, maxClients: 3 })
    for (let i = 0; i < 1000; i++) ask('www.example.com', 1000, { client: `2001:db8::${i}` })
    summaries.flush()
    expect(told.at(-1)).toMatchObject({ client: '', queries: 990 })
    expect(told).toHaveLength(11)
    expect(sum('queries')).toBe(1000)
  })

  it('leave loopback out', () => {
    const { told, ask, summaries } = createRig()
    ask('www.example.com', 1000, { client: '127.0.0.1', rcode: 0 })
    ask('www.example.com', 1000, { client: '::1', rcode: 0 })
    summaries.flush()
    expect(told).toEqual([])
  })

  it('have bounded lists, whatever is asked', () => {
    const { told, ask, summaries } = createRig()
    for (let i = 0; i < 5000; i++) ask(`${i}.example.com`, 1000, { type: i % 300 })
    summaries.flush()
    const [one] = told
    expect([one?.nameDigests.length, one?.types.length, one?.samples.length]).toEqual([64, 8, 3])
    expect(one?.names).toBe(1024)
  })

  it('are told early when the clock was set back', () => {
    const { told, ask } = createRig()
    ask('a.example.com', 100_000)
    ask('b.example.com', 1000)
    expect(told).toHaveLength(1)
  })
})
