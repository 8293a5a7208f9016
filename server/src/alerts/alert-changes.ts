/** What has become of an alert: each change, by whom and when, in the server's state database. */
import type { State } from '../state/open-state.ts'

export interface AlertChange {
  atMs: number
  author: string
  /** Such as `acknowledged`. */
  change: string
  detail: string
}

export interface AlertChanges {
  /** The alert is kept. */
  add(alert: string, change: AlertChange): void
  /** The oldest first. */
  of(alert: string): AlertChange[]
}

/** Of one alert; beyond, the oldest go. */
const MOST = 500

interface Row {
  at_ms: number
  author: string
  change: string
  detail: string
}

export const createAlertChanges = ({ db }: State): AlertChanges => {
  const insert = db.prepare(
    'INSERT INTO alert_changes (alert, at_ms, author, change, detail) VALUES (?, ?, ?, ?, ?)',
  )
  const dropBeyond = db.prepare(
    `DELETE FROM alert_changes WHERE alert = ?1 AND id <=
       (SELECT id FROM alert_changes WHERE alert = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${MOST})`,
  )
  const all = db.prepare('SELECT * FROM alert_changes WHERE alert = ? ORDER BY id')
  return {
    add(alert, { atMs, author, change, detail }) {
      insert.run(alert, atMs, author, change, detail)
      dropBeyond.run(alert)
    },
    of: (alert) =>
      (all.all(alert) as unknown as Row[]).map(({ at_ms: atMs, author, change, detail }) => ({
        ...{ atMs, author, change, detail },
      })),
  }
}
