/** Feeds as they really are or could be: odd lines, ranges, ports, packed, empty, cut, too large, refused for a while. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOutgoing } from '../../outgoing/outgoing.ts'
import { openState } from '../../state/open-state.ts'
import type { State } from '../../state/open-state.ts'
import { protectedRanges } from '../protected-ranges.ts'
import { prefixesOf } from './address-forms.ts'
import { createFeedCopies } from './feed-copies.ts'
import { createFeedStore } from './feed-store.ts'
import type { FeedFormat } from './feed.ts'
import { createFeeds } from './feeds.ts'
import type { Feeds } from './feeds.ts'
import { readFeed } from './read-feed.ts'
import { createSubtractor } from './subtract.ts'

const NOW = Date.UTC(2026, 0, 15)
const NOBODY = {
  ...{ networks: [], own: () => [], infrastructure: () => [], pinned: () => [] },
}

const read = async (format: FeedFormat, text: string, most = 1_000_000) => {
  const subtractor = createSubtractor(protectedRanges(NOBODY))
  const content = await readFeed(text, format, subtractor, { most, nowMs: NOW })
  return content && { ...content, all: [...content.prefixes, ...content.names] }
}
const IP = '1.2.3.4'

describe('an entry', () => {
  test.each([
    ['1.2.3.0-1.2.3.255', ['1.2.3.0/24']],
    ['1.2.3.4 - 1.2.3.9', ['1.2.3.4/30', '1.2.3.8/31']],
    ['1.2.3.9-1.2.3.4', []],
    ['1.2.3.4-2a00::1', []],
    ['2a00::-2a00:0:0:1:ffff:ffff:ffff:ffff', ['2a00::/63']],
    ['1.2.3.4:8080', [IP]],
    ['[2a00::1]:443', ['2a00::1']],
    ['[2a00::1]', ['2a00::1']],
    ['1.2.3.4:x', []],
    ['1.2.3.256:80', []],
    ['300.1.1.1-300.1.1.2', []],
    ['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['::/0']],
  ])('%s stands for %j', (text, prefixes) => expect(prefixesOf(text)).toEqual(prefixes))

  test.each([
    ['1.2.3.4 # why', [IP]],
    ['1.2.3.4;why', [IP]],
    ['1.2.3.4,why', [IP]],
    ['1.2.3.4 - bad', [IP]],
    ['1.2.3.4\t7', [IP]],
    ['\uFEFF1.2.3.4', [IP]],
    ['1.2.3.4\r\n1.2.3.4\r\n1.2.3.4/32\r\n', [IP]],
    ['5.6.7.8/16', ['5.6.0.0/16']],
    ['::ffff:1.2.3.4', [IP]],
    ['2A00:0:0::1/128', ['2a00::1']],
    ['1.2.3.0 - 1.2.3.127 , 0 , P2P', ['1.2.3.0/25']],
    ['1.2.3.4:53', [IP]],
    ['// c\n; c\n# c\n! c\n\n', []],
  ])('%j of a plain list is %j', async (text, prefixes) =>
    expect(await read('plain', text)).toMatchObject({ all: prefixes, wrong: 0 }),
  )

  test.each([
    '0.0.0.0/0',
    '::/0',
    '0.0.0.0-255.255.255.255',
    '1.0.0.0/7',
    '10.1.2.3',
    '127.0.0.1',
    '169.254.1.1',
    '192.168.0.0/16',
    '224.0.0.5',
    '255.255.255.255',
    'fe80::1',
    'fd00::/8',
    'ff02::1',
    '0.0.0.0',
  ])('%s blocks nothing, and is shown', async (text) => {
    const content = await read('plain', text)
    expect(content).toMatchObject({ all: [], wrong: 0 })
    expect(content?.subtracted).toBeGreaterThan(0)
    expect(content?.subtractedShown[0]?.why).not.toBe('')
  })

  test.each([
    '001.002.003.004',
    '1.2.3',
    '1.2.3.4/33',
    '0x7f.1',
    '2130706433',
    'example.org',
    '💩',
  ])('%s is none', async (text) =>
    expect(await read('plain', text)).toMatchObject({ all: [], wrong: 1 }),
  )
})

const STIX = (pattern: string, rest: object = {}) =>
  JSON.stringify({ type: 'bundle', objects: [{ type: 'indicator', pattern, ...rest }] })

test.each<[FeedFormat, string, string[]]>([
  ['stix', STIX("[ipv4-addr:value IN ('1.2.3.4', '5.6.7.8')]"), [IP, '5.6.7.8']],
  ['stix', STIX("[network-traffic:dst_ref.value = '1.2.3.4']"), [IP]],
  ['stix', STIX("[network-traffic:dst_ref.value = 'bad.example']"), ['bad.example']],
  ['stix', STIX("[ipv4-addr:value ISSUBSET '5.6.0.0/16']"), ['5.6.0.0/16']],
  ['stix', STIX("[ipv4-addr:value != '1.2.3.4']"), []],
  ['stix', STIX("[ipv4-addr:value = '1.2.3.4']", { valid_from: '2030-01-01T00:00:00Z' }), []],
  ['stix', STIX('alert ip 1.2.3.4', { pattern_type: 'snort' }), []],
  ['misp', JSON.stringify([{ Event: { Attribute: [{ type: 'ip-src', value: IP }] } }]), [IP]],
  ['feodo', JSON.stringify([{ ip_address: IP, status: 'unknown' }, { ip_address: null }]), []],
  ['feodo', '[{"ip_address":"1.2.3.4"}]', [IP]],
  [
    'csv',
    'first_seen_utc,dst_ip,dst_port,c2_status\n"a","1.2.3.4","443","online"\n"a","5.6.7.8","1","offline"\n',
    [IP],
  ],
  ['csv', '"x","1.2.3.4:443"\n', [IP]],
  ['csv', 'network,cc\n5.6.0.0-5.6.255.255,US\n', ['5.6.0.0/16']],
  [
    'dshield',
    '1.2.3.0    1.2.3.255    24    9\n5.6.0.0\t5.6.1.255\n',
    ['1.2.3.0/24', '5.6.0.0/23'],
  ],
  ['spamhaus', '\uFEFF{"cidr":"5.6.0.0/16"}\r\n{"cidr":"7.7', ['5.6.0.0/16']],
  ['spamhaus', '{"asn":6517}\n{"type":"metadata","records":1}', []],
  [
    'hosts',
    '0.0.0.0 Bad.Example # c\r\n:: bad2.example.\n0.0.0.0 localhost\n',
    ['bad.example', 'bad2.example'],
  ],
  ['tor-exit-addresses', `ExitNode A\r\nExitAddress ${IP} 2026-01-01 00:00:00\r\n`, [IP]],
])('%s: %s', async (format, text, found) => {
  expect((await read(format, text))?.all).toEqual(found)
})

test('a long line without an end of any format is no long wait', async () => {
  for (const sign of [
    '1',
    ':',
    '1.',
    '-',
    ' ',
    'a:',
    "'",
    '(',
    '"',
    ',',
    "ipv4-addr:value IN ('",
  ]) {
    const line = sign.repeat(100_000)
    for (const format of ['plain', 'csv', 'hosts', 'dshield', 'tor-exit-addresses'] as const)
      await read(format, line)
    await read('stix', STIX(line))
  }
})

test('of more lines than fit the first are taken, and the rest is counted', async () => {
  const line = (_: unknown, i: number) => `${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.9`
  const text = Array.from({ length: 200_000 }, line).join('\n')
  const content = await read('plain', text, 50_000)
  expect([content?.prefixes.length, content?.tooMany]).toEqual([50_000, 150_000])
})

describe('what comes', () => {
  let folder: string
  let state: State
  let server: ReturnType<typeof createServer>
  let answer: { status: number; body: string | Buffer; headers?: Record<string, string> }
  let feeds: Feeds
  let nowMs: number
  let warned: unknown[]
  beforeEach(async () => {
    ;[warned, nowMs] = [[], NOW]
    folder = mkdtempSync(join(tmpdir(), 'netscope-odd-feeds-'))
    state = openState({ path: ':memory:' })
    answer = { status: 200, body: `${IP}\n` }
    server = createServer((_request, response) => {
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    feeds = createFeeds(
      { feedsFile: '', feedMaxMegabytes: 1, feedMaxEntries: 10_000, fetchFeeds: false },
      {
        store: createFeedStore(state),
        copies: createFeedCopies(join(folder, 'copies')),
        outgoing: createOutgoing({ allow: ['127.0.0.1'] }),
        protectedOnes: () => protectedRanges(NOBODY),
        asnOf: () => 0,
        onChange: () => undefined,
        now: () => nowMs,
        log: { info: () => undefined, warn: (...of: unknown[]) => void warned.push(of) },
      },
    )
    await feeds.start()
  })
  afterEach(() => {
    feeds.stop()
    server.close()
    state.close()
    rmSync(folder, { recursive: true })
  })
  const add = (format: FeedFormat = 'plain') => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`
    feeds.add({ name: 'a', url, format }, 'ann')
    return feeds.refresh('a')
  }
  const again = async (given: typeof answer) => {
    answer = given
    return (await feeds.refresh('a')).state
  }

  test.each([
    ['', 'it is empty'],
    [' \r\n\uFEFF\n', 'it is empty'],
    [gzipSync(''), 'it is empty'],
    [Buffer.from('PK\x03\x04zip'), 'it is an archive of ZIP'],
    [gzipSync(Buffer.alloc(2 << 20, '1.2.3.5\n')), 'larger than'],
    [gzipSync('5.6.7.8').subarray(0, 20), 'unexpected end of file'],
    ['{"error":"rate limited"}', 'none of its 1 entries is an address'],
    [Buffer.from([0xff, 0xfe, 0, 1, 2, 3]), 'none of its 1 entries is an address'],
  ])('%j does not take the place of a list', async (body, error) => {
    await add()
    expect(await again({ status: 200, body })).toMatchObject({
      ...{ failures: 1, error: expect.stringContaining(error) as string },
    })
    expect(feeds.listedOn(IP)).toHaveLength(1)
  })

  test('packed as a file or for the way, and with a mark of byte order, is a list', async () => {
    const body = JSON.stringify([{ ip_address: IP, status: 'online' }])
    for (const [bytes, headers] of [
      [gzipSync(body), {}],
      [gzipSync(body), { 'content-encoding': 'gzip' }],
      [Buffer.from(`\uFEFF${body}`), {}],
    ] as const) {
      answer = { status: 200, body: bytes, headers }
      expect((await add('feodo')).state.error).toBe('')
      expect(feeds.listedOn(IP)).toHaveLength(1)
      feeds.remove('a')
    }
  })

  test('a list of which all is gone is empty, and one that has shrunk is told of', async () => {
    answer = { status: 200, body: '[]' }
    expect((await add('feodo')).state.error).toBe('')
    feeds.remove('a')
    const lines = Array.from({ length: 200 }, (_, i) => `1.2.3.${i}\n`)
    answer = { status: 200, body: lines.join('') }
    await add()
    expect((await again({ status: 200, body: lines.slice(0, 50).join('') })).error).toBe('')
    expect(feeds.find('a').content?.prefixes).toHaveLength(50)
    expect(warned).toEqual([[{ feed: 'a', had: 200, has: 50 }, 'a feed has shrunk']])
  })

  test('a key that is said back is shown to nobody, and one in the URL is refused', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`
    answer = { status: 403, body: 'unknown key K3Y-SECRET' }
    feeds.add({ name: 'k', url, authKey: 'K3Y-SECRET' }, 'ann')
    expect((await feeds.refresh('k')).state.error).toBe('it answered 403: unknown key ***')
    feeds.change('k', { url: 'http://10.0.0.1/list' })
    expect((await feeds.refresh('k')).state.error).toMatch(/private: .* in outgoing\.allow\./)
    for (const wrong of ['http://u:p@a.example/', 'http://'])
      expect(() => feeds.change('k', { url: wrong })).toThrow('its url: ')
  })

  test('304 of what was never fetched is an error, and Last-Modified is sent back', async () => {
    answer = { status: 304, body: '' }
    expect((await add()).state.error).toContain('there is no copy of it')
    const modified = 'Wed, 14 Jan 2026 00:00:00 GMT'
    await again({ status: 200, body: IP, headers: { 'last-modified': modified } })
    const asked = new Promise<string | undefined>((resolve) =>
      server.once('request', ({ headers }) => resolve(headers['if-modified-since'])),
    )
    expect(await again({ status: 304, body: '' })).toMatchObject({ error: '', fetchedMs: NOW })
    expect(await asked).toBe(modified)
    expect(feeds.listedOn(IP)).toHaveLength(1)
  })

  test.each([
    [429, { 'retry-after': '7200' }, 7_200_000],
    [503, { 'retry-after': 'Thu, 15 Jan 2026 01:00:00 GMT' }, 3_600_000],
    [503, {}, 0],
    [404, {}, 0],
  ])('%i %j is left alone for as long as it says', async (status, headers, waitMs) => {
    await add()
    const after = await again({ status, body: 'busy', headers })
    expect(after).toMatchObject({
      ...{ failures: 1, error: `it answered ${status}: busy` },
      notBeforeMs: waitMs === 0 ? 0 : NOW + waitMs,
    })
    expect((await again({ status: 200, body: IP })).notBeforeMs).toBe(0)
  })
})
