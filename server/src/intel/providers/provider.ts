/** What a provider of threat intelligence is. A new one is a file that exports a `Provider`, and a line in providers.ts. */
import { waitMs } from '../../outgoing/retry-after.ts'
import type { Answer, Failure, IntelFact, ProviderResponse } from '../answer.ts'
import { parseObject, plainText } from '../json-fields.ts'
import type { JsonObject } from '../json-fields.ts'

/** Look-ups that may be spent; 0: no bound. Days and months are those of UTC. */
export interface Quota {
  perMinute: number
  perDay: number
  perMonth: number
}

export interface Provider {
  /** Lower case, as in the configuration. */
  name: string
  title: string
  key: 'required' | 'optional' | 'none'
  baseUrl: string
  ipv6: boolean
  quota: Quota
  /** Between two look-ups: who asks faster is refused. */
  gapMs?: number
  /** Percent: how much what it says counts, unless the configuration says otherwise. */
  weight: number
  request(base: string, ip: string, key: string): { url: string; headers: Record<string, string> }
  /** Never throws, whatever came. */
  read(response: ProviderResponse): Answer | Failure
}

/** The object of a JSON answer, or why there is none: proxies answer with pages. */
export const readObject = ({
  status,
  headers,
  body,
  atMs,
}: ProviderResponse): JsonObject | Failure => {
  const value = parseObject(body)
  if (value) return value
  const type = plainText(headers['content-type'] ?? 'no content type').split(';')[0]
  const isPage = /^\s*</.test(body)
  const what = isPage ? 'a page of HTML' : 'something that is no JSON object'
  return failure(
    { status, headers, atMs },
    `it answered ${status} with ${what} (${type}, ${body.length} bytes)`,
  )
}

export const isFailure = (of: JsonObject | Failure): of is Failure => of['kind'] === 'failed'

/** That the account allows none of it: wrong key, to be paid for, forbidden. */
const OF_KEY: ReadonlySet<number> = new Set([401, 402, 403])

/** By status; what is neither the key's nor the quota's may pass. */
export const failure = (
  { status, headers, atMs }: Pick<ProviderResponse, 'status' | 'headers' | 'atMs'>,
  reason: string,
): Failure => {
  const retryAfterMs = waitMs(headers, atMs)
  const shown = plainText(reason)
  if (OF_KEY.has(status)) return { kind: 'failed', cause: 'key', reason: shown }
  if (status !== 429) return { kind: 'failed', cause: 'broken', reason: shown }
  return {
    ...{ kind: 'failed', cause: 'quota', reason: shown },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** Those that say something. */
export const factsOf = (given: Readonly<Record<string, string | readonly string[]>>): IntelFact[] =>
  Object.entries(given).flatMap(([name, value]) => {
    const text = typeof value === 'string' ? value : value.join(', ')
    return text === '' ? [] : [{ name, value: text.slice(0, 300) }]
  })
