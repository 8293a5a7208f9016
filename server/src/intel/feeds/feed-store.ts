/** Feeds that people added over the API, and how all feeds are, in the state database. */
import type { State } from '../../state/open-state.ts'
import { FRESH } from './feed.ts'
import type { Feed, FeedSettings, FeedState } from './feed.ts'

export interface FeedStore {
  feeds(): Feed[]
  put(feed: Feed): void
  remove(name: string): void
  state(name: string): FeedState
  putState(name: string, state: FeedState): void
}

export const createFeedStore = ({ db, transaction }: State): FeedStore => {
  const all = db.prepare('SELECT settings, author, created_at_ms FROM intel_feeds ORDER BY name')
  const put = db.prepare(
    'INSERT INTO intel_feeds VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET settings = excluded.settings',
  )
  const remove = db.prepare('DELETE FROM intel_feeds WHERE name = ?')
  const state = db.prepare('SELECT state FROM intel_feed_states WHERE name = ?')
  const putState = db.prepare(
    'INSERT INTO intel_feed_states VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
  )
  const removeState = db.prepare('DELETE FROM intel_feed_states WHERE name = ?')
  return {
    feeds: () =>
      all.all().map((row) => ({
        // Written by `put` in the same table.
        ...(JSON.parse(String(row['settings'])) as FeedSettings),
        origin: 'api',
        author: String(row['author']),
        createdAtMs: Number(row['created_at_ms']),
      })),
    put: ({ origin: _origin, author, createdAtMs, ...settings }) =>
      void put.run(settings.name, JSON.stringify(settings), author, Math.round(createdAtMs)),
    remove: (name) =>
      transaction(() => {
        remove.run(name)
        removeState.run(name)
      }),
    state: (name) => {
      const row = state.get(name)
      return row ? { ...FRESH, ...(JSON.parse(String(row['state'])) as FeedState) } : FRESH
    },
    putState: (name, of) => void putState.run(name, JSON.stringify(of)),
  }
}
