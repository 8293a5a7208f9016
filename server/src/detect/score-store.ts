/** How unlike its usual self each device was, over time, in the server's state database. */
import type { DeviceScore } from '@netscope/detect/anomaly/device-score.ts'
import type { State } from '../state/open-state.ts'

export interface ScoreQuery {
  agent: string
  addresses: readonly string[]
  /** Milliseconds since 1970; of the beginning of windows, both included. */
  fromMs: number
  toMs: number
  limit: number
}

export interface ScoreStore {
  save(scores: readonly DeviceScore[]): void
  /** The oldest first; the newest `limit`. */
  find(query: ScoreQuery): DeviceScore[]
  /** Removes windows that began before. */
  trim(beforeMs: number): void
}

const numberOf = (value: unknown): number | undefined =>
  value === null ? undefined : Number(value)

export const createScoreStore = ({ db, transaction }: State): ScoreStore => {
  const put = db.prepare('INSERT OR REPLACE INTO device_scores VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const drop = db.prepare('DELETE FROM device_scores WHERE start_ms < ?')
  // One value for any number of addresses.
  const some = db.prepare(
    `SELECT * FROM device_scores
     WHERE agent = ? AND address IN (SELECT value FROM json_each(?)) AND start_ms BETWEEN ? AND ?
     ORDER BY start_ms DESC, address LIMIT ?`,
  )
  return {
    save: (scores) =>
      transaction(() => {
        for (const of of scores)
          put.run(
            of.agent,
            of.address,
            of.startMs,
            of.score ?? null,
            of.classScore ?? null,
            of.deviceClass,
            of.learned,
            of.needed,
            of.isUnusual ? 1 : 0,
          )
      }),
    find: ({ agent, addresses, fromMs, toMs, limit }) =>
      some
        .all(agent, JSON.stringify(addresses), fromMs, toMs, limit)
        .map((row) => ({
          startMs: Number(row['start_ms']),
          agent: String(row['agent']),
          address: String(row['address']),
          deviceClass: String(row['device_class']),
          score: numberOf(row['score']),
          classScore: numberOf(row['class_score']),
          learned: Number(row['learned']),
          needed: Number(row['needed']),
          isUnusual: row['unusual'] === 1,
        }))
        .toReversed(),
    trim: (beforeMs) => void drop.run(beforeMs),
  }
}
