/**
 * Names of addresses from the DNS answers that clients got: what a client asked for is what it calls the address.
 * Clients and addresses are texts in one form (core/src/address.ts); a look-up is two or three Map look-ups and
 * allocates nothing. At most some 500 bytes an entry.
 */
import { createAgedMap } from './aged-map.ts'
import { DNS_TYPE, type DnsMessage, type DnsRecord } from './dns-message.ts'

interface NamesCacheConfig {
  /** Pairs of client and address; the oldest go first. */
  maxEntries: number
}

export interface NamesCache {
  /** Takes in an answer that `client` got: each address in it gets the name of the question. */
  learn(client: string, message: DnsMessage, nowMs: number): void
  /** The name that this client asked for, else the newest that anybody asked for. */
  find(client: string, address: string, nowMs: number): string | undefined
  /** Entries, of which some may be over their time, and how many were let go before theirs. */
  counts(): { entries: number; evicted: number }
}

interface Entry {
  client: string
  address: string
  name: string
  expiresMs: number
}

/** Connections outlive the TTLs of load balancers, and clients don't ask again before they make the next. */
const MIN_LIFETIME_MS = 300_000
/** Addresses change hands. */
const MAX_LIFETIME_MS = 86_400_000
/** Escapes make names longer than 255; no host has such a name. */
const MAX_NAME_CHARS = 255
const NOERROR = 0

export const createNamesCache = ({ maxEntries }: NamesCacheConfig): NamesCache => {
  const byClient = new Map<string, Map<string, Entry>>()
  const newest = new Map<string, Entry>()
  let evicted = 0
  let lastMs = 0

  const forget = (entry: Entry): void => {
    const own = byClient.get(entry.client)
    own?.delete(entry.address)
    if (own?.size === 0) byClient.delete(entry.client)
    if (newest.get(entry.address) === entry) newest.delete(entry.address)
    if (entry.expiresMs > lastMs) evicted++
  }

  /** By when they were learnt: an entry that is over its time stays until it is among the oldest. */
  const entries = createAgedMap<Entry, Entry>({ maxEntries, lifetimeMs: MAX_LIFETIME_MS }, forget)

  const entryFor = (client: string, address: string): Entry => {
    let own = byClient.get(client)
    if (own === undefined) byClient.set(client, (own = new Map<string, Entry>()))
    let entry = own.get(address)
    if (entry === undefined) own.set(address, (entry = { client, address, name: '', expiresMs: 0 }))
    return entry
  }

  return {
    learn(client, message, nowMs) {
      const name = message.questions[0]?.name
      if (!message.isResponse || message.rcode !== NOERROR || name === undefined) return
      if (message.questions.length !== 1 || name.length > MAX_NAME_CHARS) return
      lastMs = nowMs
      entries.expire(nowMs)
      for (const { data, ttlSeconds } of addressesOf(name, message.answers)) {
        const entry = entryFor(client, data)
        entry.name = name
        entry.expiresMs =
          nowMs + Math.min(Math.max(1000 * ttlSeconds, MIN_LIFETIME_MS), MAX_LIFETIME_MS)
        newest.set(data, entry)
        entries.set(entry, entry, nowMs)
      }
    },
    find(client, address, nowMs) {
      const own = byClient.get(client)?.get(address)
      if (own !== undefined && own.expiresMs > nowMs) return own.name
      const other = newest.get(address)
      return other !== undefined && other.expiresMs > nowMs ? other.name : undefined
    },
    counts: () => ({ entries: entries.size(), evicted }),
  }
}

/** Longer chains are mistakes; resolvers stop at 8 to 16. */
const MAX_CHAIN = 16

interface AddressRecord extends DnsRecord {
  data: string
}

/** The addresses that `name` has by these answers, itself or by way of its aliases. */
const addressesOf = (name: string, answers: readonly DnsRecord[]): AddressRecord[] => {
  const names = new Set([name])
  for (let length = 0; length < MAX_CHAIN; length++) {
    const before = names.size
    for (const { type, name: alias, data } of answers)
      if (type === DNS_TYPE.cname && data !== undefined && names.has(alias)) names.add(data)
    if (names.size === before) break
  }
  return answers.filter(
    (record): record is AddressRecord =>
      (record.type === DNS_TYPE.a || record.type === DNS_TYPE.aaaa) &&
      record.data !== undefined &&
      names.has(record.name),
  )
}
