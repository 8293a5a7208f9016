/** What is to be sent, in the server's state database: written before anything is sent, so that a crash loses nothing. */
import type { State } from '../state/open-state.ts'
import type { Notice } from './notice.ts'

export const OUTBOX_STATES = ['gathering', 'waiting', 'sent', 'failed'] as const
export type OutboxState = (typeof OUTBOX_STATES)[number]

export interface OutboxEntry {
  /** The idempotency key. */
  id: string
  channel: string
  state: OutboxState
  notice: Notice
  createdAtMs: number
  dueMs: number
  /** Begun, also those of which the end is not known. */
  attempts: number
  error: string
  /** 0: it is not done. */
  doneAtMs: number
}

export interface OutboxStore {
  put(entry: OutboxEntry): void
  /** What still takes alerts. */
  gathering(channel: string): OutboxEntry | undefined
  /** The oldest that is to be sent. */
  waiting(channel: string): OutboxEntry | undefined
  /** The same, of what is critical or no alert. */
  waitingUrgent(channel: string): OutboxEntry | undefined
  count(channel: string, state: OutboxState): number
  /** The newest first. */
  latest(limit: number, channel?: string): OutboxEntry[]
  remove(channel: string): void
  /** Removes what was done before, and of each channel all but the newest `most` that are done. */
  trim(beforeMs: number, most: number): void
  /** Up to which severity channels were told of an alert; undefined: it is not kept. */
  toldOf(alert: string): number | undefined
  setTold(alert: string, severity: number): void
  /** Kept, but channels were not told. */
  untold(): string[]
  transaction<T>(run: () => T): T
}

interface Row {
  id: string
  channel: string
  state: OutboxState
  notice: string
  created_at_ms: number
  due_ms: number
  attempts: number
  error: string
  done_at_ms: number
}

/** Written by `put` in the same table, which checks that it is JSON. */
const entryOf = (row: Row): OutboxEntry => ({
  ...{ id: row.id, channel: row.channel, state: row.state, attempts: row.attempts },
  notice: JSON.parse(row.notice) as Notice,
  ...{ createdAtMs: row.created_at_ms, dueMs: row.due_ms, error: row.error },
  doneAtMs: row.done_at_ms,
})

export const createOutboxStore = ({ db, transaction }: State): OutboxStore => {
  const put = db.prepare('INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const ofState = db.prepare(
    'SELECT * FROM outbox WHERE channel = ? AND state = ? ORDER BY created_at_ms, id LIMIT 1',
  )
  const urgent = db.prepare(
    `SELECT * FROM outbox WHERE channel = ? AND state = 'waiting'
       AND (notice ->> '$.label' = 'critical' OR notice ->> '$.kind' <> 'alerts')
     ORDER BY created_at_ms, id LIMIT 1`,
  )
  const counted = db.prepare('SELECT count(*) AS n FROM outbox WHERE channel = ? AND state = ?')
  const newest = db.prepare(
    'SELECT * FROM outbox WHERE channel = ? OR ? ORDER BY created_at_ms DESC, id LIMIT ?',
  )
  const drop = db.prepare('DELETE FROM outbox WHERE channel = ?')
  const done = "state IN ('sent', 'failed')"
  const dropOld = db.prepare(`DELETE FROM outbox WHERE ${done} AND done_at_ms < ?`)
  const dropBeyond = db.prepare(
    `DELETE FROM outbox WHERE id IN (SELECT id FROM (
       SELECT id, row_number() OVER (PARTITION BY channel ORDER BY done_at_ms DESC) AS place
       FROM outbox WHERE ${done}) WHERE place > ?)`,
  )
  const told = db.prepare('SELECT told FROM alerts WHERE id = ?')
  const setTold = db.prepare('UPDATE alerts SET told = ? WHERE id = ?')
  const untold = db.prepare(
    "SELECT id FROM alerts WHERE told < 0 AND state IN ('active', 'ended') ORDER BY first_ms, id",
  )
  const find = (channel: string, state: OutboxState): OutboxEntry | undefined => {
    const row = ofState.get(channel, state)
    return row && entryOf(row as unknown as Row)
  }
  return {
    put: (of) =>
      void put.run(
        ...[of.id, of.channel, of.state, JSON.stringify(of.notice), of.createdAtMs],
        ...[Math.ceil(of.dueMs), of.attempts, of.error, of.doneAtMs],
      ),
    gathering: (channel) => find(channel, 'gathering'),
    waiting: (channel) => find(channel, 'waiting'),
    waitingUrgent(channel) {
      const row = urgent.get(channel)
      return row && entryOf(row as unknown as Row)
    },
    count: (channel, state) => Number(counted.get(channel, state)?.['n']),
    latest: (limit, channel = '') =>
      (newest.all(channel, Number(channel === ''), limit) as unknown as Row[]).map(entryOf),
    remove: (channel) => void drop.run(channel),
    trim(beforeMs, most) {
      dropOld.run(beforeMs)
      dropBeyond.run(most)
    },
    toldOf: (alert) => told.get(alert)?.['told'] as number | undefined,
    setTold: (alert, severity) => void setTold.run(Math.round(severity), alert),
    untold: () => untold.all().map(({ id }) => String(id)),
    transaction,
  }
}
