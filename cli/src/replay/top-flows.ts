/** Keeps the largest flows of many without keeping them all. */
import type { ReplayFlow } from '@netscope/core/replay.ts'

export const bytesOf = (flow: ReplayFlow): number => flow.srcBytes + flow.dstBytes

export interface TopFlows {
  add(flow: ReplayFlow): void
  /** Largest first; of equal ones the earlier first. */
  list(): ReplayFlow[]
}

/** The `limit` flows with the most bytes. */
export const createTopFlows = (limit: number): TopFlows => {
  let kept: ReplayFlow[] = []
  let least = -1
  const cut = (): void => {
    kept = kept.toSorted((a, b) => bytesOf(b) - bytesOf(a)).slice(0, limit)
    const last = kept.at(-1)
    if (kept.length === limit && last) least = bytesOf(last)
  }
  return {
    add: (flow) => {
      if (bytesOf(flow) <= least) return
      kept.push(flow)
      if (kept.length >= 2 * limit) cut()
    },
    list: () => {
      cut()
      return kept
    },
  }
}
