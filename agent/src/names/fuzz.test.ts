/**
 * Every parser takes damaged input: none throws, none takes more than 50 ms of CPU. NETSCOPE_MUTATIONS sets how many inputs each parser
 * gets (default 3000), NETSCOPE_SEED which.
 */
import { describe, expect, it } from 'vitest'
import { mutate } from '../../../test/replay/mutate.ts'
import { createRandom, type Random } from '../mock/random.ts'
import { createClientHelloAssembler } from './client-hello-assembler.ts'
import { createDnsLatency } from './dns-latency.ts'
import { DNS_TYPE, parseDnsMessage, splitDnsOverTcp } from './dns-message.ts'
import { helloFor, joined, records } from './fake-client-hello.ts'
import { dnsMessage, nameBytes } from './fake-dns.ts'
import { cryptoFrame, sealInitial } from './fake-quic-client.ts'
import { RFC9001_CLIENT_INITIAL, RFC9369_CLIENT_INITIAL } from './fixtures/rfc-client-initials.ts'
import { httpHost } from './http-host.ts'
import { ja4 } from './ja4.ts'
import { createNamesCache } from './names-cache.ts'
import { createQuicHelloAssembler } from './quic-hello-assembler.ts'
import { parseClientHello, type ClientHello } from './tls-client-hello.ts'

const MUTATIONS = Number(process.env['NETSCOPE_MUTATIONS'] ?? 3000)
const SEED = Number(process.env['NETSCOPE_SEED'] ?? 1)
const MAX_CALL_MS = 50
const PRINTABLE = /^[\x21-\x7e]*$/

type Call = (input: Uint8Array, random: Random, i: number) => unknown

const { a, aaaa, cname, srv } = DNS_TYPE
const HELLO = helloFor('www.example.org', 600)
const QUIC_FRAMES = joined(
  [1, 2, 9, 0, 0, 0],
  cryptoFrame(300, HELLO.subarray(300)),
  cryptoFrame(0, HELLO.subarray(0, 310)),
  new Uint8Array(40),
)
const DNS_SEEDS = [
  dnsMessage({
    questions: [['www.example.org', a]],
    answers: [
      { name: 'www.example.org', type: cname, data: nameBytes('a.cdn.example') },
      { name: 'a.cdn.example', type: a, data: '192.0.2.1' },
      { name: 'a.cdn.example', type: aaaa, data: '2001:db8:0:0:0:0:0:1' },
      { name: '_x._tcp', type: srv, data: joined([0, 0, 0, 0, 0, 1], nameBytes('srv.example')) },
    ],
  }),
  joined(
    dnsMessage({ questions: [['example.org', a]] }),
    [3, 0x77, 0x77, 0x77, 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12],
  ),
]
const HTTP = Buffer.from(
  'GET /index.html HTTP/1.1\r\nHost: www.example.org:80\r\nAccept: */*\r\n\r\n',
)

const checkHello = (hello: ClientHello | undefined): void => {
  if (hello === undefined) return
  for (const text of [hello.sni ?? '', ...hello.alpn, ja4(hello, 't')])
    expect(text).toMatch(PRINTABLE)
}

const cache = createNamesCache({ maxEntries: 50 })
const latency = createDnsLatency({ maxServers: 4, maxOutstanding: 50 })
const takeDns: Call = (input, _random, i) => {
  const message = parseDnsMessage(input)
  if (message === undefined) return
  const names = message.answers.flatMap(({ name, data }) => [name, data ?? ''])
  for (const text of [...message.questions.map(({ name }) => name), ...names])
    expect(text).toMatch(PRINTABLE)
  cache.learn(`${i % 9}`, message, i)
  const exchange = { client: `${i % 3}`, clientPort: 1, server: `${i % 7}`, id: message.id }
  if (message.isResponse) latency.answer(exchange, message.rcode, i)
  else latency.query(exchange, i)
  expect(cache.counts().entries).toBeLessThanOrEqual(50)
}

const tcp = createClientHelloAssembler({ maxFlows: 20 })
const quic = createQuicHelloAssembler({ maxFlows: 20 })

/** Each with its seeds; those that come sealed are damaged before they are sealed. */
const PARSERS: [name: string, seeds: readonly Uint8Array[], call: Call][] = [
  ['DNS messages', DNS_SEEDS, takeDns],
  [
    'DNS over TCP',
    [joined([0, DNS_SEEDS[0]!.length], DNS_SEEDS[0]!, [0, DNS_SEEDS[1]!.length], DNS_SEEDS[1]!)],
    (input, random, i) =>
      splitDnsOverTcp(input).forEach((message) => void takeDns(message, random, i)),
  ],
  ['ClientHello', [HELLO.subarray(4)], (input) => checkHello(parseClientHello(input))],
  [
    'TLS over TCP',
    [records(HELLO), records(HELLO, 50)],
    (input, random, i) => {
      const cut = random.int(0, input.length)
      const parts = [0, cut].map(
        (at, part) => [at, input.subarray(at, part ? undefined : cut)] as const,
      )
      for (const [at, part] of random.chance(0.5) ? parts : parts.toReversed())
        checkHello(tcp.add(i % 30, 1000 * i + at, part, i))
    },
  ],
  [
    'QUIC datagrams',
    [
      RFC9001_CLIENT_INITIAL,
      RFC9369_CLIENT_INITIAL,
      joined(RFC9001_CLIENT_INITIAL, RFC9001_CLIENT_INITIAL),
    ],
    (input, _random, i) => checkHello(quic.add(i % 30, input, i)),
  ],
  [
    'QUIC frames',
    [QUIC_FRAMES],
    (input, _random, i) => checkHello(quic.add(100 + i, sealInitial({ frames: input }), i)),
  ],
  ['HTTP', [HTTP], (input) => expect(httpHost(input) ?? '').toMatch(PRINTABLE)],
]

describe(`${MUTATIONS} damaged inputs (seed ${SEED})`, () => {
  for (const [name, seeds, call] of PARSERS)
    it(`are nothing to ${name}`, { timeout: 60_000 + 20 * MUTATIONS }, () => {
      const random = createRandom(SEED)
      let slowestMs = 0
      for (let i = 0; i < MUTATIONS; i++) {
        const input = mutate(seeds[i % seeds.length]!, random)
        slowestMs = Math.max(
          slowestMs,
          timed(() => call(input, random, i)),
        )
      }
      expect(slowestMs).toBeLessThan(MAX_CALL_MS)
    })
})

/** CPU time of one call; what took long gets two more chances, because the first pays for the compiler. */
const timed = (run: () => unknown): number => {
  let best = Infinity
  for (let i = 0; i < 3 && best >= MAX_CALL_MS; i++) {
    const before = process.threadCpuUsage()
    run()
    const used = process.threadCpuUsage(before)
    best = Math.min(best, (used.user + used.system) / 1000)
  }
  return best
}

/** Inputs made to cost much. */
const EXPENSIVE: [name: string, input: Uint8Array, call: Call][] = [
  ['chained pointers', pointerChain(), takeDns],
  ['long names', longNames(), takeDns],
  [
    'tiny records',
    records(helloFor('a.example', 2000), 1),
    (input) => void tcp.add(-1, 0, input, 0),
  ],
  [
    'a hello of 16,000 bytes of extensions',
    helloFor('a.example', 15_900).subarray(4),
    (input) => checkHello(parseClientHello(input)),
  ],
  [
    'many packets in a datagram',
    joined(
      ...Array.from({ length: 50 }, () => sealInitial({ keysOf: joined([1]), frames: joined() })),
    ),
    (input) => void quic.add(-1, input, 0),
  ],
  [
    'a head of line ends',
    joined(Buffer.from('GET / HTTP/1.1\n'), new Uint8Array(60_000).fill(10)),
    (input) => httpHost(input),
  ],
]

it.each(EXPENSIVE)('%s cost less than 50 ms', (_name, input, call) => {
  const ms = timed(() => call(input, createRandom(1), 1))
  expect(ms).toBeLessThan(MAX_CALL_MS)
})

/** A message of 64 KiB: 8000 pointers, each to the one before, and records that are named by the last. */
function pointerChain(): Uint8Array {
  const message = new Uint8Array(65_535)
  const view = new DataView(message.buffer)
  view.setUint16(2, 0x8180)
  view.setUint16(6, 0xffff)
  const chainBytes = 16_000
  message.set([0, 0, 10, 0, 1, 0, 0, 0, 0, chainBytes >> 8, chainBytes & 255], 12)
  const start = 23
  for (let at = start + 2; at < start + chainBytes; at += 2) view.setUint16(at, 0xc000 | (at - 2))
  for (let at = start + chainBytes; at + 12 <= message.length; at += 12) {
    view.setUint16(at, 0xc000 | (start + chainBytes - 2))
    view.setUint32(at + 2, 0x00010001)
  }
  return message
}

/** Records named by a pointer to a name of 255 bytes that are aliases of another such name. */
function longNames(): Uint8Array {
  const label = joined([63], new Uint8Array(63).fill(255))
  const name = joined(label, label, label, [60], new Uint8Array(60).fill(255), [0])
  const head = Uint8Array.of(0, 1, 0x81, 0x80, 0, 1, 0xff, 0xff, 0, 0, 0, 0)
  const record = joined([0xc0, 12, 0, cname, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12])
  return joined(head, name, [0, 1, 0, 1], ...Array.from({ length: 600 }, () => record))
}
