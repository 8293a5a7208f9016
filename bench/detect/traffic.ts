/** Made-up flow records for detectors: an ordinary second of a site, and a million sources. */
import { type FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { SLOT } from '@netscope/core/slot.ts'
import {
  emptyRecords,
  fakeContext,
  type FakeFlowRecord,
  writeRecord,
} from '@netscope/detect/fakes/flow-records.ts'

/** 2026-01-15, UTC. */
export const WALL_MS = 1_768_435_200_000
const [CLOSED, RESET] = [2, 3]

export interface Traffic {
  reader: FlowReader
  count: number
}

const build = (count: number, record: (i: number) => Partial<FakeFlowRecord>): Traffic => {
  const reader = emptyRecords(count, fakeContext('a1', WALL_MS))
  for (let i = 0; i < count; i++) writeRecord(reader.seek(i * RECORD_BYTES), record(i))
  return { reader, count }
}

const address = (first: number, i: number): string =>
  `${first}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`

const SERVED = { srcFlags: 26, dstFlags: 26, dstSynAck: 1 }

/** 2,000 devices with flows to 20,000 servers: web, names, a few that end, fail or are refused. */
export const ordinaryTraffic = (count: number): Traffic =>
  build(count, (i) => {
    const shared = {
      slot: i,
      src: address(10, i % 2000),
      dst: address(93, (i * 7919) % 20_000),
      srcPort: 1024 + ((i * 31) % 60_000),
      path: 3,
      srcPackets: 10,
      srcBytes: 1500,
      dstPackets: 12,
      dstBytes: 9000,
      firstNs: 1e9 + (i % 1000) * 1e6,
      lastNs: 2e9 + (i % 1000) * 1e6,
    }
    const kind = i % 20
    if (kind < 4) return { ...shared, protocol: 17, dstPort: 53, srcSyn: 0, srcFlags: 0 }
    if (kind === 4) return { ...shared, srcPackets: 1, dstPackets: 0, srcBytes: 60, dstBytes: 0 }
    if (kind === 5)
      return { ...shared, dstPackets: 1, dstBytes: 40, dstFlags: 20, dstRst: 1, end: RESET }
    if (kind < 8) return { ...shared, ...SERVED, srcFlags: 27, dstFlags: 27, end: CLOSED }
    return { ...shared, ...SERVED, dstPort: kind < 18 ? 443 : 8000 + (i % 100) }
  })

/** The next second of the same flows: more packets, a second later. */
export const advance = ({ reader, count }: Traffic): void => {
  const { view } = reader
  for (let i = 0; i < count; i++) {
    const { slot, client } = reader.seek(i * RECORD_BYTES)
    for (const side of [client, 1 - client]) {
      const packets = slot + SLOT.packets + 8 * side
      const bytes = slot + SLOT.bytes + 8 * side
      if (view.getUint32(packets, true) < 2) continue
      view.setUint32(packets, view.getUint32(packets, true) + 3, true)
      view.setUint32(bytes, view.getUint32(bytes, true) + 900, true)
    }
    const last = slot + SLOT.lastNs + 8 * client
    view.setBigUint64(last, view.getBigUint64(last, true) + 1_000_000_000n, true)
  }
}

/** What a million sources do to one server. */
export const CROWDS = {
  'SYNs without an answer (spoofed flood)': {},
  'refused, one port each': { dstPackets: 1, dstBytes: 40, dstFlags: 20, dstRst: 1, end: RESET },
  'served (a crowd)': {
    ...SERVED,
    srcPackets: 10,
    srcBytes: 900,
    dstPackets: 12,
    dstBytes: 9000,
    end: CLOSED,
  },
  'UDP without an answer': { protocol: 17, srcSyn: 0, srcFlags: 0, srcBytes: 400 },
} as const satisfies Record<string, Partial<FakeFlowRecord>>

/** Sources `from` to `from + count`, `perSecond` of them a second. */
export const crowd = (
  kind: Partial<FakeFlowRecord>,
  from: number,
  count: number,
  perSecond: number,
): Traffic =>
  build(count, (i) => {
    const source = from + i
    const ns = Math.floor(1e9 + (source * 1e9) / perSecond)
    return {
      slot: source,
      src: address(11 + (source >> 24), source),
      dst: '10.0.0.9',
      srcPort: 1024 + (source % 60_000),
      dstPort: kind.dstRst ? 1 + (source % 1000) : 443,
      firstNs: ns,
      lastNs: ns,
      ...kind,
    }
  })
