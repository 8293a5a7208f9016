/** Policies in the server's state database. */
import type { State } from '../state/open-state.ts'
import type { KeptPolicy, Policy, Trial } from './policy.ts'

export interface PolicyStore {
  all(): KeptPolicy[]
  put(policy: KeptPolicy): void
  remove(name: string): void
  trials(): Map<string, Trial>
  putTrial(name: string, trial: Trial): void
  /** Keeps when alerts were known first, those of the days before are forgotten. */
  known(alerts: readonly string[], atMs: number, forgetBeforeMs: number): void
  knownAtMs(alert: string): number | undefined
}

interface Row {
  name: string
  spec: string
  author: string
  created_at_ms: number
  changed_at_ms: number
}

interface TrialRow {
  name: string
  digest: string
  until_ms: number
  state: Trial['state']
}

export const createPolicyStore = ({ db, transaction }: State): PolicyStore => {
  const all = db.prepare('SELECT * FROM policies ORDER BY created_at_ms, name')
  const put = db.prepare('INSERT OR REPLACE INTO policies VALUES (?, ?, ?, ?, ?)')
  const drop = db.prepare('DELETE FROM policies WHERE name = ?')
  const trials = db.prepare('SELECT * FROM policy_trials')
  const putTrial = db.prepare('INSERT OR REPLACE INTO policy_trials VALUES (?, ?, ?, ?)')
  const know = db.prepare('INSERT OR IGNORE INTO alerts_known VALUES (?, ?)')
  const forget = db.prepare('DELETE FROM alerts_known WHERE known_at_ms < ?')
  const when = db.prepare('SELECT known_at_ms FROM alerts_known WHERE alert = ?')
  return {
    all: () =>
      (all.all() as unknown as Row[]).map((row) => ({
        // Written by `put` in the same table, which checks that it is JSON.
        ...(JSON.parse(row.spec) as Policy),
        origin: 'api',
        author: row.author,
        createdAtMs: row.created_at_ms,
        changedAtMs: row.changed_at_ms,
      })),
    put({ origin: _origin, author, createdAtMs, changedAtMs, ...policy }) {
      put.run(policy.name, JSON.stringify(policy), author, createdAtMs, changedAtMs)
    },
    remove: (name) => void drop.run(name),
    trials: () =>
      new Map(
        (trials.all() as unknown as TrialRow[]).map(({ name, digest, until_ms, state }) => [
          name,
          { digest, untilMs: until_ms, state },
        ]),
      ),
    putTrial: (name, { digest, untilMs, state }) =>
      void putTrial.run(name, digest, Math.round(untilMs), state),
    known: (alerts, atMs, forgetBeforeMs) =>
      transaction(() => {
        for (const alert of alerts) know.run(alert, Math.round(atMs))
        forget.run(Math.round(forgetBeforeMs))
      }),
    knownAtMs(alert) {
      const found = when.get(alert)?.['known_at_ms']
      return found === undefined ? undefined : Number(found)
    },
  }
}
