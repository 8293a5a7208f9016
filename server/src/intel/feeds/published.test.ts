/** The feeds that there are names for, and others that are well known, as their publishers write them. */
import { expect, test } from 'vitest'
import { protectedRanges } from '../protected-ranges.ts'
import type { FeedFormat } from './feed.ts'
import { PRESETS } from './presets.ts'
import { readFeed } from './read-feed.ts'
import { createSubtractor } from './subtract.ts'

const NOBODY = { networks: [], own: () => [], infrastructure: () => [], pinned: () => [] }
const read = async (format: FeedFormat, text: string) => {
  const subtractor = createSubtractor(protectedRanges(NOBODY))
  const content = await readFeed(text, format, subtractor, { most: 1000, nowMs: 0 })
  if (!content) return undefined
  const systems = [...content.asns].map((asn) => `AS${asn}`)
  return { found: [...content.prefixes, ...systems, ...content.names], wrong: content.wrong }
}
const METADATA =
  '{"type":"metadata","timestamp":1712700000,"size":70000,"records":2,"copyright":"(c) Spamhaus","terms":"https://x"}'

const PUBLISHED: readonly (readonly [of: string, FeedFormat, text: string, found: string[]])[] = [
  [
    'Spamhaus DROP v4',
    'spamhaus',
    `{"cidr":"1.10.16.0/20","sblid":"SBL256894","rir":"apnic"}\n{"cidr":"1.19.0.0/16","sblid":"SBL434604","rir":"apnic"}\n${METADATA}\n`,
    ['1.10.16.0/20', '1.19.0.0/16'],
  ],
  [
    'Spamhaus DROP v6',
    'spamhaus',
    `{"cidr":"2a06:e480::/29","sblid":"SBL301771","rir":"ripencc"}\n${METADATA}`,
    ['2a06:e480::/29'],
  ],
  [
    'Spamhaus ASN-DROP',
    'spamhaus',
    `{"asn":6517,"rir":"arin","domain":"x.example","cc":"US","asname":"X"}\n${METADATA}\n`,
    ['AS6517'],
  ],
  [
    'Spamhaus DROP as text',
    'plain',
    '; Spamhaus DROP List\n; Last-Modified: x\n1.4.0.0/17 ; SBL256893\n',
    ['1.4.0.0/17'],
  ],
  [
    'FireHOL level 1, with its bogons',
    'plain',
    '#\n# firehol_level1\n#\n0.0.0.0/8\n1.10.16.0/20\n10.0.0.0/8\n127.0.0.0/8\n172.16.0.0/12\n192.168.0.0/16\n224.0.0.0/3\n',
    ['1.10.16.0/20'],
  ],
  [
    'Feodo',
    'feodo',
    '[{"ip_address":"1.2.3.4","port":443,"status":"online","hostname":null,"as_number":1,"as_name":"x","country":"US","first_seen":"2026-01-01 00:00:00","last_online":"2026-01-10","malware":"QakBot"},{"ip_address":"5.6.7.8","port":1,"status":"offline"}]',
    ['1.2.3.4'],
  ],
  ['Feodo, none at the moment', 'feodo', '[]', []],
  [
    'Feodo as CSV',
    'csv',
    '# abuse.ch Feodo Tracker\r\n#\r\n"first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"\r\n"2026-01-01 00:00:00","1.2.3.4","443","online","2026-01-10","QakBot"\r\n"2026-01-01 00:00:00","5.6.7.8","443","offline","2026-01-10","QakBot"\r\n# END 2 entries\r\n',
    ['1.2.3.4'],
  ],
  [
    'Feodo as text, none',
    'plain',
    '# abuse.ch Feodo Tracker\r\n# DstIP\r\n# END 0 entries\r\n',
    [],
  ],
  ['Tor, torbulkexitlist', 'plain', '1.2.3.4\n2a00::1\n', ['1.2.3.4', '2a00::1']],
  [
    'Tor, exit-addresses',
    'tor-exit-addresses',
    'ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E\nPublished 2026-01-14 10:00:00\nLastStatus 2026-01-14 11:00:00\nExitAddress 1.2.3.4 2026-01-14 11:05:00\nExitAddress 5.6.7.8 2026-01-14 11:06:00\n',
    ['1.2.3.4', '5.6.7.8'],
  ],
  [
    'DShield',
    'dshield',
    '#\n# DShield.org Recommended Block List\n#\nStart\tEnd\tNetblock\tAttacks\tName\tCountry\temail\n1.2.3.0\t1.2.3.255\t24\t5000\tSOME NET\tUS\tabuse@x\n',
    ['1.2.3.0/24'],
  ],
  ['a file of hosts', 'hosts', '127.0.0.1 localhost\n0.0.0.0 bad.example # x\n', ['bad.example']],
  [
    'AbuseIPDB as CSV',
    'csv',
    'IP,Country,abuseConfidenceScore,lastReportedAt\n1.2.3.4,US,100,2026-01-01T00:00:00+00:00\n',
    ['1.2.3.4'],
  ],
  ['ipsum', 'plain', '# IPsum\n1.2.3.4\t9\n', ['1.2.3.4']],
]

test.each(PUBLISHED)('%s', async (_of, format, text, found) => {
  expect(await read(format, text)).toEqual({ found, wrong: 0 })
})

test('names that are enough lead to what their publishers say, over TLS, no more than hourly', () => {
  expect(PRESETS.map(({ name, url, format }) => [name, url, format])).toEqual([
    ['spamhaus-drop-v4', 'https://www.spamhaus.org/drop/drop_v4.json', 'spamhaus'],
    ['spamhaus-drop-v6', 'https://www.spamhaus.org/drop/drop_v6.json', 'spamhaus'],
    ['spamhaus-asndrop', 'https://www.spamhaus.org/drop/asndrop.json', 'spamhaus'],
    ['firehol-level1', 'https://iplists.firehol.org/files/firehol_level1.netset', 'plain'],
    ['firehol-level2', 'https://iplists.firehol.org/files/firehol_level2.netset', 'plain'],
    ['feodo', 'https://feodotracker.abuse.ch/downloads/ipblocklist.json', 'feodo'],
    ['tor-exits', 'https://check.torproject.org/torbulkexitlist', 'plain'],
    ['dshield', 'https://feeds.dshield.org/block.txt', 'dshield'],
  ])
  for (const { everySeconds } of PRESETS) expect(everySeconds).toBeGreaterThanOrEqual(3600)
})
