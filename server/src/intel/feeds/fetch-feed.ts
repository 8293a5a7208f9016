/** Fetches a feed if it has changed since (RFC 9110 section 13). */
import { readSecretText } from '../../declared/secret-text.ts'
import type { Outgoing } from '../../outgoing/outgoing.ts'
import { plainText } from '../json-fields.ts'
import type { FeedSettings, FeedState } from './feed.ts'

export type Fetched =
  | { kind: 'unchanged' }
  | { kind: 'new'; text: string; etag: string; lastModified: string }

const TIMEOUT_MS = 60_000

/** Throws what is wrong, in words for people; nothing of it holds the key. */
export const fetchFeed = async (
  { url, authKey }: Pick<FeedSettings, 'url' | 'authKey'>,
  known: Pick<FeedState, 'etag' | 'lastModified'>,
  { outgoing, maxBytes }: { outgoing: Pick<Outgoing, 'request'>; maxBytes: number },
): Promise<Fetched> => {
  const headers: Record<string, string> = {
    accept: '*/*',
    'user-agent': 'netscope',
    ...(known.etag !== '' && { 'if-none-match': known.etag }),
    ...(known.lastModified !== '' && { 'if-modified-since': known.lastModified }),
    ...(authKey !== '' && { 'auth-key': readSecretText(authKey) }),
  }
  const answer = await outgoing.request({ url, headers, timeoutMs: TIMEOUT_MS, maxBytes })
  if (answer.status === 304) return { kind: 'unchanged' }
  const text = answer.body.toString('utf8')
  if (answer.status !== 200) {
    const words = plainText(
      text.trimStart().startsWith('<') ? 'a page of HTML' : text.slice(0, 120),
    )
    throw new Error(`it answered ${answer.status}${words === '' ? '' : `: ${words}`}`)
  }
  const { etag = '', 'last-modified': lastModified = '' } = answer.headers
  return { kind: 'new', text, etag: etag.slice(0, 300), lastModified: lastModified.slice(0, 100) }
}
