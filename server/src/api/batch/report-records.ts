/** Reported flows as the records that our own agents send: from there on they take the same way. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import {
  ENDS,
  RECORD_BYTES,
  RECORD_ENRICHMENT,
  RECORD_HEADER_BYTES,
} from '@netscope/core/flow-record.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { protocolNumber } from '@netscope/core/protocol.ts'
import { KEY, PATH_EGRESS, PATH_SEEN, SLOT, SLOT_LIVE } from '@netscope/core/slot.ts'
import type { SpooledNames } from '@netscope/core/wire.ts'
import { Compile } from 'typebox/schema'
import { flowReport } from './flow-report.ts'
import type { FlowReport } from './flow-report.ts'
import { readReportTime } from './report-time.ts'

const checked = Compile(flowReport)
/** Live work waits no longer than these take, about 5 ms. */
const REPORTS_PER_TURN = 1000
/** The report is of a time, not of a connection that we saw end. */
const END = ENDS.indexOf('forced')
/** Records count nanoseconds from the batch's earliest time, and 0 stands for never. */
const BEFORE_MS = 1

interface ReadReport {
  report: FlowReport
  src: Uint8Array
  dst: Uint8Array
  protocol: number
  firstMs: number
  lastMs: number
}

export interface ReportRecords {
  names: SpooledNames
  /** RECORD_BYTES each. */
  records: Buffer
  accepted: number
  rejected: { index: number; reason: string }[]
}

/** `firstSlot`: number of the first record; records of an agent have different ones. */
export const recordsOf = async (
  reports: readonly unknown[],
  { nowMs, firstSlot }: { nowMs: number; firstSlot: number },
): Promise<ReportRecords> => {
  const rejected: ReportRecords['rejected'] = []
  const good: ReadReport[] = []
  for (const [index, report] of reports.entries()) {
    if (index % REPORTS_PER_TURN === REPORTS_PER_TURN - 1) await nextTurn()
    const read = readReport(report, nowMs)
    if (typeof read === 'string') rejected.push({ index, reason: read })
    else good.push(read)
  }
  const wallOffsetMs =
    good.reduce((least, { firstMs }) => Math.min(least, firstMs), nowMs) - BEFORE_MS
  const interfaces = createNumbers()
  const texts = createNumbers()
  const records = Buffer.alloc(good.length * RECORD_BYTES)
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  for (const [i, read] of good.entries()) {
    const { report } = read
    const at = i * RECORD_BYTES
    const ifindex = interfaces.of(report.interface ?? report.node ?? '')
    writeRecord(view, at, read, { wallOffsetMs, ifindex, slot: (firstSlot + i) >>> 0 })
    view.setUint32(
      at + RECORD_ENRICHMENT + ENRICHMENT.name + 4 * clientOf(read),
      texts.of(nameOf(report)),
      true,
    )
  }
  const names = { wallOffsetMs, interfaces: interfaces.all(), texts: texts.all(), processes: [] }
  return { names, records, accepted: good.length, rejected }
}

/** What it says, or what is wrong with it in words. */
const readReport = (report: unknown, nowMs: number): ReadReport | string => {
  if (!checked.Check(report)) return violationOf(report)
  const src = addressOf(report.src_ip)
  if (!src) return `src_ip ${show(report.src_ip)} is no address`
  const dst = addressOf(report.dst_ip)
  if (!dst) return `dst_ip ${show(report.dst_ip)} is no address`
  const protocol = protocolNumber(String(report.protocol))
  if (protocol === undefined) return `protocol ${show(report.protocol)} is unknown`
  const times = timesOf(report, nowMs)
  return typeof times === 'string' ? times : { report, src, dst, protocol, ...times }
}

const violationOf = (report: unknown): string => {
  const [, errors] = checked.Errors(report)
  const first = errors[0]
  if (!first) return 'it does not have the form of a flow'
  const place = first.instancePath.slice(1).replaceAll('/', '.')
  if (first.message === 'schema is false') return `there is no field ${place.slice(0, 80)}`
  return `${place === '' ? 'the flow' : place} ${first.message}`.slice(0, 200)
}

const show = (value: unknown): string => JSON.stringify(value).slice(0, 60)

/** 16 bytes; undefined: no single address. */
const addressOf = (text: string): Uint8Array | undefined => {
  if (text.includes('/')) return undefined
  try {
    return parsePrefix(text).addr
  } catch {
    return undefined
  }
}

const timesOf = (
  { first_seen: first, last_seen: last, timestamp }: FlowReport,
  nowMs: number,
): { firstMs: number; lastMs: number } | string => {
  const read = (name: string, value: string | number | undefined) => {
    if (value === undefined) return nowMs
    const ms = readReportTime(value, nowMs)
    return typeof ms === 'string' ? `${name} ${ms}` : ms
  }
  const lastMs = read('last_seen', last ?? timestamp)
  if (typeof lastMs === 'string') return lastMs
  const firstMs = read('first_seen', first ?? timestamp ?? last)
  if (typeof firstMs === 'string') return firstMs
  return firstMs > lastMs ? 'first_seen is after last_seen' : { firstMs, lastMs }
}

/** `pod.namespace`, as Kubernetes' DNS would have it. */
const nameOf = ({ pod, namespace }: FlowReport): string =>
  [pod, namespace].filter((part) => part !== undefined && part !== '').join('.')

/** Ids from 1 for texts; 0 for the empty one. */
const createNumbers = () => {
  const numbers = new Map<string, number>()
  return {
    of(text: string): number {
      if (text === '') return 0
      const known = numbers.get(text) ?? numbers.size + 1
      numbers.set(text, known)
      return known
    },
    all: () => [...numbers].map(([text, id]): [number, string] => [id, text]),
  }
}

/** Which side of the canonical order src is: the lower endpoint comes first. */
const clientOf = ({ src, dst, report }: ReadReport): 0 | 1 => {
  const order = Buffer.compare(src, dst) || report.src_port - report.dst_port
  return order <= 0 ? 0 : 1
}

const writeRecord = (
  view: DataView,
  at: number,
  read: ReadReport,
  { wallOffsetMs, ifindex, slot }: { wallOffsetMs: number; ifindex: number; slot: number },
): void => {
  const { report, src, dst, protocol, firstMs, lastMs } = read
  const client = clientOf(read)
  const body = at + RECORD_HEADER_BYTES
  const key = body + SLOT.key
  const extra = at + RECORD_ENRICHMENT
  const pair64 = (place: number, ofSrc: number, ofDst: number) => {
    view.setBigUint64(place + 8 * client, BigInt(ofSrc), true)
    view.setBigUint64(place + 8 * (1 - client), BigInt(ofDst), true)
  }
  const nanoseconds = (ms: number) => Math.round((ms - wallOffsetMs) * 1e6)
  const sent = report.bytes_sent ?? 0
  const received = report.bytes_recv ?? 0
  view.setUint32(at, slot, true)
  view.setUint32(at + 4, END, true)
  pair64(body + SLOT.packets, report.packets_sent ?? 0, report.packets_recv ?? 0)
  pair64(body + SLOT.bytes, sent, received)
  pair64(body + SLOT.firstNs, nanoseconds(firstMs), nanoseconds(firstMs))
  pair64(body + SLOT.lastNs, nanoseconds(lastMs), nanoseconds(lastMs))
  view.setUint8(body + SLOT.client, client)
  view.setUint8(body + SLOT.path + client, PATH_SEEN | PATH_EGRESS)
  view.setUint8(body + SLOT.path + 1 - client, PATH_SEEN)
  view.setUint8(body + SLOT.state, SLOT_LIVE)
  const bytes = new Uint8Array(view.buffer, view.byteOffset)
  bytes.set(src, key + (client === 0 ? KEY.loAddr : KEY.hiAddr))
  bytes.set(dst, key + (client === 0 ? KEY.hiAddr : KEY.loAddr))
  view.setUint16(key + (client === 0 ? KEY.loPort : KEY.hiPort), report.src_port, true)
  view.setUint16(key + (client === 0 ? KEY.hiPort : KEY.loPort), report.dst_port, true)
  view.setUint32(key + KEY.ifindex, ifindex, true)
  view.setUint8(key + KEY.protocol, protocol)
  view.setUint32(
    extra + ENRICHMENT.srttUs + 4 * client,
    Math.round((report.rtt_avg_ms ?? 0) * 1000),
    true,
  )
  view.setUint32(extra + ENRICHMENT.retransmits + 4 * client, report.retrans_count ?? 0, true)
  view.setUint32(extra + ENRICHMENT.drops, report.drop_count ?? 0, true)
  pair64(extra + ENRICHMENT.sentBytes, sent, received)
  pair64(extra + ENRICHMENT.receivedBytes, received, sent)
}
