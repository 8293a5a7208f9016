/** What people want to see no more: filters over alerts, each with an author and an end. */
import type { RecordTest } from '@netscope/core/query/predicate.ts'
import { alertTest, parseAlertQuery } from './alert-query.ts'
import type { KeptAlert } from './alert-row.ts'

export interface Suppression {
  id: string
  filter: string
  reason: string
  author: string
  createdAtMs: number
  expiresAtMs: number
  /** Alerts that it has suppressed, and when it did last. */
  hits: number
  lastHitMs: number | undefined
}

export interface Suppressions {
  /** The newest first. */
  readonly all: readonly Suppression[]
  find(id: string): Suppression | undefined
  /** The one that suppresses the alert now; the oldest of several. */
  holding(alert: KeptAlert, nowMs: number): Suppression | undefined
  /** Says why, if its filter is none. */
  add(suppression: Suppression): string | undefined
  remove(id: string): Suppression | undefined
  /** Those that hold no longer. */
  expired(nowMs: number): Suppression[]
}

interface Entry {
  suppression: Suppression
  test: RecordTest<KeptAlert>
}

/** `now`: milliseconds since 1970. */
export const createSuppressions = (now: () => number): Suppressions => {
  const entries = new Map<string, Entry>()

  const add = (suppression: Suppression): string | undefined => {
    const result = parseAlertQuery(suppression.filter)
    if (!result.ok) return result.error.message
    entries.set(suppression.id, { suppression, test: alertTest(result.query, now) })
    return undefined
  }

  const remove = (id: string): Suppression | undefined => {
    const found = entries.get(id)?.suppression
    entries.delete(id)
    return found
  }

  return {
    get all() {
      return [...entries.values()].map(({ suppression }) => suppression).toReversed()
    },
    find: (id) => entries.get(id)?.suppression,
    holding(alert, nowMs) {
      for (const { suppression, test } of entries.values())
        if (suppression.expiresAtMs > nowMs && test(alert)) return suppression
      return undefined
    },
    add,
    remove,
    expired: (nowMs) =>
      [...entries.values()].flatMap(({ suppression }) =>
        suppression.expiresAtMs <= nowMs ? [suppression] : [],
      ),
  }
}
