/** Sums up DNS messages by client and registered domain, so that a busy resolver does not fill the uplink. */
import type { DnsObservation } from '@netscope/core/observation/dns.ts'
import type { ObservationShared } from '@netscope/core/observation/shared-fields.ts'
import { splitDomainName } from '@netscope/core/registered-domain.ts'
import { createDnsSummary, type DnsSummary } from './dns-summary.ts'

export interface DnsQuery {
  client: string
  server: string
  name: string
  type: number
  bytes: number
  timeMs: number
  /** Default: yes; of others, which a bridge sees twice, only the name is noted. */
  isNew?: boolean
}

export interface DnsAnswer {
  client: string
  name: string
  rcode: number
  bytes: number
  timeMs: number
}

export interface DnsSummaries {
  /** `shared`: of the frame; asked for the first query of a client about a domain. */
  query(query: DnsQuery, shared: () => ObservationShared): void
  /** Of a query that was taken. */
  answer(answer: DnsAnswer): void
  /** Tells what has come, if its period is over. */
  tick(nowMs: number): void
  /** Tells what has come. */
  flush(): void
}

export interface DnsSummariesConfig {
  periodMs?: number
  /** Pairs of client and domain summed up at a time; some 4 kB each. */
  maxPairs?: number
  /** Domains told of by name in a period; the others are summed up by client. */
  maxDomains?: number
  /** Clients whose other domains are told of in a period. */
  maxClients?: number
}

const NXDOMAIN = 3
const OTHERS = ''

/** Some 250 bytes each: at most 16 kB/s. */
export const createDnsSummaries = (
  { periodMs = 5000, maxPairs = 1024, maxDomains = 224, maxClients = 31 }: DnsSummariesConfig,
  deps: { onSummary(observation: DnsObservation): void },
): DnsSummaries => {
  let pairs = new Map<string, DnsSummary>()
  let sinceMs = 0

  /** That of the pair, else of the client, else of everybody. */
  const find = (client: string, domain: string): DnsSummary | undefined =>
    pairs.get(`${client} ${domain}`) ?? pairs.get(`${client} ${OTHERS}`) ?? pairs.get(OTHERS)

  const make = (query: DnsQuery, domain: string, shared: ObservationShared): DnsSummary => {
    const { client, server } = query
    const known = find(client, domain)
    const isFull = pairs.size >= maxPairs
    if (isFull && known) return known
    // A client that comes when all is taken shares what everybody else has.
    const parties = isFull
      ? { client: OTHERS, server: OTHERS, domain: OTHERS }
      : { client, server, domain }
    const made = createDnsSummary({ ...shared, timeMs: query.timeMs }, parties)
    pairs.set(isFull ? OTHERS : `${client} ${domain}`, made)
    return made
  }

  const flush = (): void => {
    const all = [...pairs.values()].toSorted((a, b) => b.weight() - a.weight())
    pairs = new Map()
    const told = all.slice(0, maxDomains).map((one) => one.observation())
    const rest = all.slice(maxDomains).map((one) => one.observation())
    for (const one of [...told, ...byClient(rest, maxClients)]) deps.onSummary(one)
  }

  const tick = (nowMs: number): void => {
    if (pairs.size === 0) return
    // A clock that was set back begins anew.
    if (nowMs - sinceMs >= periodMs || nowMs < sinceMs - periodMs) flush()
  }

  return {
    query(query, shared) {
      if (isLoopback(query.client)) return
      tick(query.timeMs)
      if (pairs.size === 0) sinceMs = query.timeMs
      const { domain, below } = splitDomainName(query.name)
      const exact = pairs.get(`${query.client} ${domain}`)
      const summary = exact ?? make(query, domain, shared())
      summary.query({ ...query, below })
    },
    answer({ client, name, rcode, bytes, timeMs }) {
      const summary = find(client, splitDomainName(name).domain)
      summary?.answer({ isNxdomain: rcode === NXDOMAIN, bytes, timeMs })
    },
    tick,
    flush,
  }
}

/** One of each client, as many as may be, the rest in one of everybody. */
const byClient = (rest: readonly DnsObservation[], maxClients: number): DnsObservation[] => {
  const sums = new Map<string, DnsSummary>()
  for (const one of rest) {
    const client = sums.has(one.client) || sums.size < maxClients ? one.client : OTHERS
    const server = client === OTHERS ? OTHERS : one.server
    const sum = sums.get(client) ?? createDnsSummary(one, { client, server, domain: OTHERS })
    sums.set(client, sum)
    sum.add(one)
  }
  return [...sums.values()].map((sum) => sum.observation())
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.')
