/** Names and fingerprints in the captures beside the repository, compared with tshark's. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SHARED_CAPTURES } from '../../../test/replay/find-captures.ts'
import { hasTshark } from '../../../test/replay/tshark.ts'
import { openCapture } from '../pcap/read-capture.ts'
import { createClientHelloAssembler } from './client-hello-assembler.ts'
import { DNS_TYPE, parseDnsMessage } from './dns-message.ts'
import { ja4 } from './ja4.ts'

const CAPTURES = ['zeek/wikipedia.pcap', 'ndpi/netflix.pcap', 'pcapplusplus/example.pcap']
const TIMEOUT = { timeout: 120_000 }
const UDP = 17
const TCP = 6
const DNS_PORTS = new Set([53, 5353, 5355])

interface Segment {
  frame: number
  protocol: number
  srcPort: number
  dstPort: number
  /** Addresses and ports in hexadecimal. */
  flow: string
  sequence: number
  payload: Uint8Array
}

/** UDP and TCP over IPv4 in Ethernet, which is what these captures have besides a little IPv6. */
const segmentsOf = async (file: string): Promise<Segment[]> => {
  const segments: Segment[] = []
  let frame = 0
  const capture = openCapture(file, {
    packet: ({ bytes, start, captured }) => {
      frame++
      const ip = bytes.subarray(start + 14, start + captured)
      if (bytes.readUInt16BE(start + 12) === 0x0800) segments.push(...segmentIn(ip, frame))
      return false
    },
    badRecord: (cause) => expect.fail(cause),
  })
  for await (const _ of capture.pieces());
  return segments
}

const segmentIn = (ip: Buffer, frame: number): Segment[] => {
  const protocol = ip.readUInt8(9)
  const at = 4 * (ip.readUInt8(0) & 15)
  if (protocol !== UDP && protocol !== TCP) return []
  const header = protocol === UDP ? 8 : 4 * (ip.readUInt8(at + 12) >> 4)
  const payload = Uint8Array.from(ip.subarray(at + header, ip.readUInt16BE(2)))
  return [
    {
      frame,
      protocol,
      srcPort: ip.readUInt16BE(at),
      dstPort: ip.readUInt16BE(at + 2),
      flow: ip.toString('hex', 12, 20) + ip.toString('hex', at, at + 4),
      sequence: ip.readUInt32BE(at + 4),
      payload,
    },
  ]
}

/** Rows of the fields, each cell split at its commas. */
const tshark = (file: string, filter: string, fields: readonly string[]): string[][][] => {
  const names = fields.flatMap((name) => ['-e', name])
  const { stdout } = spawnSync(
    'tshark',
    ['-r', file, '-Y', filter, '-T', 'fields', '-E', 'separator=|', ...names],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  const cells = (line: string) =>
    line.split('|').map((cell) => (cell === '' ? [] : cell.split(',')))
  return stdout.split('\n').filter(Boolean).map(cells)
}

const DNS_FIELDS = [
  'frame.number',
  'dns.id',
  'dns.flags.rcode',
  'dns.count.answers',
  'dns.qry.name',
  'dns.resp.type',
  'dns.resp.ttl',
  'dns.a',
  'dns.cname',
]

/** What both can say of a message: tshark's records go on behind the answers. */
const dnsRowOf = (row: string[][]): unknown[] => {
  const [frame, id, rcode, answers, names, types = [], ttls = [], a = [], aliases = []] = row
  const count = Number(answers)
  const answerTypes = types.slice(0, count).map(Number)
  const ofType = (type: number, values: string[]) =>
    values.slice(0, answerTypes.filter((one) => one === type).length)
  return [
    Number(frame),
    Number(id),
    Number(rcode ?? 0),
    names?.map((name) => name.toLowerCase()),
    answerTypes,
    ttls.slice(0, count).map(Number),
    ofType(DNS_TYPE.a, a),
    ofType(DNS_TYPE.cname, aliases).map((name) => name.toLowerCase()),
  ]
}

const dnsRow = ({ frame, payload }: Segment): unknown[] => {
  const message = parseDnsMessage(payload)
  const answers = message?.answers ?? []
  const ofType = (wanted: number) =>
    answers.filter(({ type }) => type === wanted).map(({ data }) => data)
  return [
    frame,
    message?.id,
    message?.isResponse ? message.rcode : 0,
    message?.questions.map(({ name }) => name),
    answers.map(({ type }) => type),
    answers.map(({ ttlSeconds }) => ttlSeconds),
    ofType(DNS_TYPE.a),
    ofType(DNS_TYPE.cname),
  ]
}

const HELLO_FIELDS = [
  'tcp.srcport',
  'tls.handshake.extensions_server_name',
  'tls.handshake.version',
  'tls.handshake.extensions.supported_version',
  'tls.handshake.ciphersuite',
  'tls.handshake.extension.type',
  'tls.handshake.sig_hash_alg',
  'tls.handshake.extensions_alpn_str',
]

/** JA4 from tshark's texts, of clients that know no GREASE and no TLS 1.3. */
const ja4Of = (row: string[][]): string => {
  const [, name = [], version, supported, ciphers = [], types = [], algorithms = [], alpn = []] =
    row
  expect(supported).toEqual([])
  const hex = types.map((type) => Number(type).toString(16).padStart(4, '0'))
  const sorted = (values: string[]) =>
    values
      .map((value) => value.replace('0x', ''))
      .sort()
      .join(',')
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)
  const two = (list: unknown[]) => String(list.length).padStart(2, '0')
  const release = { '0x0301': '10', '0x0302': '11', '0x0303': '12' }[String(version)] ?? '00'
  const protocol = alpn[0] === undefined ? '00' : `${alpn[0].at(0)}${alpn[0].at(-1)}`
  const rest = sorted(hex.filter((type) => type !== '0000' && type !== '0010'))
  const tail = algorithms.map((value) => value.replace('0x', '')).join(',')
  return [
    `t${release}${name.length > 0 ? 'd' : 'i'}${two(ciphers)}${two(types)}${protocol}`,
    hash(sorted(ciphers)),
    hash(tail === '' ? rest : `${rest}_${tail}`),
  ].join('_')
}

describe.skipIf(!existsSync(SHARED_CAPTURES) || !hasTshark())('beside tshark', () => {
  it.each(CAPTURES)('the DNS messages of %s are the same', TIMEOUT, async (path) => {
    const file = join(SHARED_CAPTURES, path)
    const theirs = tshark(file, '(dns || mdns || llmnr) && ip && udp && !icmp', DNS_FIELDS).map(
      dnsRowOf,
    )
    const ours = (await segmentsOf(file)).filter(
      ({ protocol, srcPort, dstPort }) =>
        protocol === UDP && (DNS_PORTS.has(srcPort) || DNS_PORTS.has(dstPort)),
    )
    expect(theirs.length).toBeGreaterThan(20)
    expect(ours.map(dnsRow)).toEqual(theirs)
  })

  it.each(CAPTURES)('the ClientHellos of %s are the same', TIMEOUT, async (path) => {
    const file = join(SHARED_CAPTURES, path)
    const assembler = createClientHelloAssembler()
    const ours: string[] = []
    for (const { protocol, flow, srcPort, sequence, payload } of await segmentsOf(file)) {
      if (protocol !== TCP) continue
      const hello = assembler.add(flow, sequence, payload, 0)
      if (hello !== undefined) ours.push(`${srcPort} ${hello.sni} ${ja4(hello, 't')}`)
    }
    const theirs = tshark(file, 'tls.handshake.type == 1', HELLO_FIELDS).map(
      (row) => `${String(row[0])} ${String(row[1])} ${ja4Of(row)}`,
    )
    expect(ours.toSorted()).toEqual([...new Set(theirs)].sort())
  })
})
