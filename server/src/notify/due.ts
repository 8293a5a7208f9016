/** When what a channel has gathered is sent. */
import type { Notice } from './notice.ts'
import { nextDayMs, quietUntilMs } from './quiet-hours.ts'
import type { ChannelRules } from './rules.ts'

/** Critical alerts wait so long for others. */
const CRITICAL_WAIT_MS = 5000

/** `ms`, or when quiet hours and the budget of the day allow it; critical ones wait for neither. */
export const heldUntilMs = (
  rules: ChannelRules,
  notice: Notice,
  ms: number,
  at: { nowMs: number; sentToday: number },
): number => {
  if (notice.label === 'critical') return ms
  const { dailyBudget, quietHours, timeZone } = rules
  const affordable = at.sentToday < dailyBudget ? ms : Math.max(ms, nextDayMs(at.nowMs, timeZone))
  const quietEnd = quietHours && quietUntilMs(affordable, quietHours, timeZone)
  return quietEnd ?? affordable
}

/** Whether what failed before waits for the end of quiet hours: sent again now it would wake somebody. */
export const isQuietFor = (rules: ChannelRules, notice: Notice, nowMs: number): boolean => {
  const { quietHours, timeZone } = rules
  if (notice.kind !== 'alerts' || notice.label === 'critical' || !quietHours) return false
  return quietUntilMs(nowMs, quietHours, timeZone) !== undefined
}

/** `openedMs`: when the first alert came. */
export const dueMs = (
  rules: ChannelRules,
  notice: Notice,
  at: { openedMs: number; nowMs: number; sentToday: number },
): number => {
  const waitMs = rules.groupSeconds * 1000
  const grouped = at.openedMs + waitMs
  const soon = at.nowMs + Math.min(CRITICAL_WAIT_MS, waitMs)
  const ms = notice.label === 'critical' ? Math.min(grouped, soon) : grouped
  return heldUntilMs(rules, notice, ms, at)
}
