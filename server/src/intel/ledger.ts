/** What look-ups have spent of each provider's quota, in the state database: a restart does not give it back. */
import type { State } from '../state/open-state.ts'
import type { Quota } from './providers/provider.ts'

export type Period = 'minute' | 'day' | 'month'

export interface Spent {
  period: Period
  used: number
  /** 0: no bound. */
  limit: number
  /** When it begins anew, milliseconds since 1970. */
  resetsMs: number
}

export interface Ledger {
  /** Takes one look-up from all periods; else says which has none left. */
  take(provider: string, quota: Quota): Spent | undefined
  /** Whether there is one left, without taking it. */
  hasRoom(provider: string, quota: Quota): boolean
  spent(provider: string, quota: Quota): Spent[]
  /** The provider wants to be left alone. */
  pause(provider: string, untilMs: number, reason: string): void
  /** undefined: it may be asked. */
  paused(provider: string): { untilMs: number; reason: string } | undefined
}

/** Beyond that a minute is counted by the clock only. */
const MOST_REMEMBERED = 1000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const PERIODS: readonly Period[] = ['minute', 'day', 'month']

/** Begin and end of the period that `nowMs` lies in (UTC). */
const boundsOf = (period: Period, nowMs: number): readonly [sinceMs: number, untilMs: number] => {
  if (period === 'month') {
    const date = new Date(nowMs)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return [Date.UTC(year, month), Date.UTC(year, month + 1)]
  }
  const length = period === 'minute' ? MINUTE_MS : DAY_MS
  const since = Math.floor(nowMs / length) * length
  return [since, since + length]
}

const limitOf = (period: Period, quota: Quota): number =>
  ({ minute: quota.perMinute, day: quota.perDay, month: quota.perMonth })[period]

/** `now`: milliseconds since 1970. */
export const createLedger = ({ db, transaction }: State, now: () => number): Ledger => {
  const read = db.prepare(
    'SELECT used FROM intel_spent WHERE provider = ? AND period = ? AND since_ms = ?',
  )
  const write = db.prepare(
    'INSERT INTO intel_spent VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET ' +
      'used = iif(since_ms = excluded.since_ms, used + 1, 1), since_ms = excluded.since_ms',
  )
  const readPause = db.prepare('SELECT until_ms, reason FROM intel_pauses WHERE provider = ?')
  const writePause = db.prepare(
    'INSERT INTO intel_pauses VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms, reason = excluded.reason',
  )

  /** Of the last minute: two full ones by the clock could otherwise meet within a second. */
  const recent = new Map<string, number[]>()
  const recentOf = (provider: string): number[] => {
    const times = (recent.get(provider) ?? []).filter((ms) => ms > now() - MINUTE_MS && ms <= now())
    recent.set(provider, times)
    return times
  }

  const spentOf = (provider: string, period: Period, limit: number): Spent => {
    const [sinceMs, resetsMs] = boundsOf(period, now())
    const used = Number(read.get(provider, period, sinceMs)?.['used'] ?? 0)
    const times = period === 'minute' ? recentOf(provider) : []
    if (times.length <= used) return { period, used, limit, resetsMs }
    const [oldest = now()] = limit > 0 ? times.slice(-limit) : times
    return { period, used: times.length, limit, resetsMs: oldest + MINUTE_MS }
  }
  const spent = (provider: string, quota: Quota): Spent[] =>
    PERIODS.map((period) => spentOf(provider, period, limitOf(period, quota)))
  /** The longest period counts: it begins anew last. */
  const exhausted = (provider: string, quota: Quota): Spent | undefined =>
    spent(provider, quota).findLast(({ used, limit }) => limit > 0 && used >= limit)

  return {
    spent,
    hasRoom: (provider, quota) => exhausted(provider, quota) === undefined,
    take: (provider, quota) =>
      transaction(() => {
        const none = exhausted(provider, quota)
        if (none) return none
        for (const period of PERIODS) write.run(provider, period, boundsOf(period, now())[0])
        recent.set(provider, [...recentOf(provider), now()].slice(-MOST_REMEMBERED))
        return undefined
      }),
    pause: (provider, untilMs, reason) =>
      void writePause.run(provider, Math.round(untilMs), reason.slice(0, 300)),
    paused: (provider) => {
      const row = readPause.get(provider)
      if (!row || Number(row['until_ms']) <= now()) return undefined
      return { untilMs: Number(row['until_ms']), reason: String(row['reason']) }
    },
  }
}
