/**
 * Puts alerts into what each channel is told next. A burst of any size makes one notice that is no larger than others: the
 * most severe alerts in full, the rest as numbers.
 */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { AlertRow } from '../alerts/alert-row.ts'
import type { Channel } from './channel.ts'
import { dueMs } from './due.ts'
import { addTo, emptyNotice } from './notice.ts'
import type { OutboxEntry, OutboxStore } from './outbox-store.ts'
import { wantedBy } from './rules.ts'

export interface GathererDeps {
  outbox: OutboxStore
  channels(): readonly Channel[]
  sentToday(channel: Channel): number
  /** Of the page, for links; empty: none. */
  url: string
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn'>
}

export interface Gatherer {
  readonly counts: {
    /** Alerts of which channels were not told, because the database failed for long. */
    lost: number
  }
  /** An alert as it is now; kept at the end of this turn of the event loop, with all others of it. */
  take(row: AlertRow): void
  /** Now; what fails is tried again the next time. */
  flush(): void
}

const LABEL_STEP = 20
/** Alerts of a turn; there are no more new ones in one (alerts.ts). */
const MAX_PENDING = 20_000
/** What ended so long ago and was never told is not told any more: it was held back, and is not any longer. */
const STALE_MS = 3_600_000

/** Told of once, and again when it is more severe by a label. */
const isNews = (severity: number, told: number): boolean =>
  told < 0 || Math.floor(severity / LABEL_STEP) > Math.floor(told / LABEL_STEP)

const isOpen = ({ state, workflow }: AlertRow): boolean =>
  workflow.state === 'open' && (state === 'active' || state === 'ended')

export const createGatherer = (deps: GathererDeps): Gatherer => {
  const { outbox, now, log } = deps
  const counts = { lost: 0 }
  const pending = new Map<string, AlertRow>()
  let isPlanned = false
  let isFailing = false

  const entryOf = (channel: string): OutboxEntry =>
    outbox.gathering(channel) ?? {
      ...{ id: randomUUID(), channel, state: 'gathering', notice: emptyNotice() },
      ...{ createdAtMs: now(), dueMs: Infinity, attempts: 0, error: '', doneAtMs: 0 },
    }

  const gather = (channel: Channel, rows: readonly AlertRow[]): void => {
    const wanted = rows.filter(wantedBy(channel.rules, now))
    if (wanted.length === 0) return
    const entry = entryOf(channel.name)
    for (const row of wanted) addTo(entry.notice, row)
    const [first] = entry.notice.items
    const single = entry.notice.total === 1 && first ? `/${encodeURIComponent(first.id)}` : ''
    if (deps.url) entry.notice.url = `${deps.url.replace(/\/+$/, '')}/alerts${single}`
    const at = { openedMs: entry.createdAtMs, nowMs: now(), sentToday: deps.sentToday(channel) }
    const due = dueMs(channel.rules, entry.notice, at)
    // More that comes does not put it off.
    outbox.put({ ...entry, dueMs: Math.min(due, entry.dueMs) })
  }

  const write = (): void => {
    const news = [...pending.values()].filter((row) => {
      const told = outbox.toldOf(row.id)
      return told !== undefined && isNews(row.severity, told)
    })
    const isFresh = (row: AlertRow) =>
      row.state === 'active' ||
      now() - Date.parse(row.lastSeen) <= STALE_MS ||
      restarted.has(row.id)
    const told = news.filter(isFresh)
    for (const channel of deps.channels()) gather(channel, told)
    for (const { id, severity } of news) outbox.setTold(id, severity)
  }

  /** Those that were kept before the server ended, and were not told of. */
  const restarted = new Set(outbox.untold())

  const flush = (): void => {
    isPlanned = false
    if (pending.size === 0) return
    try {
      outbox.transaction(write)
    } catch (err) {
      if (!isFailing) log.warn({ err }, 'notifications cannot be kept')
      isFailing = true
      return
    }
    isFailing = false
    for (const id of pending.keys()) restarted.delete(id)
    pending.clear()
  }

  return {
    counts,
    take(row) {
      if (!isOpen(row)) return
      if (!pending.has(row.id) && pending.size >= MAX_PENDING) {
        counts.lost++
        return
      }
      pending.set(row.id, row)
      if (isPlanned) return
      isPlanned = true
      queueMicrotask(flush)
    },
    flush,
  }
}
