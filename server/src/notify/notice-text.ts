/** A notice in words, as channels without markup show it, and the others in theirs. */
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'
import type { Notice, NoticeItem } from './notice.ts'

/** So many alerts are told in full. */
const SHOWN = 10

/** One line. */
export const titleOf = (notice: Notice): string => {
  if (notice.kind !== 'alerts') return notice.title
  const [worst] = notice.items
  if (!worst) return 'NetScope'
  if (notice.total === 1) return `${worst.label}: ${worst.title}`
  return `${notice.total} alerts, the most severe ${worst.label}: ${worst.title}`
}

const timeOf = (iso: string): string => iso.slice(0, 19).replace('T', ' ')

/** Two lines of an alert: what it is about, and why. */
export const itemLines = (item: NoticeItem): [what: string, why: string] => {
  const { label, detector, technique, src, dst, agent, count, firstSeen, lastSeen } = item
  const ends = [src || 'many', dst || 'many'].join(' → ')
  const kind = technique ? `${detector} (${technique})` : detector
  const times = `${count} times, ${timeOf(firstSeen)} to ${timeOf(lastSeen).slice(11)} UTC`
  const seen = agent ? `seen by ${agent}` : ''
  return [[label, kind, ends, times, seen].filter(Boolean).join(' · '), item.reason]
}

export const shownItems = (notice: Notice): NoticeItem[] => notice.items.slice(0, SHOWN)

/** What is not told in full; empty: nothing. */
export const restOf = (notice: Notice): string => {
  const more = notice.total - Math.min(notice.items.length, SHOWN)
  if (more <= 0) return ''
  const labels = SEVERITY_LABELS.toReversed()
    .filter((label) => notice.byLabel[label] > 0)
    .map((label) => `${notice.byLabel[label]} ${label}`)
  const detectors = Object.entries(notice.byDetector)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([name, count]) => `${name} ${count}`)
  return `${more} more. In all: ${labels.join(', ')}; ${detectors.join(', ')}`
}

/** All of it but the title, without markup. */
export const plainLines = (notice: Notice): string[] => {
  if (notice.kind !== 'alerts') return [notice.text, notice.url].filter(Boolean)
  const items = shownItems(notice).flatMap((item) => {
    const [what, why] = itemLines(item)
    return [item.title, `  ${what}`, `  ${why}`, '']
  })
  return [...items, restOf(notice), notice.url].filter((line, i) => line !== '' || i < items.length)
}
