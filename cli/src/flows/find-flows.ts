/** Flows of the history and those that live now, as one list. */
import type { ApiClient } from '@netscope/core/api/client.ts'
import { flowPages } from '../client/flows.ts'
import type { FlowRow } from '../observe/field.ts'

export interface Wanted {
  /** docs/reference/query.md; empty: all. */
  filter: string
  /** Milliseconds since 1970: from ≤ last packet < to. */
  fromMs: number
  toMs: number
  state: 'stored' | 'live' | 'all'
  /** The newest so many. */
  most: number
}

/** The most that the API gives at once. */
const PAGE = 1000

const filterOf = (filter: string): { filter?: string } => (filter === '' ? {} : { filter })

const storedFlows = async (api: ApiClient, wanted: Wanted): Promise<FlowRow[]> => {
  const { filter, fromMs, toMs, most } = wanted
  const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
  const found: FlowRow[] = []
  let cursor: string | undefined
  do {
    const limit = Math.min(PAGE, most - found.length)
    const at = cursor === undefined ? {} : { cursor }
    const query = { ...filterOf(filter), ...range, ...at, limit, sort: '-lastSeen' as const }
    const page = await api.call('listStoredFlows', { query })
    found.push(...page.flows)
    cursor = page.nextCursor
  } while (cursor !== undefined && found.length < most)
  return found
}

const liveFlows = async (base: URL, wanted: Wanted): Promise<FlowRow[]> => {
  const { filter, fromMs, toMs, most } = wanted
  const found = new Map<string, FlowRow>()
  for await (const { flows } of flowPages(base, {
    ...filterOf(filter),
    state: 'live',
    sort: '-lastSeen',
  })) {
    for (const flow of flows) {
      const seenMs = Date.parse(flow.lastSeen)
      if (seenMs < fromMs || found.size >= most) return [...found.values()]
      if (seenMs < toMs) found.set(flow.id, flow)
    }
  }
  return [...found.values()]
}

/** The parts that are stored of a flow that lives are in the flow itself; one that has just ended lives no more. */
const together = (stored: readonly FlowRow[], live: readonly FlowRow[]): FlowRow[] => {
  const ended = new Set(stored.filter(({ end }) => end !== '').map(({ id }) => id))
  const living = live.filter(({ id }) => !ended.has(id))
  const ids = new Set(living.map(({ id }) => id))
  return [...living, ...stored.filter(({ id }) => !ids.has(id))]
}

/** The newest, the newest last. */
export const findFlows = async (base: URL, api: ApiClient, wanted: Wanted): Promise<FlowRow[]> => {
  const live = wanted.state === 'stored' ? [] : await liveFlows(base, wanted)
  const stored = wanted.state === 'live' ? [] : await storedFlows(api, wanted)
  return together(stored, live)
    .toSorted((a, b) => (a.lastSeen < b.lastSeen ? 1 : -1))
    .slice(0, wanted.most)
    .toReversed()
}
