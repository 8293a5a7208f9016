/** What providers answered, with its age: neither a hit nor a miss is asked for twice while it is fresh. */
import type { State } from '../state/open-state.ts'
import type { Answer } from './answer.ts'

export interface StoredAnswer {
  provider: string
  atMs: number
  /** It is asked for again after that. */
  untilMs: number
  answer: Answer
}

export interface AnswerStore {
  /** All there are of the address, old ones as well. */
  of(address: string): StoredAnswer[]
  put(address: string, stored: StoredAnswer): void
  /** Forgets what is older, and of the rest the oldest beyond `most`. */
  trim(beforeMs: number, most: number): void
}

interface Row {
  provider: string
  at_ms: number
  until_ms: number
  answer: string
}

export const createAnswerStore = ({ db }: State): AnswerStore => {
  const read = db.prepare(
    'SELECT provider, at_ms, until_ms, answer FROM intel_answers WHERE address = ?',
  )
  const write = db.prepare(
    'INSERT INTO intel_answers VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ' +
      'at_ms = excluded.at_ms, until_ms = excluded.until_ms, answer = excluded.answer',
  )
  const dropOld = db.prepare('DELETE FROM intel_answers WHERE at_ms < ?')
  const dropBeyond = db.prepare(
    'DELETE FROM intel_answers WHERE (address, provider) IN (SELECT address, provider FROM intel_answers ORDER BY at_ms LIMIT max(0, (SELECT count(*) FROM intel_answers) - ?))',
  )
  return {
    of: (address) =>
      (read.all(address) as unknown as Row[]).map((row) => ({
        provider: row.provider,
        atMs: row.at_ms,
        untilMs: row.until_ms,
        // Written by `put` in the same table, which checks that it is JSON.
        answer: JSON.parse(row.answer) as Answer,
      })),
    put: (address, { provider, atMs, untilMs, answer }) =>
      void write.run(
        address,
        provider,
        Math.round(atMs),
        Math.round(untilMs),
        JSON.stringify(answer),
      ),
    trim(beforeMs, most) {
      dropOld.run(Math.round(beforeMs))
      dropBeyond.run(most)
    },
  }
}
