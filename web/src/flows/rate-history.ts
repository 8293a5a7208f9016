/** Bytes per second of each flow over the last minute, as far as this page has seen them. */
import type { Flow } from '@netscope/core/flow.ts'

export const HISTORY_SECONDS = 60

interface History {
  rates: number[]
  seenAtMs: number
}

export const createRateHistory = () => {
  const flows = new Map<string, History>()
  return {
    /** Adds one second of every flow in `batch` and forgets flows that were away for a minute. */
    add(batch: readonly Flow[], nowMs: number) {
      for (const flow of batch) {
        const history = flows.get(flow.id) ?? { rates: [], seenAtMs: nowMs }
        history.rates.push(flow.end ? 0 : flow.srcBytesPerSecond + flow.dstBytesPerSecond)
        if (history.rates.length > HISTORY_SECONDS) history.rates.shift()
        history.seenAtMs = nowMs
        flows.set(flow.id, history)
      }
      for (const [id, { seenAtMs }] of flows)
        if (nowMs - seenAtMs > HISTORY_SECONDS * 1000) flows.delete(id)
    },
    of: (id: string): readonly number[] => flows.get(id)?.rates ?? [],
    size: () => flows.size,
  }
}

export type RateHistory = ReturnType<typeof createRateHistory>
