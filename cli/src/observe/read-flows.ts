/** The newest flows that a filter lets through, read page by page. */
import { flowPages } from '../client/flows.ts'
import type { FlowRow } from './field.ts'
import type { Filter } from './filter.ts'

const NEWEST_FIRST = '-lastSeen'

export interface Wanted {
  filter: Filter
  /** live, ended or all */
  state: string
  /** ISO 8601, UTC: only flows with a packet since then. */
  since?: string
  /** Told of each matching flow once, the one seen last first; false: that is enough. */
  take(flow: FlowRow): boolean
}

/**
 * Reads until `take` has enough. A flow that gets a packet meanwhile moves to the front, where it was not yet: after
 * more than one page the front is read again. Returns the time of the newest packet that was seen.
 */
export const readFlows = async (base: URL, wanted: Wanted): Promise<string> => {
  const { filter, state, since = '', take } = wanted
  const query = { ...filter.query, state, sort: NEWEST_FIRST }
  const seen = new Set<string>()

  /** True when `take` has enough. */
  const readUntil = async (oldest: string, onPage: (first: string) => void): Promise<boolean> => {
    for await (const { flows } of flowPages(base, query)) {
      onPage(flows[0]?.lastSeen ?? '')
      for (const flow of flows) {
        if (flow.lastSeen < oldest) return false
        if (seen.has(flow.id)) continue
        seen.add(flow.id)
        if (!take(flow)) return true
      }
    }
    return false
  }

  let [newest, pages] = ['', 0]
  const isEnough = await readUntil(since, (first) => {
    if (pages++ === 0) newest = first
  })
  if (!isEnough && pages > 1) await readUntil(newest > since ? newest : since, () => undefined)
  return newest
}
