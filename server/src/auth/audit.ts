/** The audit log: every change, by whom, to what, from where; only added to, each entry bound to the one before. */
import type { State } from '../state/open-state.ts'
import { chainProblem, FIRST_PREVIOUS_HASH, hashEntry, type AuditEntry } from './audit-chain.ts'
import type { Principal } from './principal.ts'

export interface AuditRecord {
  principal: Principal
  action: string
  target: string
  before?: unknown
  after?: unknown
  /** Address that it was asked from. */
  from: string
}

export interface AuditHead {
  /** 0: the log is empty. */
  seq: number
  hash: string
}

export interface AuditCheck {
  ok: boolean
  /** Entries that were checked. */
  entries: number
  head: AuditHead
  problem?: string
}

export interface Audit {
  record(record: AuditRecord): void
  /** The newest first, from before `beforeSeq` on. */
  page(limit: number, beforeSeq?: number, action?: string): AuditEntry[]
  /** From the oldest on. */
  entries(): Generator<AuditEntry>
  /** Whether the chain is whole, and still holds `anchor`, a head that was noted down earlier. */
  verify(anchor?: AuditHead): Promise<AuditCheck>
}

interface Row {
  seq: number
  at_ms: number
  principal_kind: Principal['kind']
  principal_id: string
  principal_name: string
  action: string
  target: string
  before: string | null
  after: string | null
  address: string
  previous_hash: string
  hash: string
}

const STEP = 1000
/** Characters of what was before and after: a log is no place for a megabyte. */
const LONGEST_VALUE = 8192

const entryOf = (row: Row): AuditEntry => ({
  seq: row.seq,
  atMs: row.at_ms,
  principal: { kind: row.principal_kind, id: row.principal_id, name: row.principal_name },
  action: row.action,
  target: row.target,
  ...(row.before !== null && { before: JSON.parse(row.before) as unknown }),
  ...(row.after !== null && { after: JSON.parse(row.after) as unknown }),
  from: row.address,
  previousHash: row.previous_hash,
  hash: row.hash,
})

/** As it comes out of the database again, so that its hash does too. */
const asKept = (value: unknown): string | null => {
  if (value === undefined) return null
  const text = JSON.stringify(value)
  return text.length <= LONGEST_VALUE ? text : JSON.stringify(`${text.slice(0, LONGEST_VALUE)}…`)
}
const parsed = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text))

export const createAudit = ({ db, transaction }: State, wallClock: () => number): Audit => {
  const selectHead = db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')
  // What was taken away at the end shows by this number, which SQLite keeps apart.
  const selectLastSeq = db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'audit'`)
  const insert = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const selectPage = db.prepare(
    'SELECT * FROM audit WHERE seq < ? AND (? = 1 OR action = ?) ORDER BY seq DESC LIMIT ?',
  )
  const selectFrom = db.prepare('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?')

  const head = (): AuditHead =>
    (selectHead.get() as AuditHead | undefined) ?? { seq: 0, hash: FIRST_PREVIOUS_HASH }

  function* entries(): Generator<AuditEntry> {
    for (let last = 0; ;) {
      const rows = selectFrom.all(last, STEP) as unknown as Row[]
      for (const row of rows) yield entryOf(row)
      if (rows.length < STEP) return
      last = rows.at(-1)!.seq
    }
  }

  return {
    record: ({ principal: { kind, id, name }, action, target, before, after, from }) =>
      transaction(() => {
        const { seq: lastSeq, hash: previousHash } = head()
        const [seq, atMs] = [lastSeq + 1, wallClock()]
        const [kept, now] = [asKept(before), asKept(after)]
        const hash = hashEntry({
          ...{ seq, atMs, principal: { kind, id, name }, action, target },
          ...{ before: parsed(kept), after: parsed(now), from, previousHash },
        })
        insert.run(seq, atMs, kind, id, name, action, target, kept, now, from, previousHash, hash)
      }),
    page: (limit, beforeSeq = Number.MAX_SAFE_INTEGER, action = '') =>
      (selectPage.all(beforeSeq, Number(action === ''), action, limit) as unknown as Row[]).map(
        entryOf,
      ),
    entries,
    verify: async (anchor) => {
      let last: AuditHead = { seq: 0, hash: FIRST_PREVIOUS_HASH }
      const broken = (problem: string): AuditCheck => ({
        ...{ ok: false, entries: last.seq, head: head(), problem },
      })
      for (const entry of entries()) {
        const problem = chainProblem(entry, last)
        if (problem !== undefined) return broken(problem)
        if (entry.seq === anchor?.seq && entry.hash !== anchor.hash)
          return broken(`entry ${entry.seq} is another than the one that was noted down`)
        last = entry
        if (entry.seq % STEP === 0) await new Promise(setImmediate)
      }
      const { seq: highest = last.seq } = (selectLastSeq.get() ?? {}) as { seq?: number }
      const missing = Math.max(highest, anchor?.seq ?? 0)
      if (missing > last.seq)
        return broken(`the last entry is ${last.seq}, but there was one ${missing}`)
      return { ok: true, entries: last.seq, head: { seq: last.seq, hash: last.hash } }
    },
  }
}
