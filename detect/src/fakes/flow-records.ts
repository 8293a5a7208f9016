/** For tests and benchmarks: flow records as agents send them. */
import { type FlowContext, FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { KEY, PREFIX_BYTES, SLOT } from '@netscope/core/slot.ts'

const DEFAULTS = {
  slot: 0,
  /** Index of ENDS. */
  end: 0,
  src: '192.0.2.7',
  dst: '10.0.0.9',
  srcPort: 40_000,
  dstPort: 443,
  protocol: 6,
  /** Side of the key that src is. */
  client: 0 as 0 | 1,
  /** PATH_* bits of src. */
  path: 1,
  srcPackets: 1,
  dstPackets: 0,
  srcBytes: 60,
  dstBytes: 0,
  srcFlags: 2,
  dstFlags: 0,
  srcSyn: 1,
  dstSynAck: 0,
  dstRst: 0,
  firstNs: 1e9,
  lastNs: 1e9,
}
export type FakeFlowRecord = typeof DEFAULTS

export const fakeContext = (agent: string, wallOffsetMs: number): FlowContext => ({
  agent,
  wallOffsetMs,
  interfaceName: () => 'eth0',
  text: () => '',
  process: () => undefined,
})

/** A reader of `count` records, which are all empty. */
export const emptyRecords = (count: number, context: FlowContext): FlowReader =>
  new FlowReader(new Uint8Array(count * RECORD_BYTES), context)

/** Writes one record where `reader` is. */
export const writeRecord = (reader: FlowReader, given: Partial<FakeFlowRecord>): FlowReader => {
  const { view, at } = reader
  const r = { ...DEFAULTS, ...given }
  new Uint8Array(view.buffer, view.byteOffset + at, RECORD_BYTES).fill(0)
  view.setUint32(at, r.slot, true)
  view.setUint32(at + 4, r.end, true)
  view.setUint8(reader.slot + SLOT.client, r.client)
  reader.seek(at)
  writeCounters(reader, r)
  writeKey(reader, r)
  return reader
}

const writeCounters = ({ view, slot, client }: FlowReader, r: FakeFlowRecord): void => {
  const [src, dst] = [client, 1 - client]
  const set64 = (offset: number, side: number, value: number): void =>
    view.setBigUint64(slot + offset + 8 * side, BigInt(value), true)
  set64(SLOT.packets, src, r.srcPackets)
  set64(SLOT.packets, dst, r.dstPackets)
  set64(SLOT.bytes, src, r.srcBytes)
  set64(SLOT.bytes, dst, r.dstBytes)
  set64(SLOT.firstNs, src, r.firstNs)
  set64(SLOT.lastNs, src, r.lastNs)
  view.setUint8(slot + SLOT.tcpFlags + src, r.srcFlags)
  view.setUint8(slot + SLOT.tcpFlags + dst, r.dstFlags)
  view.setUint8(slot + SLOT.path + src, r.path)
  view.setUint32(slot + SLOT.syn + 4 * src, r.srcSyn, true)
  view.setUint32(slot + SLOT.synAck + 4 * dst, r.dstSynAck, true)
  view.setUint32(slot + SLOT.rst + 4 * dst, r.dstRst, true)
}

const writeKey = ({ view, key, client }: FlowReader, r: FakeFlowRecord): void => {
  const [srcAddress, dstAddress, srcPort, dstPort] =
    client === 0
      ? [KEY.loAddr, KEY.hiAddr, KEY.loPort, KEY.hiPort]
      : [KEY.hiAddr, KEY.loAddr, KEY.hiPort, KEY.loPort]
  writeAddress(view, key + srcAddress, r.src)
  writeAddress(view, key + dstAddress, r.dst)
  view.setUint16(key + srcPort, r.srcPort, true)
  view.setUint16(key + dstPort, r.dstPort, true)
  view.setUint8(key + KEY.protocol, r.protocol)
  view.setUint32(key + KEY.ifindex, 2, true)
}

const writeAddress = (view: DataView, at: number, address: string): void => {
  const prefix = new Uint8Array(PREFIX_BYTES)
  const problem = encodePrefix(address, prefix, 0)
  if (problem !== undefined) throw new Error(`${address}: ${problem}`)
  new Uint8Array(view.buffer, view.byteOffset + at, 16).set(prefix.subarray(4))
}
