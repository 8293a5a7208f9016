/** Actions and the links that approve them, in the server's state database. */
import type { State } from '../state/open-state.ts'
import type { Action, ActionState } from './action.ts'

export interface ActionQuestion {
  states?: readonly ActionState[] | undefined
  policy?: string | undefined
  target?: string | undefined
  alert?: string | undefined
  /** Those that hold in a kernel. */
  inForce?: boolean | undefined
  limit: number
  /** Time and id of the last one of the page before. */
  after?: readonly [atMs: number, id: string] | undefined
}

export interface ActionStore {
  save(action: Action): void
  find(id: string): Action | undefined
  /** The newest first. */
  page(question: ActionQuestion): { actions: Action[]; total: number }
  /** In force, waiting for a person, or approved and not done yet. */
  open(): Action[]
  /** How often the target was answered since: neither what only was asked nor what somebody took back. */
  repeats(target: string, sinceMs: number): number
  counts(): Record<string, number>
  /** Removes what is over and older. */
  trim(beforeMs: number, most: number): void
  addLink(hash: Uint8Array, action: string, expiresAtMs: number): void
  /** The action that an unused link is of; undefined: none. */
  linked(hash: Uint8Array, nowMs: number): string | undefined
  /** False: it was used or has expired. */
  useLink(hash: Uint8Array, nowMs: number): boolean
}

const actionOf = (row: unknown): Action => JSON.parse((row as { data: string }).data) as Action

/** Neither in force nor waiting. */
const OVER = `in_force = 0 AND state <> 'asked'`

export const createActionStore = ({ db }: State): ActionStore => {
  const put = db.prepare(
    `INSERT INTO actions VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       target = excluded.target, state = excluded.state, in_force = excluded.in_force, data = excluded.data`,
  )
  const one = db.prepare('SELECT data FROM actions WHERE id = ?')
  const open = db.prepare(
    `SELECT data FROM actions WHERE in_force = 1 OR state = 'asked' OR
       (state = 'approved' AND data ->> 'latencyMs' IS NULL)`,
  )
  const repeats = db.prepare(
    `SELECT count(*) AS n FROM actions WHERE target = ? AND created_at_ms >= ? AND policy <> '' AND
       state IN ('in-force', 'verified', 'failed', 'expired') AND data ->> 'latencyMs' IS NOT NULL`,
  )
  const counts = db.prepare('SELECT state, count(*) AS n FROM actions GROUP BY state')
  const dropOld = db.prepare(`DELETE FROM actions WHERE created_at_ms < ? AND ${OVER}`)
  const dropBeyond = db.prepare(
    `DELETE FROM actions WHERE id IN (SELECT id FROM actions WHERE ${OVER} ORDER BY created_at_ms LIMIT
       max(0, (SELECT count(*) FROM actions) - ?))`,
  )
  const link = db.prepare('INSERT INTO approval_links VALUES (?, ?, ?, NULL)')
  const linked = db.prepare(
    'SELECT action FROM approval_links WHERE hash = ? AND expires_at_ms > ? AND used_at_ms IS NULL',
  )
  const use = db.prepare(
    'UPDATE approval_links SET used_at_ms = ? WHERE hash = ? AND expires_at_ms > ? AND used_at_ms IS NULL',
  )

  const whereOf = ({ states, policy, target, alert, inForce }: ActionQuestion) => {
    const conditions = ['1']
    const values: (string | number)[] = []
    const add = (sql: string, ...more: (string | number)[]) => {
      conditions.push(sql)
      values.push(...more)
    }
    if (states) add(`state IN (${states.map(() => '?').join(', ')})`, ...states)
    if (policy !== undefined) add('policy = ?', policy)
    if (target !== undefined) add('target = ?', target)
    if (alert !== undefined) add('alert = ?', alert)
    if (inForce !== undefined) add('in_force = ?', Number(inForce))
    return { sql: conditions.join(' AND '), values }
  }

  return {
    save(action) {
      const { id, policy, alert, target, state, inForce, createdAtMs } = action
      const data = JSON.stringify(action)
      put.run(id, policy, alert, target, state, Number(inForce), Math.round(createdAtMs), data)
    },
    find(id) {
      const row = one.get(id)
      return row && actionOf(row)
    },
    page(question) {
      const { sql, values } = whereOf(question)
      const beyond = question.after ? ' AND (created_at_ms, id) < (?, ?)' : ''
      const rows = db
        .prepare(
          `SELECT data FROM actions WHERE ${sql}${beyond} ORDER BY created_at_ms DESC, id DESC LIMIT ?`,
        )
        .all(...values, ...(question.after ?? []), question.limit)
      const counted = db.prepare(`SELECT count(*) AS n FROM actions WHERE ${sql}`).get(...values)
      return { actions: rows.map(actionOf), total: Number(counted?.['n']) }
    },
    open: () => open.all().map(actionOf),
    repeats: (target, sinceMs) => Number(repeats.get(target, Math.round(sinceMs))?.['n']),
    counts: () =>
      Object.fromEntries(counts.all().map((row) => [String(row['state']), Number(row['n'])])),
    trim(beforeMs, most) {
      dropOld.run(Math.round(beforeMs))
      dropBeyond.run(most)
    },
    addLink: (hash, action, expiresAtMs) => void link.run(hash, action, Math.round(expiresAtMs)),
    linked(hash, nowMs) {
      const found = linked.get(hash, Math.round(nowMs))?.['action']
      return found === undefined ? undefined : String(found)
    },
    useLink: (hash, nowMs) =>
      Number(use.run(Math.round(nowMs), hash, Math.round(nowMs)).changes) === 1,
  }
}
