/** Alerts in the server's state database, one row each. */
import type { RecordTest } from '@netscope/core/query/predicate.ts'
import type { State } from '../state/open-state.ts'
import type { AlertState, KeptAlert, Workflow, WorkflowState } from './alert-row.ts'
import { addressBytes, whereOf } from './alert-where.ts'
import type { AlertFilter } from './alert-where.ts'

/** An alert, and what became of it. */
export interface StoredAlert {
  alert: KeptAlert
  state: AlertState
  suppressedBy: string
  workflow: Workflow
  /** Id of the first alert of the story. */
  incident: string
}

export const ALERT_SORTS = ['-firstSeen', '-lastSeen', '-severity'] as const
export type AlertSort = (typeof ALERT_SORTS)[number]

/** Value of the order and id of the last alert of the page before. */
export type AlertPlace = readonly [value: number, id: string]

export interface AlertQuestion {
  filter: AlertFilter
  /** What else must hold. */
  test?: RecordTest<KeptAlert> | undefined
  sort: AlertSort
  limit: number
  after?: AlertPlace | undefined
}

export interface AlertPage {
  items: StoredAlert[]
  total: number
  /** Where the next page begins, if there is one. */
  next?: AlertPlace
}

export interface AlertStore {
  /** As a whole or not at all, but for the workflow of those that are there; throws what SQLite throws. */
  save(changed: Iterable<StoredAlert>): void
  saveWorkflow(id: string, workflow: Workflow): void
  find(id: string): StoredAlert | undefined
  page(question: AlertQuestion): AlertPage
  /** Those that may still grow. */
  growing(): StoredAlert[]
  /** Those that this suppression, or the mark of this alert, holds back. */
  heldBackBy(id: string): StoredAlert[]
  count(state: AlertState): number
  /** Removes what was last seen before, and beyond `most` the oldest, severe ones last; says how many went. */
  trim(beforeMs: number, most: number): number
}

/** From `high` on: no number of lesser ones drives it out. */
const SEVERE = 60

interface Row {
  id: string
  state: AlertState
  suppressed_by: string
  data: string
  place: number
  workflow: WorkflowState
  assignee: string
  workflow_reason: string
  workflow_by: string
  workflow_at_ms: number
  workflow_severity: number
  incident: string
}

const COLUMN_OF: Readonly<Record<AlertSort, string>> = {
  '-firstSeen': 'first_ms',
  '-lastSeen': 'last_ms',
  '-severity': 'severity',
}

/** Written by `save` in the same table, which checks that it is JSON. */
const storedOf = ({ data, state, suppressed_by: suppressedBy, ...row }: Row): StoredAlert => ({
  alert: JSON.parse(data) as KeptAlert,
  state,
  suppressedBy,
  workflow: {
    state: row.workflow,
    assignee: row.assignee,
    reason: row.workflow_reason,
    author: row.workflow_by,
    atMs: row.workflow_at_ms,
    severity: row.workflow_severity,
  },
  incident: row.incident || row.id,
})

const COLUMNS =
  'id, state, suppressed_by, data, workflow, assignee, workflow_reason, workflow_by, workflow_at_ms, workflow_severity, incident'
/** Channels have not been told of it. */
const UNTOLD = -1

export const createAlertStore = ({ db, transaction }: State): AlertStore => {
  const put = db.prepare(
    `INSERT INTO alerts (id, detector, severity, state, ended, first_ms, last_ms, src, dst, src_mac, dst_mac,
       suppressed_by, data, incident, told)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${UNTOLD}) ON CONFLICT (id) DO UPDATE SET
       severity = excluded.severity, state = excluded.state, ended = excluded.ended, first_ms = excluded.first_ms,
       last_ms = excluded.last_ms, src = excluded.src, dst = excluded.dst, src_mac = excluded.src_mac,
       dst_mac = excluded.dst_mac, suppressed_by = excluded.suppressed_by, data = excluded.data`,
  )
  const putWorkflow = db.prepare(
    `UPDATE alerts SET workflow = ?, assignee = ?, workflow_reason = ?, workflow_by = ?, workflow_at_ms = ?,
       workflow_severity = ? WHERE id = ?`,
  )
  const one = db.prepare(`SELECT ${COLUMNS}, 0 AS place FROM alerts WHERE id = ?`)
  const unended = db.prepare(`SELECT ${COLUMNS}, 0 AS place FROM alerts WHERE ended = 0`)
  const held = db.prepare(`SELECT ${COLUMNS}, 0 AS place FROM alerts WHERE suppressed_by = ?`)
  const ofState = db.prepare('SELECT count(*) AS n FROM alerts WHERE state = ?')
  const dropOld = db.prepare('DELETE FROM alerts WHERE last_ms < ? AND ended = 1')
  const dropBeyond = db.prepare(
    `DELETE FROM alerts WHERE id IN (SELECT id FROM alerts ORDER BY ended DESC, severity >= ${SEVERE}, last_ms LIMIT
       max(0, (SELECT count(*) FROM alerts) - ?))`,
  )

  const write = ({ alert, state, suppressedBy, incident }: StoredAlert): void => {
    const { id, detector, severity, src, dst, srcMac, dstMac } = alert
    const [firstMs, lastMs] = [Date.parse(alert.firstSeen), Date.parse(alert.lastSeen)]
    const ended = Number(alert.state === 'ended')
    const data = JSON.stringify(alert)
    put.run(
      ...[id, detector, Math.round(severity), state, ended, firstMs, lastMs],
      ...[addressBytes(src), addressBytes(dst), srcMac, dstMac, suppressedBy, data, incident],
    )
  }

  /** Every row has to be read to know how many there are. */
  const pageBy = (
    rows: Iterable<Row>,
    test: RecordTest<KeptAlert>,
    isAfter: (row: Row) => boolean,
    limit: number,
  ): { rows: Row[]; total: number } => {
    const found: Row[] = []
    let total = 0
    for (const row of rows) {
      if (!test(JSON.parse(row.data) as KeptAlert)) continue
      total++
      if (found.length <= limit && isAfter(row)) found.push(row)
    }
    return { rows: found, total }
  }

  return {
    save: (changed) =>
      transaction(() => {
        for (const stored of changed) write(stored)
      }),
    saveWorkflow: (id, { state, assignee, reason, author, atMs, severity }) =>
      void putWorkflow.run(state, assignee, reason, author, atMs, Math.round(severity), id),
    find(id) {
      const row = one.get(id)
      return row && storedOf(row as unknown as Row)
    },
    page({ filter, test, sort, limit, after }) {
      const column = COLUMN_OF[sort]
      const { sql, values } = whereOf(filter)
      const order = `ORDER BY ${column} DESC, id`
      const select = `SELECT ${COLUMNS}, ${column} AS place FROM alerts WHERE ${sql}`
      const [value, id] = after ?? [Infinity, '']
      const read = (): { rows: Row[]; total: number } => {
        if (test) {
          const all = db.prepare(`${select} ${order}`).iterate(...values)
          const isAfter = (row: Row) => row.place < value || (row.place === value && row.id > id)
          return pageBy(all as unknown as Iterable<Row>, test, isAfter, limit)
        }
        const beyond = after ? ` AND (${column} < ? OR (${column} = ? AND id > ?))` : ''
        const places = after ? [value, value, id] : []
        const found = db.prepare(`${select}${beyond} ${order} LIMIT ?`)
        const counted = db.prepare(`SELECT count(*) AS n FROM alerts WHERE ${sql}`)
        return {
          rows: found.all(...values, ...places, limit + 1) as unknown as Row[],
          total: Number(counted.get(...values)?.['n']),
        }
      }
      const { rows, total } = read()
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      return {
        items: items.map(storedOf),
        total,
        ...(last && rows.length > limit && { next: [last.place, last.id] as const }),
      }
    },
    growing: () => (unended.all() as unknown as Row[]).map(storedOf),
    heldBackBy: (id) => (held.all(id) as unknown as Row[]).map(storedOf),
    count: (state) => Number(ofState.get(state)?.['n']),
    trim(beforeMs, most) {
      const old = Number(dropOld.run(Math.floor(beforeMs)).changes)
      return old + Number(dropBeyond.run(most).changes)
    },
  }
}
