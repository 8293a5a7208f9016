/** Topic `alerts` and its stream: those that go on for who comes, then each that begins, grows or ends. */
import { readFilterBy } from '../api/query-values.ts'
import type { LiveSource, LiveTaker } from '../live/live-source.ts'
import { alertTest, parseAlertQuery } from './alert-query.ts'
import type { AlertStore } from './alert-store.ts'
import type { Alerts } from './alerts.ts'

/** So many at first, those seen last. */
const FIRST = 200

export interface LiveAlertsDeps {
  alerts: Pick<Alerts, 'watch' | 'rowOf'>
  store: Pick<AlertStore, 'page'>
  /** Milliseconds since 1970. */
  now(): number
}

/** What is suppressed, or no longer what the filter says, is told of once more if it was shown before, and then left out. */
export const createLiveAlerts = ({ alerts, store, now }: LiveAlertsDeps): LiveSource => ({
  open(filter, taker: LiveTaker) {
    const test = alertTest(readFilterBy(parseAlertQuery, filter), now)
    const { items } = store.page({
      filter: { states: ['active'] },
      test,
      sort: '-lastSeen',
      limit: FIRST,
    })
    const shown = new Set(items.map(({ alert }) => alert.id))
    for (const stored of items) taker.push(JSON.stringify(alerts.rowOf(stored)))
    return alerts.watch((alert, row) => {
      const isWanted = test(alert)
      const wasShown = shown.delete(row.id)
      if (!isWanted && !wasShown) return
      if (isWanted && row.state === 'active') shown.add(row.id)
      if (row.state !== 'suppressed' || wasShown) taker.push(JSON.stringify(row))
    })
  },
})
