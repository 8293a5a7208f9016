/** The numbers that describe five minutes of a device's traffic. */
import type { Column } from './anomaly-model.ts'

export const WINDOW_MS = 300_000

/** What was counted of a device in a window. */
export interface WindowCounts {
  startMs: number
  sentBytes: number
  receivedBytes: number
  /** Both directions. */
  packets: number
  /** That began. */
  flows: number
  peers: number
  /** Of `peers`, those that the device had nothing to do with before. */
  newPeers: number
  /** Destination ports that the device spoke to. */
  ports: number
  /** TCP connections that the device began, and those of them that were not accepted. */
  attempts: number
  failures: number
  /** Packets to port 53. */
  dnsQueries: number
  /** Answers of DNS, and those of them that the name does not exist. 0 where DNS is not observed, as in flow history. */
  dnsAnswers: number
  nxdomains: number
}

interface WindowColumn extends Column {
  /** More of it than ever is worth a look; a ratio of few is not, and what the clock says is not either. */
  isActivity: boolean
  /** MITRE ATT&CK: what a window is suspected of that has too much of this. */
  technique: string
  of(counts: WindowCounts): number
}

/** Below a factor of 1.3 an amount has not changed. */
const AMOUNT = { isLog: true, leastSpread: 0.26, isActivity: true, isOpen: true }
const RATIO = { unit: '%', leastSpread: 5, isActivity: false, isOpen: true }
const HOUR = { unit: '', leastSpread: 0.3, isActivity: false, technique: '' }

const percent = (part: number, all: number): number => (all > 0 ? (100 * part) / all : 0)

const DAY_MS = 86_400_000
/** Where the hand of a clock of 24 hours stands (UTC) in the middle of the window. */
const angleOf = (startMs: number): number =>
  (2 * Math.PI * ((startMs + WINDOW_MS / 2) % DAY_MS)) / DAY_MS

// oxfmt-ignore
export const WINDOW_COLUMNS: readonly WindowColumn[] = [
  { name: 'sentBytes', label: 'bytes sent', unit: 'B', ...AMOUNT, technique: 'T1048', of: ({ sentBytes }) => sentBytes },
  { name: 'receivedBytes', label: 'bytes received', unit: 'B', ...AMOUNT, technique: 'T1105', of: ({ receivedBytes }) => receivedBytes },
  { name: 'sentPercent', label: 'share of bytes that were sent', ...RATIO, technique: 'T1048', of: ({ sentBytes, receivedBytes }) => percent(sentBytes, sentBytes + receivedBytes) },
  { name: 'packets', label: 'packets', unit: '', ...AMOUNT, technique: 'T1071', of: ({ packets }) => packets },
  { name: 'flows', label: 'flows begun', unit: '', ...AMOUNT, technique: 'T1071', of: ({ flows }) => flows },
  { name: 'peers', label: 'distinct peers', unit: '', ...AMOUNT, technique: 'T1046', of: ({ peers }) => peers },
  { name: 'ports', label: 'distinct destination ports', unit: '', ...AMOUNT, technique: 'T1046', of: ({ ports }) => ports },
  { name: 'newPeerPercent', label: 'peers never seen before', ...RATIO, technique: 'T1071', of: ({ newPeers, peers }) => percent(newPeers, peers) },
  { name: 'failedPercent', label: 'connections not accepted', ...RATIO, technique: 'T1046', of: ({ failures, attempts }) => percent(failures, attempts) },
  { name: 'dnsQueries', label: 'DNS queries', unit: '', ...AMOUNT, technique: 'T1071.004', of: ({ dnsQueries }) => dnsQueries },
  { name: 'nxdomainPercent', label: 'DNS answers that a name does not exist', ...RATIO, technique: 'T1568.002', of: ({ nxdomains, dnsAnswers }) => percent(nxdomains, dnsAnswers) },
  { name: 'packetBytes', label: 'mean packet size', unit: 'B', ...AMOUNT, technique: 'T1048', of: ({ sentBytes, receivedBytes, packets }) => packets > 0 ? (sentBytes + receivedBytes) / packets : 0 },
  { name: 'hourSin', label: 'time of day, sine', ...HOUR, of: ({ startMs }) => Math.sin(angleOf(startMs)) },
  { name: 'hourCos', label: 'time of day, cosine', ...HOUR, of: ({ startMs }) => Math.cos(angleOf(startMs)) },
]

export const rowOf = (counts: WindowCounts): Float64Array =>
  Float64Array.from(WINDOW_COLUMNS, ({ of }) => of(counts))

/** The window that a time lies in, by its number since 1970. */
export const windowOf = (timeMs: number): number => Math.floor(timeMs / WINDOW_MS)
