/** Feeds from local servers: formats, conditions, what is taken out, the last good copy, the deny list by difference. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOutgoing } from '../../outgoing/outgoing.ts'
import { openState } from '../../state/open-state.ts'
import type { State } from '../../state/open-state.ts'
import { protectedRanges } from '../protected-ranges.ts'
import { createFeedCopies } from './feed-copies.ts'
import { createFeedStore } from './feed-store.ts'
import type { FeedFormat } from './feed.ts'
import { createFeeds } from './feeds.ts'
import type { Feeds } from './feeds.ts'
import { readFeed } from './read-feed.ts'
import { createSubtractor } from './subtract.ts'

let folder: string
let state: State
let server: ReturnType<typeof createServer>
let requests: IncomingMessage[]
let answer: () => [status: number, body: string, headers?: Record<string, string>]
let own: string[]
let pinned: { prefix: string; kind: string; reason: string }[]
let nowMs: number
let changes: number
const running: Feeds[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-feeds-'))
  state = openState({ path: ':memory:' })
  ;[requests, own, pinned, nowMs, changes] = [[], [], [], Date.UTC(2026, 0, 15), 0]
  server = createServer((request, response) => {
    requests.push(request)
    const [status, body, headers = {}] = answer()
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  for (const feeds of running.splice(0)) feeds.stop()
  server.close()
  state.close()
  rmSync(folder, { recursive: true })
})

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`
const site = () => ({
  ...{ networks: [], own: () => own, infrastructure: () => ['203.0.114.1'], pinned: () => pinned },
})
const create = async (given: { feedsFile?: string; feedMaxEntries?: number } = {}) => {
  const config = { feedsFile: '', feedMaxMegabytes: 1, feedMaxEntries: 10_000, fetchFeeds: false }
  const feeds = createFeeds(
    { ...config, ...given },
    {
      store: createFeedStore(state),
      copies: createFeedCopies(join(folder, 'copies')),
      outgoing: createOutgoing({ allow: ['127.0.0.1'] }),
      protectedOnes: () => protectedRanges(site()),
      asnOf: (address) => (address === '5.5.5.5' ? 6517 : 0),
      onChange: () => void changes++,
      now: () => nowMs,
      log: pino({ level: 'silent' }),
    },
  )
  running.push(feeds)
  await feeds.start()
  return feeds
}

describe('a feed', () => {
  test('is fetched, then only if it has changed, and is there again after a restart', async () => {
    answer = () => [200, '# list\n1.2.3.4\n5.6.0.0/16 ; SBL1\n', { etag: '"v1"' }]
    const feeds = await create()
    feeds.add({ name: 'a', url: url(), kind: 'c2', weight: 90, block: true, authKey: 'k3y' }, 'ann')
    const { state: after, content } = await feeds.refresh('a')
    expect([after.error, content?.prefixes]).toEqual(['', ['1.2.3.4', '5.6.0.0/16']])
    expect(requests[0]?.headers['auth-key']).toBe('k3y')
    answer = () => [304, '']
    await feeds.refresh('a')
    expect(requests[1]?.headers['if-none-match']).toBe('"v1"')
    const again = await create()
    expect(again.listedOn('5.6.7.8')).toMatchObject([{ feed: 'a', kind: 'c2', weight: 90 }])
    expect([...again.blocked()]).toEqual([['a', ['1.2.3.4', '5.6.0.0/16']]])
  })

  test.each([
    ['a page of HTML', [200, '<!doctype html><html>log in</html>']],
    ['an error', [503, 'busy']],
    ['something that is no list', [200, 'this is\nno list of\naddresses\n']],
    ['more than may be', [200, '1.2.3.4\n'.repeat(200_000)]],
  ] as const)('keeps its last good copy when %s comes', async (_what, bad) => {
    answer = () => [200, '1.2.3.4\n']
    const feeds = await create()
    feeds.add({ name: 'a', url: url() }, 'ann')
    await feeds.refresh('a')
    answer = () => [bad[0], bad[1]]
    const { state: after } = await feeds.refresh('a')
    expect(after.error).not.toBe('')
    expect(after.failures).toBe(1)
    expect(feeds.listedOn('1.2.3.4')).toHaveLength(1)
    expect((await create()).listedOn('1.2.3.4')).toHaveLength(1)
  })

  test('never holds what is ours, also what becomes ours later', async () => {
    own = ['198.199.1.1']
    answer = () => [
      200,
      '10.0.0.0/8\n224.0.0.0/3\n198.199.1.0/30\n203.0.114.1\n0.0.0.0/1\n9.9.9.9\n',
    ]
    const feeds = await create()
    feeds.add({ name: 'a', url: url(), block: true }, 'ann')
    const { content } = await feeds.refresh('a')
    expect(content?.prefixes).toEqual(['198.199.1.0', '198.199.1.2/31', '9.9.9.9'])
    expect(content?.subtracted).toBe(5)
    expect(content?.subtractedShown.map(({ why, left }) => [left, why.split(',')[0]])).toEqual([
      [0, '10.0.0.0/8 (private)'],
      [0, 'wider than a feed may be'],
      [2, '198.199.1.1 (an address of ours)'],
      [0, '203.0.114.1 (a router or server of ours)'],
      [0, 'wider than a feed may be'],
    ])
    own = ['198.199.1.1', '9.9.9.9']
    expect((await create()).listedOn('9.9.9.9')).toEqual([])
  })

  test('never holds from where people work, and says so; what is no longer pinned comes back', async () => {
    const operator = { kind: 'operator', reason: 'ann uses NetScope from there' }
    pinned = [
      { ...operator, prefix: '9.9.9.9' },
      { ...operator, prefix: '192.168.1.7' },
    ]
    answer = () => [200, '9.9.9.8/31\n5.5.5.5\n']
    const feeds = await create()
    feeds.add({ name: 'a', url: url(), block: true }, 'ann')
    const { content } = await feeds.refresh('a')
    expect([...feeds.blocked()]).toEqual([['a', ['9.9.9.8', '5.5.5.5']]])
    expect(content?.subtractedShown).toEqual([
      {
        ...{ prefix: '9.9.9.8/31', left: 1 },
        why: '9.9.9.9 (operator: ann uses NetScope from there)',
      },
    ])
    pinned = []
    expect([...(await create()).blocked()]).toEqual([['a', ['9.9.9.8/31', '5.5.5.5']]])
  })

  test('lists systems and names as well', async () => {
    answer = () => [200, '{"asn":6517,"asname":"X"}\n{"type":"metadata","records":1}\n']
    const feeds = await create()
    feeds.add({ name: 'asn', url: url(), format: 'spamhaus' }, 'ann')
    await feeds.refresh('asn')
    answer = () => [200, '0.0.0.0 bad.example\n127.0.0.1 localhost\n']
    feeds.add({ name: 'names', url: url(), format: 'hosts' }, 'ann')
    await feeds.refresh('names')
    expect(feeds.listedOn('5.5.5.5').map(({ feed }) => feed)).toEqual(['asn'])
    expect(feeds.listedOn('www.BAD.example.').map(({ feed }) => feed)).toEqual(['names'])
    expect([feeds.listedOn('localhost'), feeds.listedOn('example')]).toEqual([[], []])
  })

  test('of all together no more than fit', async () => {
    answer = () => [200, Array.from({ length: 30 }, (_, i) => `1.2.3.${i}`).join('\n')]
    const feeds = await create({ feedMaxEntries: 20 })
    feeds.add({ name: 'a', url: url() }, 'ann')
    const { content } = await feeds.refresh('a')
    expect([content?.prefixes.length, content?.tooMany]).toEqual([20, 10])
  })

  test('of the file is read-only, and a file with a mistake is not used at all', async () => {
    const feedsFile = join(folder, 'feeds.yaml')
    writeFileSync(feedsFile, 'feeds:\n  - name: feodo\n    block: true\n')
    const feeds = await create({ feedsFile })
    expect(feeds.find('feodo').feed).toMatchObject({ origin: 'file', format: 'feodo', kind: 'c2' })
    expect(() => feeds.remove('feodo')).toThrow(`declared in ${feedsFile}:2`)
    writeFileSync(feedsFile, 'feeds:\n  - name: feodo\n  - name: x\n    url: ftp://a\n')
    const wrong = await create({ feedsFile })
    expect([wrong.all(), wrong.fileProblems()[0]]).toEqual([
      [],
      expect.stringMatching(/feeds\.yaml:3: url must match/),
    ])
  })

  test('that is removed or unknown is gone', async () => {
    answer = () => [200, '1.2.3.4']
    const feeds = await create()
    feeds.add({ name: 'a', url: url() }, 'ann')
    await feeds.refresh('a')
    expect(() => feeds.add({ name: 'a', url: url() }, 'ann')).toThrow('There is a feed a already')
    const before = changes
    feeds.remove('a')
    expect([changes > before, feeds.listedOn('1.2.3.4')]).toEqual([true, []])
    expect(() => feeds.find('a')).toThrow('There is no feed a')
    expect(() => feeds.add({ name: 'b' }, 'ann')).toThrow('none of the known feeds')
  })
})

const read = async (format: FeedFormat, text: string) => {
  const content = await readFeed(text, format, createSubtractor([]), { most: 1000, nowMs })
  return content && [...content.prefixes, ...content.names]
}
const STIX = {
  type: 'bundle',
  objects: [
    { type: 'indicator', pattern_type: 'stix', pattern: "[ipv4-addr:value = '1.2.3.4']" },
    {
      type: 'indicator',
      pattern: "[domain-name:value = 'bad.example' OR ipv6-addr:value = '2a00::1']",
    },
    { type: 'indicator', pattern: "[ipv4-addr:value = '4.4.4.4']", revoked: true },
    {
      type: 'indicator',
      pattern: "[ipv4-addr:value = '5.5.5.5']",
      valid_until: '2020-01-01T00:00:00Z',
    },
    { type: 'malware', pattern: "[ipv4-addr:value = '6.6.6.6']" },
  ],
}
const MISP = {
  Event: {
    Attribute: [
      { type: 'ip-dst', value: '1.2.3.4', to_ids: true },
      { type: 'ip-dst|port', value: '2.2.2.2|443', to_ids: true },
      { type: 'ip-src', value: '3.3.3.3', to_ids: false },
    ],
    Object: [{ Attribute: [{ type: 'domain|ip', value: 'bad.example|4.4.4.4' }] }],
  },
}
const FEODO = [
  { ip_address: '1.2.3.4', port: 443, status: 'online' },
  { ip_address: '2.2.2.2', port: 443, status: 'offline' },
]
const RELAYS = {
  relays: [
    {
      or_addresses: ['1.2.3.4:9001', '[2a00::1]:9001'],
      exit_addresses: ['5.5.5.5'],
      flags: ['Exit'],
    },
    { or_addresses: ['6.6.6.6:1'], flags: ['Guard'] },
  ],
}

test.each([
  ['plain', '; c\n1.2.3.4\t17\n# x\r\n2a00::/32 # y\r\n', ['1.2.3.4', '2a00::/32']],
  [
    'csv',
    '# first_seen,dst_ip,port\n"2020",1.2.3.4,443\n"a ""q"", b",5.5.5.5,1',
    ['1.2.3.4', '5.5.5.5'],
  ],
  ['csv', 'x,1.2.3.4,y\n', ['1.2.3.4']],
  ['dshield', '# c\nStart\tEnd\n1.2.3.0\t1.2.3.255\t24\t9\tN\tCC\n', ['1.2.3.0/24']],
  ['spamhaus', '{"cidr":"1.10.16.0/20","sblid":"S"}\n{"type":"metadata"}\n', ['1.10.16.0/20']],
  ['tor-exit-addresses', 'ExitNode A\nExitAddress 1.2.3.4 2026-01-01\n', ['1.2.3.4']],
  ['feodo', JSON.stringify(FEODO), ['1.2.3.4']],
  ['feodo', '[]', []],
  ['onionoo', JSON.stringify(RELAYS), ['5.5.5.5', '1.2.3.4', '2a00::1']],
  ['stix', JSON.stringify(STIX), ['1.2.3.4', '2a00::1', 'bad.example']],
  ['misp', JSON.stringify(MISP), ['1.2.3.4', '2.2.2.2', '4.4.4.4', 'bad.example']],
  ['misp', JSON.stringify({ response: [MISP] }), ['1.2.3.4', '2.2.2.2', '4.4.4.4', 'bad.example']],
  ['stix', '<html>', undefined],
  ['misp', '{}', undefined],
  ['onionoo', '[1]', undefined],
  ['feodo', '{"a":1}', undefined],
] as const)('reads %s', async (format, text, found) => {
  expect(await read(format, text)).toEqual(found)
})

test('what is taken out of a prefix is exactly that', () => {
  const hole = { prefix: parsePrefix('1.2.3.64/28'), why: 'ours' }
  const { left = [] } = createSubtractor([hole]).subtract(parsePrefix('1.2.3.0/24')) ?? {}
  expect(left.map(({ text }) => text)).toEqual([
    '1.2.3.0/26',
    '1.2.3.80/28',
    '1.2.3.96/27',
    '1.2.3.128/25',
  ])
})
