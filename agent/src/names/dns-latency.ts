/**
 * How DNS servers answer: pairs queries with their answers by client, port, server and id. A query that is
 * sent again counts once, from its first time on. Per server queries = answers + unanswered + untracked + open.
 */
import { createAgedMap } from './aged-map.ts'

/** Upper bounds of the latency buckets; there is one bucket more, for what is longer. */
export const LATENCY_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const

/** One side's view of a DNS message: who asked whom. */
export interface DnsExchange {
  client: string
  clientPort: number
  server: string
  id: number
}

export interface DnsServerStats {
  /** Address, or 'other' for all that were let go or had no room. */
  server: string
  queries: number
  /** Queries sent once more while they were open. */
  repeated: number
  answers: number
  /** No answer within 10 s. */
  unanswered: number
  /** Let go for newer ones before there was an answer. */
  untracked: number
  /** Answers by name of their rcode (IANA), where there are any. */
  rcodes: Record<string, number>
  latencySumMs: number
  /** Answers per bucket of LATENCY_BOUNDS_MS, not cumulative. */
  latencyCounts: number[]
}

export interface DnsLatency {
  /** False: the same is open, it was sent again or comes by on another interface. */
  query(exchange: DnsExchange, nowMs: number): boolean
  /** Milliseconds since the query; undefined where we saw none that is open: nobody asked for this. */
  answer(exchange: DnsExchange, rcode: number, nowMs: number): number | undefined
  /** Servers with what they did so far; 'other' last where there is one. */
  report(nowMs: number): DnsServerStats[]
  /** Answers without a query. */
  unasked(): number
}

interface DnsLatencyConfig {
  /** Default 256. */
  maxServers?: number
  /** Queries open at a time; default 4096. */
  maxOutstanding?: number
}

const TIMEOUT_MS = 10_000
/** Who was silent this long (and so has no query open) gives way to another; until then newcomers count under 'other'. */
const SERVER_IDLE_MS = 600_000
const OTHER = 'other'

/** https://www.iana.org/assignments/dns-parameters, the four bits of the header. */
const RCODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
] as const

interface Server {
  stats: DnsServerStats
  lastMs: number
}

export const createDnsLatency = (config: DnsLatencyConfig = {}): DnsLatency => {
  const { maxServers = 256, maxOutstanding = 4096 } = config
  const servers = new Map<string, Server>()
  const other: Server = { stats: emptyStats(OTHER), lastMs: 0 }
  let unasked = 0
  const open = createAgedMap<string, { stats: DnsServerStats; sinceMs: number }>(
    { maxEntries: maxOutstanding, lifetimeMs: TIMEOUT_MS },
    ({ stats }, cause) => stats[cause === 'expired' ? 'unanswered' : 'untracked']++,
  )

  /** Gives the server a row, if need be that of one that is silent. */
  const rowFor = (server: string, nowMs: number): Server => {
    const known = servers.get(server)
    if (known !== undefined) return known
    if (servers.size >= maxServers) {
      const [silent] = [...servers.values()].toSorted((a, b) => a.lastMs - b.lastMs)
      if (silent === undefined || nowMs - silent.lastMs < SERVER_IDLE_MS) return other
      addStats(other.stats, silent.stats)
      servers.delete(silent.stats.server)
    }
    const row = { stats: emptyStats(server), lastMs: nowMs }
    servers.set(server, row)
    return row
  }

  return {
    query(exchange, nowMs) {
      open.expire(nowMs)
      const row = rowFor(exchange.server, nowMs)
      row.lastMs = nowMs
      const key = keyOf(exchange)
      if (open.get(key) !== undefined) {
        row.stats.repeated++
        return false
      }
      row.stats.queries++
      open.set(key, { stats: row.stats, sinceMs: nowMs }, nowMs)
      return true
    },
    answer(exchange, rcode, nowMs) {
      open.expire(nowMs)
      const key = keyOf(exchange)
      const asked = open.get(key)
      if (asked === undefined) {
        unasked++
        return undefined
      }
      open.delete(key)
      const latencyMs = Math.max(0, nowMs - asked.sinceMs)
      countAnswer(asked.stats, rcode, latencyMs)
      return latencyMs
    },
    report(nowMs) {
      open.expire(nowMs)
      const rows = [...servers.values()].map(({ stats }) => copyOf(stats))
      return other.stats.queries > 0 ? [...rows, copyOf(other.stats)] : rows
    },
    unasked: () => unasked,
  }
}

const keyOf = ({ client, clientPort, server, id }: DnsExchange): string =>
  `${client} ${clientPort} ${server} ${id}`

const emptyStats = (server: string): DnsServerStats => ({
  server,
  queries: 0,
  repeated: 0,
  answers: 0,
  unanswered: 0,
  untracked: 0,
  rcodes: {},
  latencySumMs: 0,
  latencyCounts: [...LATENCY_BOUNDS_MS.map(() => 0), 0],
})

const copyOf = (stats: DnsServerStats): DnsServerStats => ({
  ...stats,
  rcodes: { ...stats.rcodes },
  latencyCounts: [...stats.latencyCounts],
})

const countAnswer = (stats: DnsServerStats, rcode: number, latencyMs: number): void => {
  const name = RCODES[rcode] ?? `RCODE${rcode}`
  stats.answers++
  stats.rcodes[name] = (stats.rcodes[name] ?? 0) + 1
  stats.latencySumMs += latencyMs
  const bucket = LATENCY_BOUNDS_MS.findIndex((bound) => latencyMs <= bound)
  stats.latencyCounts[bucket < 0 ? LATENCY_BOUNDS_MS.length : bucket]!++
}

const COUNTS = [
  'queries',
  'repeated',
  'answers',
  'unanswered',
  'untracked',
  'latencySumMs',
] as const

const addStats = (to: DnsServerStats, from: DnsServerStats): void => {
  for (const name of COUNTS) to[name] += from[name]
  for (const [name, count] of Object.entries(from.rcodes))
    to.rcodes[name] = (to.rcodes[name] ?? 0) + count
  from.latencyCounts.forEach((count, i) => (to.latencyCounts[i]! += count))
}
