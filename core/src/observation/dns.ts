/** What was asked of DNS. */
import type { ObservationShared } from './shared-fields.ts'

/** Distinct names below one domain whose digests one observation holds at most. */
export const MAX_DNS_NAMES = 64
/** Query types that one observation tells apart at most. */
export const MAX_DNS_TYPES = 8
export const MAX_DNS_SAMPLES = 3

/**
 * The questions of one client about one registered domain within a few seconds, and what became of them (RFC 1035).
 * A resolver may see thousands of messages a second: they are summed up where they are seen. `srcMac` to `direction` are
 * those of the first query. Loopback is left out: what leaves the host is seen at its interfaces.
 */
export interface DnsObservation extends ObservationShared {
  kind: 'dns'
  /** Time of the first message; `timeMs` is that of the last. */
  sinceMs: number
  /** Who asked; '' where there were too many clients to tell apart. */
  client: string
  /** Who was asked first; '' where client is. */
  server: string
  /** Registered domain (core/src/registered-domain.ts); '' sums up what had no room of its own. */
  domain: string
  queries: number
  answers: number
  /** Answers that the name does not exist. */
  nxdomains: number
  /** Distinct names that were asked for, at least. */
  names: number
  /** Digests of them, the first MAX_DNS_NAMES. */
  nameDigests: number[]
  /** Characters that the distinct names have before the registered domain, together; an escape (RFC 1035 5.1) is one. */
  nameChars: number
  longestNameChars: number
  /** Shannon entropy of these characters, thousandths of a bit per character. */
  nameMillibits: number
  /** Of the messages, without IP and UDP headers. */
  queryBytes: number
  answerBytes: number
  /** How often each type was asked for (IANA numbers), the first MAX_DNS_TYPES of them. */
  types: { type: number; queries: number }[]
  /** Some of the names, as they were asked for. */
  samples: string[]
}
