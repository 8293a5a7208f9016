/** Flow records to steps: what each adds to the record before it of the same flow. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { ENDS, type FlowReader, SUMMARY } from '@netscope/core/flow-record.ts'
import { KEY, PATH_EGRESS, PATH_FORWARDED, SLOT } from '@netscope/core/slot.ts'
import type { AddressTexts } from './address-texts.ts'
import type { FlowStep } from './flow-step.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** The flows of one agent. */
export interface RecordSteps {
  /** Valid until the next call. `plausible` corrects times; `nowMs`: NaN where that is not known yet. */
  step(record: FlowReader, plausible: (timeMs: number) => number, nowMs: number): FlowStep
}

/** Agents tell of flows once a second; of each that has traffic every ten at least, where there are too many of them. */
const [LEAST_SPAN_MS, MOST_FLOW_SPAN_MS] = [1000, 10_000]
const CHUNK_BITS = 10
const CHUNK_SLOTS = 1 << CHUNK_BITS

/** Numbers that are kept of each slot: when its client began (0: no flow), packets and bytes of both sides, when it was told of. */
const KEPT = 6
const [BEGUN, PACKETS, BYTES, TOLD] = [0, 1, 3, 5]
/** Of a chunk that there is none of. */
const NOTHING = new Float64Array(0)

/** Memory grows with the slots in use, by 49 kB per 1,024, and shrinks with them. */
interface Chunk {
  kept: Float64Array
  used: number
}

export const createRecordSteps = (agent: string, addresses: AddressTexts): RecordSteps => {
  const chunks = new Map<number, Chunk>()
  /** An empty one, for the next that is needed: where flows are few, one would be made and dropped all the time. */
  let spare: Chunk | undefined
  const step = emptyStep(agent)
  /** When records came last, and how long none had come before. */
  let [cameMs, agentSpanMs] = [Number.NaN, LEAST_SPAN_MS]

  const chunkOf = (number: number): Chunk => {
    let chunk = chunks.get(number)
    if (!chunk) {
      chunk = spare ?? { kept: new Float64Array(CHUNK_SLOTS * KEPT), used: 0 }
      spare = undefined
      chunks.set(number, chunk)
    }
    return chunk
  }

  const keep = (number: number, at: number, begun: number): void => {
    const chunk = chunkOf(number)
    const { kept } = chunk
    if (kept[at + BEGUN] === 0) chunk.used++
    kept[at + BEGUN] = begun
    kept[at + PACKETS] = step.srcPackets
    kept[at + PACKETS + 1] = step.dstPackets
    kept[at + BYTES] = step.srcBytes
    kept[at + BYTES + 1] = step.dstBytes
    kept[at + TOLD] = cameMs
  }

  const forget = (number: number, at: number, chunk: Chunk): void => {
    chunk.kept[at + BEGUN] = 0
    if (--chunk.used > 0) return
    chunks.delete(number)
    spare = chunk
  }

  /** What is new since the record before, which it replaces. */
  const advance = (slot: number, begun: number): void => {
    const number = slot >>> CHUNK_BITS
    const at = (slot & (CHUNK_SLOTS - 1)) * KEPT
    const chunk = chunks.get(number)
    const kept = chunk?.kept ?? NOTHING
    // A slot may have got another flow whose predecessor's last record we never saw.
    const isKnown =
      kept[at + BEGUN] === begun &&
      step.srcPackets >= kept[at + PACKETS]! &&
      step.dstPackets >= kept[at + PACKETS + 1]!
    step.isFirst = !isKnown
    const flowSpanMs = isKnown ? Math.min(cameMs - kept[at + TOLD]!, MOST_FLOW_SPAN_MS) || 0 : 0
    step.spanMs = Math.max(agentSpanMs, flowSpanMs)
    step.newSrcPackets = step.srcPackets - (isKnown ? kept[at + PACKETS]! : 0)
    step.newDstPackets = step.dstPackets - (isKnown ? kept[at + PACKETS + 1]! : 0)
    step.newSrcBytes = step.srcBytes - (isKnown ? kept[at + BYTES]! : 0)
    step.newDstBytes = step.dstBytes - (isKnown ? kept[at + BYTES + 1]! : 0)
    if (step.end === '') keep(number, at, begun)
    // One that comes late, out of a spool or from another program, may find another flow in its slot: it stays.
    else if (chunk && isKnown) forget(number, at, chunk)
  }

  return {
    step(record, plausible, nowMs) {
      if (nowMs !== cameMs) {
        agentSpanMs = Math.max(LEAST_SPAN_MS, nowMs - cameMs || 0)
        cameMs = nowMs
      }
      readAddressing(step, record, addresses)
      step.timeMs = plausible(step.timeMs)
      step.firstMs = plausible(step.firstMs)
      readCounters(step, record)
      step.record = record
      const begun = record.pair64(SLOT.firstNs, 'src') || 1
      advance(record.view.getUint32(record.at, true), begun)
      return step
    },
  }
}

const readAddressing = (
  step: Writable<FlowStep>,
  record: FlowReader,
  addresses: AddressTexts,
): void => {
  const { view, key, context, at } = record
  step.timeMs = context.wallOffsetMs + record.lastNs() / 1e6
  step.firstMs = context.wallOffsetMs + record.firstNs() / 1e6
  step.src = addresses(view, record.address('src'))
  step.dst = addresses(view, record.address('dst'))
  step.srcPort = record.port('src')
  step.dstPort = record.port('dst')
  step.protocol = view.getUint8(key + KEY.protocol)
  step.vlan = record.key16(KEY.vlan)
  step.ifindex = view.getUint32(key + KEY.ifindex, true)
  step.isFragment = view.getUint8(key + KEY.fragment) !== 0
  const path = record.pair8(SLOT.path, 'src')
  step.direction =
    (path & PATH_FORWARDED) !== 0
      ? 'forwarded'
      : (path & PATH_EGRESS) !== 0
        ? 'outbound'
        : 'inbound'
  step.end = ENDS[view.getUint32(at + 4, true)] ?? 'forced'
}

const readCounters = (step: Writable<FlowStep>, record: FlowReader): void => {
  step.srcPackets = record.pair64(SLOT.packets, 'src')
  step.dstPackets = record.pair64(SLOT.packets, 'dst')
  step.srcBytes = record.pair64(SLOT.bytes, 'src')
  step.dstBytes = record.pair64(SLOT.bytes, 'dst')
  step.srcFlags = record.pair8(SLOT.tcpFlags, 'src')
  step.dstFlags = record.pair8(SLOT.tcpFlags, 'dst')
  step.srcSyn = record.pair32(SLOT.syn, 'src')
  step.dstSyn = record.pair32(SLOT.syn, 'dst')
  step.srcSynAck = record.pair32(SLOT.synAck, 'src')
  step.dstSynAck = record.pair32(SLOT.synAck, 'dst')
  step.srcFin = record.pair32(SLOT.fin, 'src')
  step.dstFin = record.pair32(SLOT.fin, 'dst')
  step.srcRst = record.pair32(SLOT.rst, 'src')
  step.dstRst = record.pair32(SLOT.rst, 'dst')
  step.condensed = record.condensed()
  step.sources = step.overflow = 0
  if (step.condensed === 0) return
  step.sources = record.extra32(ENRICHMENT.sources)
  step.overflow = record.view.getUint32(record.slot + SUMMARY.overflow, true)
}

const emptyStep = (agent: string): Writable<FlowStep> => ({
  agent,
  timeMs: 0,
  firstMs: 0,
  src: '',
  dst: '',
  srcPort: 0,
  dstPort: 0,
  protocol: 0,
  vlan: 0,
  ifindex: 0,
  direction: 'inbound',
  isFirst: true,
  end: '',
  srcPackets: 0,
  dstPackets: 0,
  srcBytes: 0,
  dstBytes: 0,
  newSrcPackets: 0,
  newDstPackets: 0,
  newSrcBytes: 0,
  newDstBytes: 0,
  spanMs: LEAST_SPAN_MS,
  srcFlags: 0,
  dstFlags: 0,
  srcSyn: 0,
  dstSyn: 0,
  srcSynAck: 0,
  dstSynAck: 0,
  srcFin: 0,
  dstFin: 0,
  srcRst: 0,
  dstRst: 0,
  isFragment: false,
  condensed: 0,
  sources: 0,
  overflow: 0,
  record: undefined,
})
