/** What one client asked about one domain within a stretch of time. */
import type { DnsObservation } from '@netscope/core/observation/dns.ts'
import { createDistinctCount } from '../distinct-count.ts'

export interface NameTally {
  add(said: DnsObservation): void
  readonly sums: Readonly<NameSums>
}

export interface NameSums {
  sinceMs: number
  names: number
  /** Sum over observations: a name that was asked for in two of them counts twice. */
  tellings: number
  queries: number
  answers: number
  nameChars: number
  queryBytes: number
  answerBytes: number
  /** Of types that hosts ask for when they connect. */
  usualQueries: number
  /** Thousandths of a bit per character, mean weighted by characters. */
  millibits: number
}

/** A, NS, SOA, PTR, AAAA, SRV, DS, DNSKEY, SVCB, HTTPS: IANA numbers. */
const USUAL: ReadonlySet<number> = new Set([1, 2, 6, 12, 28, 33, 43, 48, 64, 65])

/** Begins anew when `windowMs` have passed since the first. */
export const createNameTally = (windowMs: number): NameTally => {
  const distinct = createDistinctCount()
  const empty = (sinceMs: number): NameSums => ({
    sinceMs,
    names: 0,
    tellings: 0,
    queries: 0,
    answers: 0,
    nameChars: 0,
    queryBytes: 0,
    answerBytes: 0,
    usualQueries: 0,
    millibits: 0,
  })
  let sums = empty(Number.NaN)
  /** Distinct names beyond those whose digests were told. */
  let beyond = 0

  return {
    add(said) {
      if (!(said.timeMs - sums.sinceMs <= windowMs)) {
        sums = empty(said.sinceMs)
        distinct.clear()
        beyond = 0
      }
      for (const digest of said.nameDigests) distinct.add(digest)
      beyond += Math.max(0, said.names - said.nameDigests.length)
      sums.names = distinct.value() + beyond
      sums.tellings += said.names
      const chars = sums.nameChars + said.nameChars
      if (chars > 0)
        sums.millibits += ((said.nameMillibits - sums.millibits) * said.nameChars) / chars
      sums.nameChars = chars
      sums.queries += said.queries
      sums.answers += said.answers
      sums.queryBytes += said.queryBytes
      sums.answerBytes += said.answerBytes
      for (const { type, queries } of said.types) if (USUAL.has(type)) sums.usualQueries += queries
    },
    get sums() {
      return sums
    },
  }
}
