/** The parser of each format. */
import type { FeedFormat } from '../feed.ts'
import type { FeedParser } from './feed-sink.ts'
import { feodo, misp, onionoo, spamhaus, stix } from './json-formats.ts'
import { csv, dshield, hosts, plain, torExitAddresses } from './text-formats.ts'

export const PARSERS: Readonly<Record<FeedFormat, FeedParser>> = {
  plain,
  csv,
  hosts,
  dshield,
  spamhaus,
  feodo,
  'tor-exit-addresses': torExitAddresses,
  onionoo,
  stix,
  misp,
}
