/** Feeds that are well known: their name is enough to add one. */
import type { FeedSettings } from './feed.ts'

const HOUR = 3600
const DAY = 86_400

type Preset = Omit<FeedSettings, 'block' | 'authKey'>

const preset = (
  name: string,
  url: string,
  format: Preset['format'],
  kind: Preset['kind'],
  weight: number,
  everySeconds: number,
): Preset => ({ name, url, format, kind, weight, everySeconds })

const SPAMHAUS = 'https://www.spamhaus.org/drop'
const FIREHOL = 'https://iplists.firehol.org/files'

/** Weights by quality: a server of malware that is online is nearly certain, an exit of Tor says little. */
export const PRESETS: readonly Preset[] = [
  preset('spamhaus-drop-v4', `${SPAMHAUS}/drop_v4.json`, 'spamhaus', 'malicious', 90, DAY),
  preset('spamhaus-drop-v6', `${SPAMHAUS}/drop_v6.json`, 'spamhaus', 'malicious', 90, DAY),
  preset('spamhaus-asndrop', `${SPAMHAUS}/asndrop.json`, 'spamhaus', 'malicious', 70, DAY),
  preset('firehol-level1', `${FIREHOL}/firehol_level1.netset`, 'plain', 'malicious', 70, DAY),
  preset('firehol-level2', `${FIREHOL}/firehol_level2.netset`, 'plain', 'attacker', 50, DAY),
  preset(
    'feodo',
    'https://feodotracker.abuse.ch/downloads/ipblocklist.json',
    ...(['feodo', 'c2', 95, HOUR] as const),
  ),
  preset(
    'tor-exits',
    'https://check.torproject.org/torbulkexitlist',
    ...(['plain', 'tor', 30, HOUR] as const),
  ),
  preset('dshield', 'https://feeds.dshield.org/block.txt', 'dshield', 'attacker', 60, DAY),
]
