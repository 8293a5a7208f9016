/** What a feed is: somebody's list of addresses, and what is done with it. */

export const FEED_KINDS = ['c2', 'malicious', 'attacker', 'tor', 'other'] as const
/** `c2`: servers that command malware; `malicious`: networks of criminals; `attacker`: who attacks others; `tor`: exits. */
export type FeedKind = (typeof FEED_KINDS)[number]

export const FEED_FORMATS = [
  'plain',
  'csv',
  'hosts',
  'dshield',
  'spamhaus',
  'feodo',
  'tor-exit-addresses',
  'onionoo',
  'stix',
  'misp',
] as const
export type FeedFormat = (typeof FEED_FORMATS)[number]

/** As people write it. */
export interface FeedSettings {
  name: string
  url: string
  format: FeedFormat
  kind: FeedKind
  /** Percent: how much being on it counts in the risk. */
  weight: number
  /** Time between two fetches. */
  everySeconds: number
  /** Whether its addresses are put on the deny list. */
  block: boolean
  /** Sent as header Auth-Key (abuse.ch); may be file:PATH or env:NAME; empty: none. */
  authKey: string
}

export interface Feed extends FeedSettings {
  origin: 'api' | 'file'
  author: string
  createdAtMs: number
}

/** How the last fetches went; times are milliseconds since 1970, 0: never. */
export interface FeedState {
  etag: string
  lastModified: string
  /** When it was asked for last, and when it last came. */
  checkedMs: number
  fetchedMs: number
  /** Fetches in a row that failed. */
  failures: number
  /** Empty: the last one went well. */
  error: string
  /** It is not asked for sooner by itself: whoever publishes it said so. */
  notBeforeMs: number
}

export const FRESH: FeedState = {
  ...{ etag: '', lastModified: '', checkedMs: 0, fetchedMs: 0, failures: 0, error: '' },
  notBeforeMs: 0,
}

/** That an address, a name or a system is on a feed. */
export interface Listing {
  feed: string
  kind: FeedKind
  /** Percent. */
  weight: number
  /** When the feed came last, milliseconds since 1970. */
  fetchedMs: number
}
