/** Flow records with everything that a query can tell apart, from few enough values that queries meet them. */
import type { Random } from '@netscope/agent/mock/random.ts'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import {
  type FlowContext,
  FlowReader,
  RECORD_BYTES,
  RECORD_HEADER_BYTES,
} from '@netscope/core/flow-record.ts'
import { encodePrefix } from '@netscope/core/prefix.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import { KEY, PREFIX_BYTES, SLOT } from '@netscope/core/slot.ts'

const ADDRESSES = [
  '10.0.0.1',
  '10.255.0.7',
  '192.168.1.20',
  '0.0.0.0',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:0:1',
  '2001:db8::1',
  '2001:db8:0:1::ffff',
  'fe80::1',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
] as const

const TEXTS = [
  '',
  'curl',
  'Curl',
  'CURL (deleted)',
  'www.example.com',
  'WWW.EXAMPLE.COM',
  "o'brien",
  'a"b\\c',
  '100%',
  'a_b',
  'a.b*c',
  'Straße',
  'İstanbul',
  'ΣΊΣΥΦΟΣ',
  '\u212Aelvin',
  '日本',
  '😀',
  "'); DROP TABLE flows; --",
] as const

const PROCESSES: readonly (ProcessInfo | undefined)[] = [
  undefined,
  { pid: 1, command: 'systemd', uid: 0, user: 'root', startMs: 1_700_000_000_000.7 },
  {
    pid: 4711,
    command: 'Curl',
    uid: 1000,
    commandLine: 'curl -s https://example.com',
    startMs: 1_785_499_200_250,
    container: { runtime: 'docker', id: '0123456789abcdef0123456789abcdef' },
    unit: 'docker.service',
  },
  { pid: 4_194_304, command: '', uid: 65_534, user: 'nobody', unit: '' },
]

/** Texts and processes share the ids of a dictionary. */
const PROCESS_IDS = 100

export const CONTEXT: FlowContext = {
  agent: 'One',
  wallOffsetMs: 1_785_499_200_000.123,
  interfaceName: (ifindex) => (ifindex === 0 ? '' : `eth${ifindex}`),
  text: (id) => TEXTS[id] ?? '',
  process: (id) => PROCESSES[id - PROCESS_IDS],
}

/** `count` records, one after the other, of different slots. */
export const randomRecords = (count: number, random: Random): Uint8Array => {
  const bytes = new Uint8Array(count * RECORD_BYTES)
  for (let i = 0; i < count; i++) {
    const record = bytes.subarray(i * RECORD_BYTES, (i + 1) * RECORD_BYTES)
    fillRecord(record, random)
    new DataView(record.buffer, record.byteOffset).setUint32(0, i, true)
  }
  return bytes
}

export const readerOf = (bytes: Uint8Array): FlowReader => new FlowReader(bytes, CONTEXT)

const AMOUNTS = [0, 0, 1, 2, 1000, 1_000_000, 1_048_576, 4_294_967_295] as const

const fillRecord = (bytes: Uint8Array, random: Random): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const amount = () => random.pick(AMOUNTS)
  for (let at = RECORD_HEADER_BYTES; at + 4 <= RECORD_BYTES; at += 4)
    view.setUint32(at, amount(), true)
  view.setUint32(4, random.int(0, 4), true)
  view.setFloat32(8, random.pick([0, 0.1, 1000, 1e9, Number.NaN]), true)
  view.setFloat32(12, random.pick([0, 0.1, 1000, 16_777_217]), true)
  fillSlot(bytes, view, random, amount)
  fillEnrichment(view, random)
}

const fillSlot = (
  bytes: Uint8Array,
  view: DataView,
  random: Random,
  amount: () => number,
): void => {
  const slot = RECORD_HEADER_BYTES
  const key = slot + SLOT.key
  for (const offset of [SLOT.packets, SLOT.bytes, SLOT.droppedPackets])
    for (const side of [0, 8])
      view.setBigUint64(slot + offset + side, BigInt(random.chance(0.1) ? 2 ** 52 : amount()), true)
  for (const side of [0, 8]) {
    const firstNs = random.pick([0, 1_000_000_123, 1_000_001_000, 60e9])
    view.setBigUint64(slot + SLOT.firstNs + side, BigInt(firstNs), true)
    view.setBigUint64(
      slot + SLOT.lastNs + side,
      BigInt(firstNs + random.int(0, 3) * 1_000_500),
      true,
    )
  }
  view.setUint8(slot + SLOT.client, random.int(0, 1))
  view.setUint8(slot + SLOT.verdict, random.int(0, 3))
  view.setUint16(slot + SLOT.path, random.int(0, 65_535), true)
  view.setUint16(slot + SLOT.tcpFlags, random.int(0, 65_535), true)
  const prefix = new Uint8Array(PREFIX_BYTES)
  for (const [offset, port] of [
    [KEY.loAddr, KEY.loPort],
    [KEY.hiAddr, KEY.hiPort],
  ] as const) {
    encodePrefix(random.pick(ADDRESSES), prefix, 0)
    bytes.set(prefix.subarray(4), key + offset)
    view.setUint16(key + port, random.pick([0, 22, 53, 443, 65_535]), true)
  }
  view.setUint8(key + KEY.protocol, random.pick([1, 6, 6, 17, 47, 58, 132, 255]))
  view.setUint32(key + KEY.ifindex, random.int(0, 3), true)
  view.setUint16(key + KEY.vlan, random.pick([0, 7]), true)
}

const fillEnrichment = (view: DataView, random: Random): void => {
  const at = RECORD_BYTES - 128
  for (const offset of [0, 4])
    view.setUint32(at + ENRICHMENT.process + offset, random.pick([0, 101, 102, 103, 104]), true)
  for (let offset = ENRICHMENT.name; offset < ENRICHMENT.srttUs; offset += 4)
    view.setUint32(at + offset, random.int(0, TEXTS.length), true)
  for (let offset = ENRICHMENT.srttUs; offset < ENRICHMENT.retransmits; offset += 4)
    view.setUint32(at + offset, random.pick([0, 100, 333, 10_000, 1_500_001]), true)
  for (let offset = ENRICHMENT.sentBytes; offset < ENRICHMENT.connectUs; offset += 8)
    view.setUint32(at + offset + 4, random.int(0, 1), true)
  view.setUint16(at + ENRICHMENT.tcpState, random.int(0, 0x1010), true)
  view.setUint8(at + ENRICHMENT.outcome, random.int(0, 6))
}
