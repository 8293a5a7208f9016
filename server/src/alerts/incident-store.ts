/** Incidents, and what is related to an alert, as the state database knows them from the alerts. */
import { labelOf } from '@netscope/detect/detection.ts'
import type { SeverityLabel } from '@netscope/detect/detection.ts'
import type { State } from '../state/open-state.ts'
import type { KeptAlert } from './alert-row.ts'
import type { AlertStore, StoredAlert } from './alert-store.ts'
import { addressBytes } from './alert-where.ts'

export interface Incident {
  /** Of its first alert. */
  id: string
  /** Of its most severe alert. */
  title: string
  src: string
  srcName: string
  severity: number
  label: SeverityLabel
  firstMs: number
  lastMs: number
  /** Something of it goes on. */
  active: boolean
  /** Alerts, without those that are held back. */
  alerts: number
  /** Those of them that nobody has acknowledged or resolved. */
  open: number
  detectors: string[]
}

export const RELATIONS = ['incident', 'source', 'target', 'target-became-source'] as const
export interface Related {
  because: (typeof RELATIONS)[number]
  stored: StoredAlert
}

/** Time of the last thing seen, and id, of the last incident of the page before. */
export type IncidentPlace = readonly [lastMs: number, id: string]

export interface IncidentStore {
  /** Those seen last first; `least`: severity. */
  page(limit: number, least: number, after?: IncidentPlace): { items: Incident[]; total: number }
  find(id: string): Incident | undefined
  /** The oldest first, at most 500. */
  alertsOf(id: string): StoredAlert[]
  /** The closest first, and of those the newest. */
  relatedTo(alert: KeptAlert, incident: string): Related[]
}

const MOST_ALERTS = 500
const MOST_RELATED = 20
/** Before and after an alert. */
const AROUND_MS = 86_400_000

interface Row {
  incident: string
  severity: number
  first_ms: number
  last_ms: number
  active: number
  alerts: number
  open: number
  detectors: string
  data: string
}

const incidentOf = (row: Row): Incident => {
  const { title, src, srcName, srcMac } = JSON.parse(row.data) as KeptAlert
  return {
    id: row.incident,
    title,
    ...{ src: src || srcMac, srcName, severity: row.severity, label: labelOf(row.severity) },
    ...{ firstMs: row.first_ms, lastMs: row.last_ms, active: row.active === 1 },
    ...{ alerts: row.alerts, open: row.open, detectors: row.detectors.split(',') },
  }
}

// Of the columns that are not summed up, SQLite takes those of the row with max(severity).
const SUMS = `SELECT incident, max(severity) AS severity, min(first_ms) AS first_ms, last_at AS last_ms,
  1 - min(ended) AS active, count(*) AS alerts, sum(workflow = 'open') AS open,
  group_concat(DISTINCT detector) AS detectors, data
  FROM (SELECT *, max(last_ms) OVER (PARTITION BY incident) AS last_at FROM alerts WHERE state IN ('active', 'ended'))`

export const createIncidentStore = ({ db }: State, store: AlertStore): IncidentStore => {
  const having = 'GROUP BY incident HAVING max(severity) >= ?'
  const first = db.prepare(
    `SELECT * FROM (${SUMS} ${having}) WHERE last_ms < ? OR (last_ms = ? AND incident > ?)
     ORDER BY last_ms DESC, incident LIMIT ?`,
  )
  const counted = db.prepare(`SELECT count(*) AS n FROM (${SUMS} ${having})`)
  const one = db.prepare(`SELECT * FROM (${SUMS} GROUP BY incident) WHERE incident = ?`)
  const ids = db.prepare(
    `SELECT id FROM alerts WHERE incident = ? ORDER BY first_ms, id LIMIT ${MOST_ALERTS}`,
  )
  const near = (condition: string) =>
    db.prepare(
      `SELECT id FROM alerts WHERE ${condition} AND id != ? AND incident != ? AND last_ms BETWEEN ? AND ?
       ORDER BY last_ms DESC LIMIT ${MOST_RELATED}`,
    )
  const bySource = near('src = ?')
  const byTarget = near('dst = ?')

  const read = (rows: readonly Record<string, unknown>[]): StoredAlert[] =>
    rows.flatMap(({ id }) => store.find(String(id)) ?? [])

  return {
    page(limit, least, after) {
      const [lastMs, id] = after ?? [Number.MAX_SAFE_INTEGER, '']
      const rows = first.all(least, lastMs, lastMs, id, limit + 1) as unknown as Row[]
      return { items: rows.map(incidentOf), total: Number(counted.get(least)?.['n']) }
    },
    find(id) {
      const row = one.get(id) as unknown as Row | undefined
      return row && incidentOf(row)
    },
    alertsOf: (id) => read(ids.all(id)),
    relatedTo(alert, incident) {
      const [src, dst] = [addressBytes(alert.src), addressBytes(alert.dst)]
      const from = Date.parse(alert.firstSeen) - AROUND_MS
      const rest = [alert.id, incident, from, Date.parse(alert.lastSeen) + AROUND_MS] as const
      const found: Related[] = []
      const add = (because: Related['because'], rows: readonly Record<string, unknown>[]) =>
        found.push(...read(rows).map((stored) => ({ because, stored })))
      add(
        'incident',
        ids.all(incident).filter(({ id }) => id !== alert.id),
      )
      if (src) add('source', bySource.all(src, ...rest))
      if (dst) add('target-became-source', bySource.all(dst, ...rest))
      if (dst) add('target', byTarget.all(dst, ...rest))
      const seen = new Set<string>()
      return found.filter(({ stored: { alert: of } }) => !seen.has(of.id) && seen.add(of.id))
    },
  }
}
