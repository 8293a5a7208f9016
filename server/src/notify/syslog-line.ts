/** A message of syslog (RFC 5424), and how it is framed on a stream (RFC 6587, section 3.4.1; RFC 5425). */
import type { SeverityLabel } from '@netscope/detect/detection.ts'
import type { Notice } from './notice.ts'
import { itemLines, restOf, titleOf } from './notice-text.ts'

/** Numbers of RFC 5424, table 2. */
const SEVERITIES: Readonly<Record<SeverityLabel, number>> = {
  ...{ info: 6, low: 5, medium: 4, high: 3, critical: 2 },
}
/** Private enterprise number for examples (RFC 5612): we have none of our own. */
const DATA_ID = 'netscope@32473'
/** A collector must take 480 and should take 2048 (RFC 5424, section 6.1). */
const LONGEST = 2000

/** RFC 5424, section 6.3.3. */
const escapeValue = (text: string): string => text.replace(/["\\\]]/g, '\\$&')

/** PRINTUSASCII without spaces. */
const nameOf = (text: string, most: number): string =>
  text.replace(/[^\x21-\x7e]/g, '').slice(0, most) || '-'

const cut = (line: string): string => {
  const bytes = Buffer.from(line)
  return bytes.length <= LONGEST ? line : String(bytes.subarray(0, LONGEST)).replace(/\uFFFD+$/, '')
}

export interface SyslogFrom {
  /** 0–23. */
  facility: number
  hostname: string
}

const headOf = (
  { facility, hostname }: SyslogFrom,
  of: { label: SeverityLabel; time: string; kind: string },
): string =>
  `<${facility * 8 + SEVERITIES[of.label]}>1 ${of.time} ${nameOf(hostname, 255)} netscope - ${of.kind}`

/** A message whose text is for programs: without structured data, never cut; `kind` is its MSGID. */
export const plainSyslogLine = (
  from: SyslogFrom,
  of: { label: SeverityLabel; time: string; kind: string; text: string },
): string => `${headOf(from, of)} - ${of.text}`

const lineOf = (
  from: SyslogFrom,
  of: { label: SeverityLabel; time: string; data: Record<string, string>; text: string },
): string => {
  const values = Object.entries(of.data)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${escapeValue(value)}"`)
  const head = headOf(from, { ...of, kind: 'alert' })
  // The mark says that it is UTF-8.
  return cut(`${head} [${[DATA_ID, ...values].join(' ')}] \uFEFF${of.text}`)
}

/** One for each alert that is told in full, and one for the rest. */
export const syslogLines = (
  from: SyslogFrom,
  { id, notice }: { id: string; notice: Notice },
  nowMs: number,
): string[] => {
  const now = new Date(nowMs).toISOString()
  const lines = notice.items.map((item) => {
    const { detector, technique, src, dst, agent, label } = item
    const data = { id, alert: item.id, detector, technique, src, dst, agent }
    const text = [item.title, ...itemLines(item)].join(' | ')
    return lineOf(from, { label, time: item.lastSeen, data, text })
  })
  const rest = notice.kind === 'alerts' ? restOf(notice) : `${titleOf(notice)} ${notice.text}`
  if (rest) lines.push(lineOf(from, { label: notice.label, time: now, data: { id }, text: rest }))
  return lines
}

/** MSG-LEN SP SYSLOG-MSG, the length in bytes. */
export const framed = (line: string): string => `${Buffer.byteLength(line)} ${line}`
