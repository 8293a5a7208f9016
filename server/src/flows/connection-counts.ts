/** How many live flows there are by state, protocol and verdict, and whose they are. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ENRICHMENT, TCP_STATES } from '@netscope/core/enrichment.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import { protocolName } from '@netscope/core/protocol.ts'
import { KEY, SLOT, VERDICTS } from '@netscope/core/slot.ts'
import type { RecordSet } from './record-set.ts'

const TOP_PROCESSES = 20
/** Longest time that counting keeps the event loop to itself, ms. */
const SLICE_MS = 5
const RECORDS_PER_LOOK = 1024
const TCP = 6

export interface ConnectionCounts {
  total: number
  /** TCP, by the state of the socket of this host: `unknown` where it is on none. */
  byState: Record<string, number>
  byProtocol: Record<string, number>
  byVerdict: Record<string, number>
  /** Processes of this host with the most flows. */
  topProcesses: { process: string; connections: number }[]
}

const addTo = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1)

const stateOf = (reader: FlowReader): string => {
  const state =
    reader.extra8(ENRICHMENT.tcpState, 'src') || reader.extra8(ENRICHMENT.tcpState, 'dst')
  return TCP_STATES[state] || 'unknown'
}

export const countConnections = async (sets: readonly RecordSet[]): Promise<ConnectionCounts> => {
  const [states, protocols, verdicts, processes] = Array.from(
    { length: 4 },
    () => new Map<string, number>(),
  ) as [Counts, Counts, Counts, Counts]
  let total = 0

  const count = (reader: FlowReader): void => {
    const protocol = reader.view.getUint8(reader.key + KEY.protocol)
    total++
    addTo(protocols, protocolName(protocol))
    addTo(verdicts, VERDICTS[reader.view.getUint8(reader.slot + SLOT.verdict) & 3] ?? 'PASS')
    if (protocol === TCP) addTo(states, stateOf(reader))
    const [src, dst] = [reader.process('src')?.command, reader.process('dst')?.command]
    if (src !== undefined) addTo(processes, src)
    if (dst !== undefined && dst !== src) addTo(processes, dst)
  }

  let sliceEnd = performance.now() + SLICE_MS
  for (const set of sets) {
    for (let position = 0; position < set.size; position++) {
      if (position % RECORDS_PER_LOOK === 0 && performance.now() > sliceEnd) {
        await nextTurn()
        sliceEnd = performance.now() + SLICE_MS
      }
      const reader = set.at(position)
      if (reader) count(reader)
    }
  }
  return {
    total,
    byState: Object.fromEntries(states),
    byProtocol: Object.fromEntries(protocols),
    byVerdict: Object.fromEntries(verdicts),
    topProcesses: [...processes]
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, TOP_PROCESSES)
      .map(([process, connections]) => ({ process, connections })),
  }
}
type Counts = Map<string, number>
