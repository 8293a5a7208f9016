/** What a source says of an address. */

/** Something that is told beside the judgement: country, ports, software. */
export interface IntelFact {
  name: string
  value: string
}

export interface Verdict {
  /** 0–1: how sure the source is that the address does harm. */
  probability: number
  /** 0–1: how sure it is that the address belongs to a service that everybody uses. */
  trust: number
  /** When that was seen last, milliseconds since 1970; 0: not told, counts as now. */
  seenMs: number
  /** Why, in sentences. */
  reasons: string[]
  facts: IntelFact[]
}

export type Answer =
  | { kind: 'verdict'; verdict: Verdict }
  /** It knows the address, and nothing of harm: open ports are no verdict, so the risk stays what it is. */
  | { kind: 'context'; reasons: string[]; facts: IntelFact[] }
  /** The provider works and knows nothing of the address: that is no 0. */
  | { kind: 'unknown'; reason: string }

/** Why there is no answer. */
export interface Failure {
  kind: 'failed'
  reason: string
  /** `quota`: come back later; `key`: until somebody changes something; `broken`: it may work again soon. */
  cause: 'quota' | 'key' | 'broken'
  /** How long it wants to be left alone, ms. */
  retryAfterMs?: number
}

/** An answer over HTTP, read as a whole. */
export interface ProviderResponse {
  status: number
  /** Lower case. */
  headers: Readonly<Record<string, string | undefined>>
  body: string
  /** When it came, milliseconds since 1970. */
  atMs: number
}
