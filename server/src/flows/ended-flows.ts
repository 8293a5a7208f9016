/** The flows that ended last, of all agents: a ring of their final records. */
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import type { RecordSet } from './record-set.ts'

/** Records per piece of memory: the ring grows as it fills. */
const CHUNK_RECORDS = 1024

interface Chunk {
  bytes: Buffer
  reader: FlowReader
  contexts: (FlowContext | undefined)[]
  wallOffsetsMs: Float64Array
}

export interface EndedFlows extends RecordSet {
  /** Flows that ended since start, also those that the ring no longer holds. */
  readonly total: number
  add(from: Buffer, at: number, context: FlowContext): void
  /** Visits the kept records of one run of an agent. */
  forEachOf(context: FlowContext, visit: (reader: FlowReader) => void): void
}

/** Keeps the last `capacity` records (0: none), RECORD_BYTES each. */
export const createEndedFlows = (capacity: number): EndedFlows => {
  const chunks: Chunk[] = []
  let total = 0
  /** What the shared readers see; the clock of an agent moves on, that of a record does not. */
  const current: FlowContext = {
    agent: '',
    wallOffsetMs: 0,
    interfaceName: (ifindex) => `if${ifindex}`,
    text: () => '',
    process: () => undefined,
  }

  return {
    get size() {
      return Math.min(total, capacity)
    },
    get total() {
      return total
    },
    add(from, at, context) {
      const position = total++ % capacity
      if (capacity === 0) return
      const chunk = (chunks[Math.floor(position / CHUNK_RECORDS)] ??= createChunk(current))
      const index = position % CHUNK_RECORDS
      from.copy(chunk.bytes, index * RECORD_BYTES, at, at + RECORD_BYTES)
      chunk.contexts[index] = context
      chunk.wallOffsetsMs[index] = context.wallOffsetMs
    },
    at(position) {
      const chunk = chunks[Math.floor(position / CHUNK_RECORDS)]
      const index = position % CHUNK_RECORDS
      const context = chunk?.contexts[index]
      if (!chunk || !context) return undefined
      current.agent = context.agent
      current.wallOffsetMs = chunk.wallOffsetsMs[index] ?? 0
      current.interfaceName = context.interfaceName
      current.text = context.text
      current.process = context.process
      return chunk.reader.seek(index * RECORD_BYTES)
    },
    isStale: () => false,
    forEachOf(context, visit) {
      for (const { contexts, reader } of chunks) {
        for (const [index, of] of contexts.entries())
          if (of === context) visit(reader.seek(index * RECORD_BYTES))
      }
    },
  }
}

const createChunk = (current: FlowContext): Chunk => {
  const bytes = Buffer.alloc(CHUNK_RECORDS * RECORD_BYTES)
  return {
    bytes,
    reader: new FlowReader(bytes, current),
    contexts: [],
    wallOffsetsMs: new Float64Array(CHUNK_RECORDS),
  }
}
