/** For tests: a history in memory, as plain as can be, that every other one must agree with. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import { flowPredicateOf } from '@netscope/core/query/predicate-of.ts'
import { decodeFlow, FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type {
  FlowStore,
  GroupKey,
  GroupName,
  Measure,
  StoredBatch,
  StoredFieldName,
  StoredFlow,
} from '../store/flow-store.ts'
import { STORED_FIELDS } from '../store/stored-fields.ts'

interface Kept {
  flow: StoredFlow
  /** Microseconds since 1970 of the last packet. */
  lastUs: number
  order: number
}

const COUNTERS = (Object.keys(STORED_FIELDS) as FlowFieldName[]).filter((name) => {
  const field = STORED_FIELDS[name]
  return field.kind === 'number' && field.cumulative
})

const AMOUNTS: Readonly<Record<Measure, (flow: StoredFlow) => number>> = {
  bytes: (flow) => flow.srcBytes + flow.dstBytes,
  packets: (flow) => flow.srcPackets + flow.dstPackets,
  flows: (flow) => (flow.end === '' ? 0 : 1),
  srcBytes: (flow) => flow.srcBytes,
  dstBytes: (flow) => flow.dstBytes,
  srcPackets: (flow) => flow.srcPackets,
  dstPackets: (flow) => flow.dstPackets,
  droppedPackets: (flow) => flow.srcDroppedPackets + flow.dstDroppedPackets,
  retransmits: (flow) => flow.srcRetransmits + flow.dstRetransmits,
}

/** An address as its bytes, so that it sorts by number. */
const sortable = (name: StoredFieldName, flow: StoredFlow): string | number => {
  const value = flow[name]
  if (name === 'agent' || FLOW_FIELDS[name].type !== 'address') return value
  const bytes = new Uint8Array(PREFIX_BYTES)
  encodePrefix(String(value), bytes, 0)
  return Buffer.from(bytes.subarray(4)).toString('latin1')
}

const keysOf = (by: GroupName, flow: StoredFlow): GroupKey[] => {
  if (by !== 'ip') return [flow[by]]
  return flow.src === flow.dst ? [flow.src] : [flow.src, flow.dst]
}

export const createMemoryFlowStore = (now: () => number = Date.now): FlowStore => {
  const kept: Kept[] = []
  const positions = new Map<string, number>()
  const parts = new Map<string, StoredFlow>()
  let isStopped = true

  /** What came on top of the parts of this flow that were stored before. */
  const partOf = (flow: StoredFlow): StoredFlow => {
    const before = parts.get(flow.id)
    if (flow.end === '') parts.set(flow.id, flow)
    else parts.delete(flow.id)
    if (!before) return flow
    const difference = COUNTERS.map((name) => [name, Number(flow[name]) - Number(before[name])])
    return { ...flow, ...Object.fromEntries(difference) }
  }

  const keep = ({ records, context, agent }: StoredBatch): void => {
    const reader = new FlowReader(records, context)
    for (let at = 0; at < records.length; at += RECORD_BYTES) {
      reader.seek(at)
      const lastUs = FLOW_FIELDS.lastSeen.us?.(reader) ?? 0
      const flow = partOf({ ...decodeFlow(reader), agent })
      kept.push({ flow, lastUs, order: kept.length })
    }
  }

  const select = ({
    query,
    fromMs,
    toMs,
  }:
    | Parameters<FlowStore['top']>[0]
    | Parameters<FlowStore['series']>[0]
    | Parameters<FlowStore['find']>[0]): Kept[] => {
    const holds = query ? flowPredicateOf(query, now) : () => true
    return kept.filter(
      ({ flow, lastUs }) => lastUs >= fromMs * 1000 && lastUs < toMs * 1000 && holds(flow),
    )
  }

  const heaviest = (found: readonly Kept[], by: GroupName, measure: Measure, limit: number) => {
    const groups = new Map<
      GroupKey,
      { bytes: number; packets: number; flows: number; value: number }
    >()
    for (const { flow } of found) {
      for (const key of keysOf(by, flow)) {
        const sums = groups.get(key) ?? { bytes: 0, packets: 0, flows: 0, value: 0 }
        sums.bytes += AMOUNTS.bytes(flow)
        sums.packets += AMOUNTS.packets(flow)
        sums.flows += AMOUNTS.flows(flow)
        sums.value += AMOUNTS[measure](flow)
        groups.set(key, sums)
      }
    }
    return [...groups]
      .map(([key, sums]) => ({ key, ...sums }))
      .toSorted((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1))
      .slice(0, limit)
  }

  return {
    backlogBytes: 0,
    async start() {
      isStopped = false
    },
    async stop() {
      isStopped = true
    },
    async append(batch) {
      if (isStopped) throw new Error('the history has stopped')
      const key = `${batch.epoch} ${batch.agent}`
      const last = positions.get(key)
      if (last !== undefined && ((batch.seq - last) | 0) <= 0) {
        return
      }
      keep(batch)
      positions.set(key, batch.seq)
    },
    lastSeq: (agent, epoch) => positions.get(`${epoch} ${agent}`),
    async find(request) {
      const { sort, order, limit, cursor } = request
      const sign = order === 'asc' ? 1 : -1
      const found = select(request).toSorted((a, b) => {
        const [x, y] = [sortable(sort, a.flow), sortable(sort, b.flow)]
        return sign * (x < y ? -1 : x > y ? 1 : a.order - b.order)
      })
      const from = Number(cursor ?? 0)
      const flows = found.slice(from, from + limit).map(({ flow }) => flow)
      const hasMore = found.length > from + limit
      return { flows, ...(hasMore && { nextCursor: String(from + limit) }) }
    },
    async top(request) {
      return { rows: heaviest(select(request), request.by, request.measure, request.limit) }
    },
    async series(request) {
      const { by, measure, limit, fromMs, toMs, stepMs } = request
      const startMs = Math.floor(fromMs / stepMs) * stepMs
      const count = Math.ceil((toMs - startMs) / stepMs)
      const found = select(request)
      const keys = by ? heaviest(found, by, measure, limit).map(({ key }) => key) : []
      const lines = new Map<GroupKey | undefined, number[]>()
      for (const key of by ? keys : [undefined])
        lines.set(
          key,
          Array.from({ length: count }, () => 0),
        )
      for (const { flow, lastUs } of found) {
        for (const key of by ? keysOf(by, flow) : [undefined]) {
          const name = key !== undefined && keys.includes(key) ? key : undefined
          const values = lines.get(name) ?? Array.from({ length: count }, () => 0)
          lines.set(name, values)
          const step = Math.floor((lastUs / 1000 - startMs) / stepMs)
          values[step] = (values[step] ?? 0) + AMOUNTS[measure](flow)
        }
      }
      return {
        startMs,
        stepMs,
        lines: [...lines].map(([key, values]) => ({ ...(key !== undefined && { key }), values })),
      }
    },
    async stats() {
      const oldest = Math.min(...kept.map(({ lastUs }) => lastUs))
      return {
        rows: kept.length,
        bytesOnDisk: 0,
        oldestMs: kept.length > 0 ? Math.floor(oldest / 1e6) * 1000 : undefined,
        sealedSegments: 0,
      }
    },
    async backup() {},
  }
}
