/** Tests of filter, sort and page over the flows of several agents. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { beforeEach, expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import type { FakeRecord } from '../fakes/flow-record.ts'
import { createFlowTest } from './flow-match.ts'
import type { FlowFilter } from './flow-match.ts'
import { queryFlows } from './flow-query.ts'
import { createFlows } from './flows.ts'
import type { FlowState } from './flows.ts'
import { SORT_NAMES, sortKey } from './sort-key.ts'

let flows: ReturnType<typeof createFlows>

const put = (agent: string, slot: number, record: Partial<FakeRecord>) =>
  flows.of(agent).mirror.put(slot, flowRecord({ ...record, slot }), 0, 1)

const query = async (
  filter: FlowFilter,
  sort = 'srcBytes',
  state: FlowState = 'all',
  offset = 0,
  limit = 100,
) => {
  const [name, descending] = sort.startsWith('-') ? [sort.slice(1), true] : [sort, false]
  const page = { test: createFlowTest(filter), key: sortKey(name), descending, offset, limit }
  return queryFlows(flows.sets(state), page)
}
const bytes = async (...args: Parameters<typeof query>) =>
  (await query(...args)).flows.map((flow) => flow.srcBytes)

beforeEach(() => {
  flows = createFlows({ recentEnded: 10 }, { now: () => 1 })
  flows.of('a').context.name([{ ifindex: 2, name: 'eth0' }])
  put('a', 0, { srcBytes: 1, src: '10.0.0.9', dst: '1.1.1.1', dstPort: 53, protocol: 17 })
  put('a', 1, { srcBytes: 2, src: '10.0.0.10', dst: '2001:db8::1', ifindex: 3, verdict: 1 })
  put('a', 7, { srcBytes: 3, src: '10.1.0.1', dst: '10.0.0.9', srcPort: 53, path: 1 })
  put('b', 1, { srcBytes: 4, src: '9.0.0.1', srcRate: 5, dstRate: 6 })
  flows.ended.add(
    flowRecord({ srcBytes: 5, end: 2, src: 'fe80::1', protocol: 58 }),
    0,
    flows.of('a').context,
  )
})

test.each<[string, FlowFilter, number[]]>([
  ['nothing', {}, [1, 2, 3, 4, 5]],
  ['an address of either side', { ip: parsePrefix('10.0.0.9') }, [1, 3]],
  ['a source', { src: parsePrefix('10.0.0.9') }, [1]],
  ['a destination', { dst: parsePrefix('10.0.0.9') }, [3]],
  ['an IPv4 prefix', { src: parsePrefix('10.0.0.0/24') }, [1, 2]],
  ['an IPv6 prefix', { ip: parsePrefix('2001:db8::/32') }, [2]],
  ['everything by ::/0', { ip: parsePrefix('::/0') }, [1, 2, 3, 4, 5]],
  ['a port of either side', { port: 53 }, [1, 3]],
  ['a source port', { srcPort: 53 }, [3]],
  ['a destination port', { dstPort: 53 }, [1]],
  ['a protocol', { protocol: 58 }, [5]],
  ['an interface', { interface: 'eth0', ip: parsePrefix('1.1.1.1') }, [1]],
  ['an interface without a known name', { interface: 'if3' }, [2]],
  ['a verdict', { verdict: 'DROP' }, [2]],
  ['a direction', { direction: 'inbound' }, [3]],
  ['words', { q: ' UDP  eth0 ' }, [1]],
  ['part of an address', { q: '2001:DB8' }, [2]],
  ['several at once', { port: 53, protocol: 17 }, [1]],
])('finds flows by %s', async (_what, filter, expected) => {
  expect(await bytes(filter)).toEqual(expected)
})

const owned = () => {
  flows.addToDictionary('a', {
    texts: [
      [1, 'www.Example.org'],
      [2, 'api.example.net'],
    ],
    processes: [
      [3, { pid: 77, command: 'curl', uid: 1000, user: 'ada' }],
      [
        4,
        {
          pid: 78,
          command: 'nginx',
          uid: 33,
          unit: 'web.service',
          container: { runtime: 'docker', id: `4f3c${'0'.repeat(60)}`, name: 'Front' },
        },
      ],
    ],
  })
  flows.addToDictionary('b', { texts: [[1, 'elsewhere']], processes: [] })
  put('a', 20, { srcBytes: 20, srcProcess: 3, dstName: 1 })
  put('a', 21, { srcBytes: 21, dstProcess: 4, sni: 2 })
  put('b', 20, { srcBytes: 22, dstName: 1, srcProcess: 3 })
}

test.each<[string, FlowFilter, number[]]>([
  ['part of a command', { process: 'CUR' }, [20]],
  ['a process id', { pid: 78 }, [21]],
  ['a user', { user: 'ada' }, [20]],
  ['a user by its number', { user: '33' }, [21]],
  ['a container id', { container: 'docker:4f3c' }, [21]],
  ['the name of a container', { container: 'front' }, [21]],
  ['a host name', { name: 'www.example' }, [20]],
  ['a TLS server name', { name: 'API.' }, [21]],
  ['a name that the id has at this agent', { name: 'elsewhere' }, [22]],
  ['a name in words', { q: 'example.org curl' }, [20]],
  ['a unit and a container in words', { q: 'web.service front nginx' }, [21]],
  ['what no dictionary has', { process: 'ssh' }, []],
])('finds flows by %s', async (_what, filter, expected) => {
  owned()
  expect(await bytes(filter)).toEqual(expected)
})

test('finds what became known after the filter was made', async () => {
  const filter = createFlowTest({ name: 'late' })
  const page = { test: filter, key: sortKey('srcBytes'), descending: false, offset: 0, limit: 9 }
  put('a', 30, { srcBytes: 30, dstName: 9 })
  expect((await queryFlows(flows.sets('all'), page)).total).toBe(0)
  flows.addToDictionary('a', { texts: [[9, 'late.example']], processes: [] })
  expect((await queryFlows(flows.sets('all'), page)).flows).toMatchObject([
    { srcBytes: 30, dstName: 'late.example' },
  ])
})

test('sorts by RTT, retransmissions, process and name', async () => {
  owned()
  put('a', 22, { srcBytes: 23, srcRttUs: 9, dstRttUs: 5000, srcRetransmits: 1, dstRetransmits: 2 })
  put('a', 23, { srcBytes: 24, srcRttUs: 700, srcRetransmits: 2 })
  expect((await bytes({}, '-rttMs')).slice(0, 2)).toEqual([23, 24])
  expect((await bytes({}, '-retransmits')).slice(0, 2)).toEqual([23, 24])
  // Those without a known process come last.
  expect((await bytes({}, 'process')).slice(0, 2)).toEqual([20, 21])
  expect((await bytes({}, '-name')).slice(0, 3)).toEqual([20, 22, 21])
})

test('tells live and ended flows apart', async () => {
  expect(await bytes({}, 'srcBytes', 'live')).toEqual([1, 2, 3, 4])
  expect(await bytes({}, 'srcBytes', 'ended')).toEqual([5])
})

test.each([
  ['-srcBytes', [5, 4, 3, 2, 1]],
  ['src', [4, 1, 2, 3, 5]],
  ['-bytesPerSecond', [4, 1, 2, 3, 5]],
  ['protocol', [5, 2, 3, 4, 1]],
  ['-firstSeen', [1, 2, 3, 4, 5]],
])('sorts by %s', async (sort, expected) => {
  expect(await bytes({}, sort)).toEqual(expected)
})

test('sorts by every name that it offers', async () => {
  for (const name of SORT_NAMES) expect((await query({}, `-${name}`)).flows).toHaveLength(5)
})

test('pages without gaps or repeats, also among equal keys', async () => {
  for (let slot = 100; slot < 1100; slot++) put('a', slot, { srcBytes: slot, dstBytes: slot % 3 })
  const seen = new Set<number>()
  for (let offset = 0; offset < 1005; offset += 67) {
    const page = await query({}, '-dstBytes', 'all', offset, 67)
    expect(page.total).toBe(1005)
    for (const flow of page.flows) seen.add(flow.srcBytes)
  }
  expect(seen.size).toBe(1005)
  expect(await bytes({}, '-srcBytes', 'live', 998, 100)).toEqual(
    [102, 101, 100, 4, 3, 2, 1].slice(1),
  )
  expect(await bytes({}, 'srcBytes', 'all', 5000)).toEqual([])
})

test('names the agent and marks the flows of an agent that is away', async () => {
  flows.disconnected('b')
  const rows = (await query({})).flows.map(({ agent, stale }) => [agent, stale])
  expect(rows).toEqual([
    ['a', false],
    ['a', false],
    ['a', false],
    ['b', true],
    ['a', false],
  ])
})

test('lets others run while it goes through many flows', async () => {
  for (let slot = 0; slot < 100_000; slot++) put('a', slot, { srcBytes: slot })
  let turns = 0
  const ticker = setInterval(() => turns++, 1)
  const { total } = await query({ q: 'nowhere' }, 'communityId')
  clearInterval(ticker)
  expect(total).toBe(0)
  expect(turns).toBeGreaterThan(0)
})
