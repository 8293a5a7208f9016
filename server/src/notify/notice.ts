/** What a channel is told: alerts that came together, in a shape that no number of them makes larger. */
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'
import type { SeverityLabel } from '@netscope/detect/detection.ts'
import type { AlertRow } from '../alerts/alert-row.ts'

export interface NoticeItem {
  id: string
  incident: string
  title: string
  label: SeverityLabel
  severity: number
  detector: string
  technique: string
  src: string
  dst: string
  agent: string
  firstSeen: string
  lastSeen: string
  count: number
  reason: string
}

export interface Notice {
  /** `message`: a text, such as a question whether to block. */
  kind: 'alerts' | 'message' | 'test'
  /** Of a message or a test. */
  title: string
  text: string
  /** Of the page, or what the message is about; empty: none. */
  url: string
  /** Action that a person is to decide about, by a link in `url`: it is made when it is sent, so that it is kept nowhere. */
  asks?: string
  /** Of the most severe. */
  label: SeverityLabel
  total: number
  byLabel: Record<SeverityLabel, number>
  byDetector: Record<string, number>
  /** The most severe, at most MAX_ITEMS. */
  items: NoticeItem[]
}

export const MAX_ITEMS = 20
const MAX_DETECTORS = 40
const LONGEST_TITLE = 200
const LONGEST_REASON = 600
const LONGEST_NAME = 100

/** Control and format characters (which turn writing around or hide), and line ends. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu

/** Text from the network as one line. */
export const oneLine = (text: string, most: number): string => {
  const line = text
    .slice(0, 4 * most)
    .replace(UNPRINTABLE, ' ')
    .trim()
  return line.length > most ? `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : line
}

const endOf = (ip: string, port: number, other: string): string => {
  if (!ip) return oneLine(other, LONGEST_NAME)
  const name = other ? ` (${oneLine(other, LONGEST_NAME)})` : ''
  if (port === 0) return `${ip}${name}`
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}${name}`
}

export const itemOf = (row: AlertRow): NoticeItem => ({
  id: row.id,
  incident: row.incident,
  title: oneLine(row.title, LONGEST_TITLE),
  label: row.label,
  severity: row.severity,
  detector: oneLine(row.detector, LONGEST_NAME),
  technique: oneLine(row.technique, LONGEST_NAME),
  src: endOf(row.src, row.srcPort, row.srcName || (row.src ? '' : row.srcMac)),
  dst: endOf(row.dst, row.dstPort, row.dstName || (row.dst ? '' : row.dstMac)),
  agent: oneLine(row.agent, LONGEST_NAME),
  firstSeen: row.firstSeen,
  lastSeen: row.lastSeen,
  count: row.count,
  reason: oneLine(row.evidence.reason, LONGEST_REASON),
})

const noCounts = (): Notice['byLabel'] => ({ info: 0, low: 0, medium: 0, high: 0, critical: 0 })

export const emptyNotice = (): Notice => ({
  ...{ kind: 'alerts', title: '', text: '', url: '', label: 'info', total: 0 },
  ...{ byLabel: noCounts(), byDetector: {}, items: [] },
})

export const messageNotice = (
  of: Pick<Notice, 'kind' | 'title' | 'text' | 'url' | 'asks' | 'label'>,
): Notice => ({
  ...emptyNotice(),
  ...of,
  title: oneLine(of.title, LONGEST_TITLE),
  text: oneLine(of.text, 2 * LONGEST_REASON),
})

export const rankOf = (label: SeverityLabel): number => SEVERITY_LABELS.indexOf(label)

/** Adds an alert; one that is in it already is brought up to date. */
export const addTo = (notice: Notice, row: AlertRow): void => {
  const item = itemOf(row)
  const place = notice.items.findIndex(({ id }) => id === item.id)
  const before = notice.items[place]
  if (before) {
    notice.byLabel[before.label]--
    notice.items.splice(place, 1)
  } else {
    notice.total++
    const isKnown = Object.hasOwn(notice.byDetector, item.detector)
    const name =
      isKnown || Object.keys(notice.byDetector).length < MAX_DETECTORS ? item.detector : 'other'
    notice.byDetector[name] = (notice.byDetector[name] ?? 0) + 1
  }
  notice.byLabel[item.label]++
  if (rankOf(item.label) > rankOf(notice.label)) notice.label = item.label
  const after = notice.items.findIndex(({ severity }) => severity < item.severity)
  notice.items.splice(after < 0 ? notice.items.length : after, 0, item)
  notice.items.splice(MAX_ITEMS)
}
