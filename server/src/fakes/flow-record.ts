/** For tests: bytes of flow records and packet events as the agent sends them. */
import { isIPv4 } from 'node:net'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { RECORD_BYTES, RECORD_ENRICHMENT, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { EVENT, EVENT_BYTES, KEY, SLOT } from '@netscope/core/slot.ts'
import { BATCH_HEADER_BYTES } from '@netscope/core/wire.ts'

const RECORD_DEFAULTS = {
  slot: 0,
  /** Index into ENDS */
  end: 0,
  src: '10.0.0.1',
  dst: '10.0.0.2',
  srcPort: 40000,
  dstPort: 443,
  protocol: 6,
  verdict: 0,
  ifindex: 2,
  vlan: 0,
  srcBytes: 1000,
  dstBytes: 2000,
  srcPackets: 10,
  dstPackets: 20,
  srcRate: 0,
  dstRate: 0,
  firstNs: 1e9,
  lastNs: 2e9,
  /** Bits of `path` of src. */
  path: 3,
  syn: 1,
  /** Of dst. */
  synAck: 0,
  /** Ids of the dictionary. */
  srcProcess: 0,
  dstProcess: 0,
  srcName: 0,
  dstName: 0,
  sni: 0,
  ja4: 0,
  httpHost: 0,
  dropReason: 0,
  srcRttUs: 0,
  dstRttUs: 0,
  srcRttSamples: 0,
  dstRttSamples: 0,
  srcRetransmits: 0,
  dstRetransmits: 0,
  /** Payload bytes of the sockets. */
  srcSent: 0,
  dstSent: 0,
  srcReceived: 0,
  dstReceived: 0,
  drops: 0,
}
export type FakeRecord = typeof RECORD_DEFAULTS

/** 16 bytes; IPv6 only as eight full groups or with one `::`. */
export const addressBytes = (text: string): Uint8Array => {
  const bytes = new Uint8Array(16)
  if (isIPv4(text)) {
    bytes.set([255, 255, ...text.split('.').map(Number)], 10)
    return bytes
  }
  const [head = '', tail] = text.split('::')
  const groups = (part: string | undefined) =>
    part ? part.split(':').map((group) => parseInt(group, 16)) : []
  const [first, last] = [groups(head), groups(tail)]
  const all =
    tail === undefined
      ? first
      : [...first, ...Array(8 - first.length - last.length).fill(0), ...last]
  const view = new DataView(bytes.buffer)
  for (const [i, group] of all.entries()) view.setUint16(2 * i, group)
  return bytes
}

/** One record; src is lo and the client. */
export const flowRecord = (given: Partial<FakeRecord> = {}): Buffer => {
  const r = { ...RECORD_DEFAULTS, ...given }
  const bytes = Buffer.alloc(RECORD_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const slot = RECORD_HEADER_BYTES
  const key = slot + SLOT.key
  const pair64 = (offset: number, first: number, second: number) => {
    view.setBigUint64(slot + offset, BigInt(first), true)
    view.setBigUint64(slot + offset + 8, BigInt(second), true)
  }
  view.setUint32(0, r.slot, true)
  view.setUint32(4, r.end, true)
  view.setFloat32(8, r.srcRate, true)
  view.setFloat32(12, r.dstRate, true)
  pair64(SLOT.packets, r.srcPackets, r.dstPackets)
  pair64(SLOT.bytes, r.srcBytes, r.dstBytes)
  pair64(SLOT.firstNs, r.firstNs, r.firstNs)
  pair64(SLOT.lastNs, r.lastNs, r.lastNs)
  view.setUint8(slot + SLOT.verdict, r.verdict)
  view.setUint8(slot + SLOT.path, r.path)
  view.setUint8(slot + SLOT.state, 1)
  bytes.set(addressBytes(r.src), key + KEY.loAddr)
  bytes.set(addressBytes(r.dst), key + KEY.hiAddr)
  view.setUint16(key + KEY.loPort, r.srcPort, true)
  view.setUint16(key + KEY.hiPort, r.dstPort, true)
  view.setUint16(key + KEY.vlan, r.vlan, true)
  view.setUint32(key + KEY.ifindex, r.ifindex, true)
  view.setUint8(key + KEY.protocol, r.protocol)
  view.setUint32(slot + SLOT.syn, r.syn, true)
  view.setUint32(slot + SLOT.synAck + 4, r.synAck, true)
  writeEnrichment(view, r)
  return bytes
}

const writeEnrichment = (view: DataView, r: FakeRecord): void => {
  const u32 = (offset: number, value: number) =>
    view.setUint32(RECORD_ENRICHMENT + offset, value, true)
  const pair32 = (offset: number, first: number, second: number) => {
    u32(offset, first)
    u32(offset + 4, second)
  }
  const pair64 = (offset: number, first: number, second: number) => {
    view.setBigUint64(RECORD_ENRICHMENT + offset, BigInt(first), true)
    view.setBigUint64(RECORD_ENRICHMENT + offset + 8, BigInt(second), true)
  }
  pair32(ENRICHMENT.process, r.srcProcess, r.dstProcess)
  pair32(ENRICHMENT.name, r.srcName, r.dstName)
  u32(ENRICHMENT.sni, r.sni)
  u32(ENRICHMENT.ja4, r.ja4)
  u32(ENRICHMENT.httpHost, r.httpHost)
  u32(ENRICHMENT.dropReason, r.dropReason)
  pair32(ENRICHMENT.srttUs, r.srcRttUs, r.dstRttUs)
  pair32(ENRICHMENT.rttSamples, r.srcRttSamples, r.dstRttSamples)
  pair32(ENRICHMENT.retransmits, r.srcRetransmits, r.dstRetransmits)
  pair64(ENRICHMENT.sentBytes, r.srcSent, r.dstSent)
  pair64(ENRICHMENT.receivedBytes, r.srcReceived, r.dstReceived)
  u32(ENRICHMENT.drops, r.drops)
}

const EVENT_DEFAULTS = {
  timeNs: 1e9,
  src: '192.168.0.10',
  dst: '1.1.1.1',
  srcPort: 50000,
  dstPort: 443,
  ifindex: 2,
  bytes: 60,
  packets: 1,
  vlan: 0,
  protocol: 6,
  verdict: 0,
  direction: 0,
  tcpFlags: 2,
}
export type FakeEvent = typeof EVENT_DEFAULTS

export const packetEvent = (given: Partial<FakeEvent> = {}): Uint8Array => {
  const e = { ...EVENT_DEFAULTS, ...given }
  const bytes = new Uint8Array(EVENT_BYTES)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(EVENT.timeNs, BigInt(e.timeNs), true)
  bytes.set(addressBytes(e.src), EVENT.srcAddr)
  bytes.set(addressBytes(e.dst), EVENT.dstAddr)
  view.setUint16(EVENT.srcPort, e.srcPort, true)
  view.setUint16(EVENT.dstPort, e.dstPort, true)
  view.setUint32(EVENT.ifindex, e.ifindex, true)
  view.setUint32(EVENT.bytes, e.bytes, true)
  view.setUint16(EVENT.packets, e.packets, true)
  view.setUint16(EVENT.vlan, e.vlan, true)
  view.setUint8(EVENT.protocol, e.protocol)
  view.setUint8(EVENT.verdict, e.verdict)
  view.setUint8(EVENT.direction, e.direction)
  view.setUint8(EVENT.tcpFlags, e.tcpFlags)
  return bytes
}

/** Payload of a `flows` or `events` frame. */
export const batch = (records: readonly Uint8Array[], wallOffsetMs = 0, timeMs = 0): Buffer => {
  const head = new Uint8Array(BATCH_HEADER_BYTES)
  const view = new DataView(head.buffer)
  view.setFloat64(0, wallOffsetMs, true)
  view.setFloat64(8, timeMs, true)
  return Buffer.concat([head, ...records])
}
