/** Follows the flow table of a server: every second what has begun, changed or ended. */
import { flowPages, flowStreamUrl, PAGE, readPage } from '../client/flows.ts'
import { eventStream, type StreamNotices } from '../client/event-stream.ts'
import type { FlowRow } from './field.ts'
import type { Filter } from './filter.ts'
import { createFollower, type Happening } from './follow.ts'

/** How often ended flows are looked through for those that ended in silence, where the table has more than a page. */
const SWEEP_MS = 15_000

/** Flows behind the first page that have had packets since `oldest`. */
const furtherFlows = async (
  base: URL,
  query: Readonly<Record<string, string>>,
  oldest: string,
): Promise<FlowRow[]> => {
  const found: FlowRow[] = []
  for await (const { flows } of flowPages(base, query, PAGE / 2)) {
    found.push(...flows.filter(({ lastSeen }) => lastSeen >= oldest))
    if ((flows.at(-1)?.lastSeen ?? '') < oldest) break
  }
  return found
}

const byId = (flows: readonly FlowRow[]): FlowRow[] => [
  ...new Map(flows.map((flow) => [flow.id, flow])).values(),
]

/** What happens to the flows that `filter` lets through, until `signal` aborts; reconnects by itself. */
export async function* followFlows(
  base: URL,
  filter: Filter,
  signal: AbortSignal,
  notices: StreamNotices,
): AsyncGenerator<Happening[]> {
  const follower = createFollower(filter.test)
  const query = { ...filter.settled, state: 'all', sort: '-lastSeen' }
  const url = flowStreamUrl(base, { ...query, limit: PAGE })
  let [newest, sweptAt] = ['', performance.now()]
  for await (const data of eventStream(url, signal, notices)) {
    const { total, flows } = readPage(data, url)
    const isMore = total > flows.length && newest !== ''
    const further =
      isMore && (flows.at(-1)?.lastSeen ?? '') > newest
        ? await furtherFlows(base, query, newest)
        : []
    const isSweep = isMore && performance.now() - sweptAt > SWEEP_MS
    if (isSweep) sweptAt = performance.now()
    const ended = isSweep ? await furtherFlows(base, { ...query, state: 'ended' }, '') : []
    newest = flows[0]?.lastSeen ?? newest
    yield follower.look(byId([...ended, ...flows, ...further]))
  }
}
