/** What one client asked about one registered domain, or about all the others, in a period. */
import {
  MAX_DNS_NAMES,
  MAX_DNS_SAMPLES,
  MAX_DNS_TYPES,
  type DnsObservation,
} from '@netscope/core/observation/dns.ts'
import type { ObservationShared } from '@netscope/core/observation/shared-fields.ts'

export interface DnsSummary {
  query(query: {
    name: string
    below: string
    type: number
    bytes: number
    timeMs: number
    isNew?: boolean
  }): void
  answer(answer: { isNxdomain: boolean; bytes: number; timeMs: number }): void
  /** Takes in another one, which may be of other clients and domains. */
  add(other: DnsObservation): void
  /** How much there is to say: who has most is told of by name. */
  weight(): number
  observation(): DnsObservation
}

/** Above it `names` stays: 4 kB are enough to see that there are very many. */
const MAX_DISTINCT = 1024
/** Text whose characters are counted; more would tell nothing new. */
const MAX_CHARS = 2048
/** `\.`, `\\` and `\DDD` are one character each (RFC 1035 5.1). */
const ESCAPE = /\\(?:\d{3}|.)/g

const NEW = {
  kind: 'dns',
  queries: 0,
  answers: 0,
  nxdomains: 0,
  names: 0,
  nameChars: 0,
  longestNameChars: 0,
  nameMillibits: 0,
  queryBytes: 0,
  answerBytes: 0,
} as const

export const createDnsSummary = (
  shared: ObservationShared,
  parties: Pick<DnsObservation, 'client' | 'server' | 'domain'>,
): DnsSummary => {
  const sum: DnsObservation = {
    ...shared,
    ...NEW,
    sinceMs: shared.timeMs,
    ...parties,
    nameDigests: [],
    types: [],
    samples: [],
  }
  const digests = new Set<number>()
  let text = ''

  const countType = (type: number, queries: number): void => {
    const known = sum.types.find((one) => one.type === type)
    if (known) known.queries += queries
    else if (sum.types.length < MAX_DNS_TYPES) sum.types.push({ type, queries })
  }

  const meetName = (name: string, below: string): void => {
    const digest = digestOf(name)
    if (digests.has(digest) || digests.size >= MAX_DISTINCT) return
    digests.add(digest)
    const chars = below.replace(ESCAPE, '.').length
    sum.nameChars += chars
    sum.longestNameChars = Math.max(sum.longestNameChars, chars)
    if (text.length < MAX_CHARS) text += below
    if (sum.samples.length < MAX_DNS_SAMPLES) sum.samples.push(name)
  }

  return {
    query({ name, below, type, bytes, timeMs, isNew = true }) {
      sum.timeMs = Math.max(sum.timeMs, timeMs)
      meetName(name, below)
      if (!isNew) return
      sum.queries++
      sum.queryBytes += bytes
      countType(type, 1)
    },
    answer({ isNxdomain, bytes, timeMs }) {
      sum.timeMs = Math.max(sum.timeMs, timeMs)
      sum.answers++
      sum.answerBytes += bytes
      if (isNxdomain) sum.nxdomains++
    },
    add(other) {
      sum.timeMs = Math.max(sum.timeMs, other.timeMs)
      sum.sinceMs = Math.min(sum.sinceMs, other.sinceMs)
      for (const field of ADDED) sum[field] += other[field]
      sum.longestNameChars = Math.max(sum.longestNameChars, other.longestNameChars)
      for (const { type, queries } of other.types) countType(type, queries)
      for (const digest of other.nameDigests) if (digests.size < MAX_DISTINCT) digests.add(digest)
    },
    weight: () => digests.size + 4 * sum.nxdomains + sum.nameChars / 64,
    observation: () => ({
      ...sum,
      names: digests.size,
      nameDigests: [...digests].slice(0, MAX_DNS_NAMES),
      nameMillibits: Math.round(1000 * bitsPerCharacter(text)),
    }),
  }
}

const ADDED = ['queries', 'answers', 'nxdomains', 'nameChars', 'queryBytes', 'answerBytes'] as const

/** FNV-1a. */
const digestOf = (name: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

const bitsPerCharacter = (escaped: string): number => {
  const counts = new Map<string, number>()
  let total = 0
  for (const [character] of escaped.matchAll(/\\(?:\d{3}|.)|[^\\]/g)) {
    counts.set(character, (counts.get(character) ?? 0) + 1)
    total++
  }
  let bits = 0
  for (const count of counts.values()) bits -= (count / total) * Math.log2(count / total)
  return bits
}
