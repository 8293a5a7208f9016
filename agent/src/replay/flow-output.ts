/** Flow records of ended flows as JSON lines, on a stream that may be slower than we are. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { decodeFlow } from '@netscope/core/flow.ts'
import {
  type FlowContext,
  FlowReader,
  RECORD_BYTES,
  RECORD_HEADER_BYTES,
} from '@netscope/core/flow-record.ts'
import type { ReplayLine } from '@netscope/core/replay.ts'
import { SLOT } from '@netscope/core/slot.ts'

const FLUSH_CHARACTERS = 1 << 16

export interface FlowOutput {
  /** Prints `count` records. */
  records(bytes: Uint8Array, count: number, context: FlowContext): void
  line(line: ReplayLine): void
  /** Whether drained() should be awaited before more is printed. */
  isFull(): boolean
  drained(): Promise<void>
  totals(): { flows: number; packets: number; bytes: number; alerts: number }
}

export const createFlowOutput = (stream: Writable): FlowOutput => {
  let text = ''
  let isFull = false
  const totals = { flows: 0, packets: 0, bytes: 0, alerts: 0 }

  const flush = (): void => {
    if (text !== '') isFull = !stream.write(text) || isFull
    text = ''
  }
  const line = (value: ReplayLine): void => {
    if (value.type === 'alert') totals.alerts++
    text += `${JSON.stringify(value)}\n`
    if (text.length >= FLUSH_CHARACTERS) flush()
  }

  return {
    records: (bytes, count, context) => {
      const reader = new FlowReader(bytes, context)
      for (let i = 0; i < count; i++) {
        const at = i * RECORD_BYTES
        const slot = at + RECORD_HEADER_BYTES
        totals.flows++
        for (const side of [0, 8]) {
          totals.packets += reader.u64(slot + SLOT.packets + side)
          totals.bytes += reader.u64(slot + SLOT.bytes + side)
        }
        line({ type: 'flow', ...decodeFlow(reader.seek(at)) })
      }
    },
    line,
    isFull: () => isFull,
    drained: async () => {
      flush()
      if (isFull && stream.writableNeedDrain) await once(stream, 'drain')
      isFull = false
    },
    totals: () => totals,
  }
}
