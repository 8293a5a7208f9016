/** Suppressions and false positives in the server's state database. */
import type { State } from '../state/open-state.ts'
import type { FalsePositiveMark } from './false-positives.ts'
import type { Suppression } from './suppressions.ts'

export interface FeedbackStore {
  suppressions(): Suppression[]
  addSuppression(suppression: Suppression): void
  removeSuppression(id: string): void
  /** What counts how often it was of use. */
  saveHits(suppressions: Iterable<Suppression>): void
  marks(): FalsePositiveMark[]
  putMark(mark: FalsePositiveMark): void
  removeMark(alert: string): void
}

interface SuppressionRow {
  id: string
  filter: string
  reason: string
  author: string
  created_at_ms: number
  expires_at_ms: number
  hits: number
  last_hit_ms: number | null
}

interface MarkRow {
  alert: string
  detector: string
  source: string
  target: string
  severity: number
  factor: number
  reason: string
  author: string
  created_at_ms: number
  expires_at_ms: number
}

const suppressionOf = (row: SuppressionRow): Suppression => ({
  id: row.id,
  filter: row.filter,
  reason: row.reason,
  author: row.author,
  createdAtMs: row.created_at_ms,
  expiresAtMs: row.expires_at_ms,
  hits: row.hits,
  lastHitMs: row.last_hit_ms ?? undefined,
})

const markOf = ({ created_at_ms, expires_at_ms, ...row }: MarkRow): FalsePositiveMark => ({
  ...row,
  createdAtMs: created_at_ms,
  expiresAtMs: expires_at_ms,
})

export const createFeedbackStore = ({ db, transaction }: State): FeedbackStore => {
  const allSuppressions = db.prepare('SELECT * FROM suppressions ORDER BY created_at_ms, id')
  const insert = db.prepare('INSERT INTO suppressions VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const drop = db.prepare('DELETE FROM suppressions WHERE id = ?')
  const hit = db.prepare('UPDATE suppressions SET hits = ?, last_hit_ms = ? WHERE id = ?')
  const allMarks = db.prepare('SELECT * FROM false_positives ORDER BY created_at_ms, alert')
  const put = db.prepare(
    'INSERT OR REPLACE INTO false_positives VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const dropMark = db.prepare('DELETE FROM false_positives WHERE alert = ?')

  return {
    suppressions: () => (allSuppressions.all() as unknown as SuppressionRow[]).map(suppressionOf),
    addSuppression: (of) =>
      void insert.run(
        ...[of.id, of.filter, of.reason, of.author, of.createdAtMs, of.expiresAtMs],
        ...[of.hits, of.lastHitMs ?? null],
      ),
    removeSuppression: (id) => void drop.run(id),
    saveHits: (suppressions) =>
      transaction(() => {
        for (const { id, hits, lastHitMs } of suppressions) hit.run(hits, lastHitMs ?? null, id)
      }),
    marks: () => (allMarks.all() as unknown as MarkRow[]).map((row) => markOf({ ...row })),
    putMark: (of) =>
      void put.run(
        ...[of.alert, of.detector, of.source, of.target, of.severity, of.factor],
        ...[of.reason, of.author, of.createdAtMs, of.expiresAtMs],
      ),
    removeMark: (alert) => void dropMark.run(alert),
  }
}
