/** Fetches a feed if it has changed since (RFC 9110 section 13). */
import { createHider } from '../../declared/hide-secrets.ts'
import { readSecretText } from '../../declared/secret-text.ts'
import type { Outgoing } from '../../outgoing/outgoing.ts'
import { explained } from '../../outgoing/explained.ts'
import { retryAfterMs } from '../../outgoing/retry-after.ts'
import { isGzip, unpack } from '../../outgoing/unpack.ts'
import { plainText } from '../json-fields.ts'
import type { FeedSettings, FeedState } from './feed.ts'

export type Fetched =
  | { kind: 'unchanged' }
  | { kind: 'new'; text: string; etag: string; lastModified: string }

const TIMEOUT_MS = 60_000

/** Whoever publishes it wants to be left alone for so long. */
export class FeedPause extends Error {
  readonly ms: number
  constructor(message: string, ms: number) {
    super(message)
    this.ms = ms
  }
}

/** Without the mark of byte order, which is no JSON. Throws for what is packed wrongly or too large. */
const textOf = async (body: Buffer, maxBytes: number): Promise<string> => {
  if (body.subarray(0, 4).equals(ZIP))
    throw new Error('it is an archive of ZIP: use the URL of a list, plain or packed by gzip')
  const unpacked = isGzip(body) ? await unpack(body, 'gzip', maxBytes) : body
  return new TextDecoder().decode(unpacked)
}
const ZIP = Buffer.from('PK\x03\x04')

/** Throws what is wrong, in words for people; nothing of it holds the key or what is secret in the URL. */
export const fetchFeed = async (
  { url, authKey }: Pick<FeedSettings, 'url' | 'authKey'>,
  known: Pick<FeedState, 'etag' | 'lastModified'>,
  {
    outgoing,
    maxBytes,
    nowMs,
  }: { outgoing: Pick<Outgoing, 'request'>; maxBytes: number; nowMs: number },
): Promise<Fetched> => {
  const key = authKey === '' ? '' : readSecretText(authKey)
  // Whoever publishes it may say in the answer what it was sent.
  const hide = createHider([url, key])
  const headers: Record<string, string> = {
    accept: '*/*',
    'user-agent': 'netscope',
    ...(known.etag !== '' && { 'if-none-match': known.etag }),
    ...(known.lastModified !== '' && { 'if-modified-since': known.lastModified }),
    ...(key !== '' && { 'auth-key': key }),
  }
  const request = { url, headers, timeoutMs: TIMEOUT_MS, maxBytes, mayLeave: true }
  const answer = await outgoing.request(request).catch((cause: Error) => {
    throw new Error(hide(explained(cause)), { cause })
  })
  if (answer.status === 304) return { kind: 'unchanged' }
  if (answer.status !== 200) {
    const text = hide(answer.body.toString('utf8', 0, 4096))
    const words = plainText(
      text.trimStart().startsWith('<') ? 'a page of HTML' : text.slice(0, 120),
    )
    const message = `it answered ${answer.status}${words === '' ? '' : `: ${words}`}`
    const waitMs = retryAfterMs(answer.headers['retry-after'], nowMs)
    throw waitMs === undefined ? new Error(message) : new FeedPause(message, waitMs)
  }
  const text = await textOf(answer.body, maxBytes)
  // Nobody publishes nothing at all: a list without entries has a head, or is an empty array.
  if (text.trim() === '') throw new Error('it is empty')
  const { etag = '', 'last-modified': lastModified = '' } = answer.headers
  return { kind: 'new', text, etag: etag.slice(0, 300), lastModified: lastModified.slice(0, 100) }
}
