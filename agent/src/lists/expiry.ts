/** Removes list entries on time: one timer for the earliest of both lists. */
import type { ListName } from '@netscope/core/wire.ts'
import { createExpiryQueue, type ExpiryQueue } from './expiry-queue.ts'

export interface ExpiryDeps {
  now(): number
  /** When the entry in this row expires, 0 for never or when there is none any more. */
  expiresAtMs(list: ListName, row: number): number
  remove(list: ListName, rows: readonly number[]): void
  /** Entries of the list, to tell when most of what waits has been changed since. */
  size(list: ListName): number
  rows(list: ListName): Int32Array
}

export interface Expiry {
  /** The entry in this row shall go at that time, unless it is changed before. */
  watch(list: ListName, row: number, timeMs: number): void
  start(): void
  stop(): void
}

/** Timers stand still during suspend and know nothing of a clock that was set: look again after this. */
const LONGEST_MS = 60_000
/** Removed at a time, before others get their turn. */
const AT_ONCE = 2048
const SLACK = 4096

export const createExpiry = (deps: ExpiryDeps): Expiry => {
  const queues: Record<ListName, ExpiryQueue> = {
    deny: createExpiryQueue(),
    allow: createExpiryQueue(),
  }
  let timer: NodeJS.Timeout | undefined
  let timerMs = Infinity
  let running = false

  const arm = (): void => {
    const next = Math.min(queues.deny.nextMs(), queues.allow.nextMs())
    if (!running || next === timerMs) return
    clearTimeout(timer)
    timerMs = next
    if (next === Infinity) return
    timer = setTimeout(run, Math.min(LONGEST_MS, Math.max(0, next - deps.now())))
    timer.unref()
  }

  const run = (): void => {
    timerMs = Infinity
    removeDue('deny')
    removeDue('allow')
    arm()
  }

  const removeDue = (list: ListName): void => {
    const queue = queues[list]
    const now = deps.now()
    const due = new Set<number>()
    while (queue.nextMs() <= now && due.size < AT_ONCE) {
      const row = queue.pop()!
      const expiresAtMs = deps.expiresAtMs(list, row)
      if (expiresAtMs > 0 && expiresAtMs <= now) due.add(row)
    }
    if (due.size > 0) deps.remove(list, [...due])
  }

  /** Entries that were given a new time again and again leave their old times behind. */
  const rebuild = (list: ListName): void => {
    const queue = createExpiryQueue()
    for (const row of deps.rows(list)) {
      const expiresAtMs = deps.expiresAtMs(list, row)
      if (expiresAtMs > 0) queue.push(expiresAtMs, row)
    }
    queues[list] = queue
  }

  return {
    watch: (list, row, timeMs) => {
      queues[list].push(timeMs, row)
      if (queues[list].size() > 2 * deps.size(list) + SLACK) rebuild(list)
      arm()
    },
    start: () => {
      running = true
      arm()
    },
    stop: () => {
      running = false
      clearTimeout(timer)
      timerMs = Infinity
    },
  }
}
