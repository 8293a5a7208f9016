/** What detectors have learned, in the server's state database. */
import type { LearnedOfDetector } from '@netscope/detect/detection-engine.ts'
import type { DetectorKind, Learned } from '@netscope/detect/detector.ts'
import type { State } from '../state/open-state.ts'

export interface LearnedStore {
  load(kind: DetectorKind): Learned
  /** As a whole or not at all; throws what SQLite throws. */
  save(told: readonly LearnedOfDetector[]): void
}

export const createLearnedStore = ({ db, transaction }: State): LearnedStore => {
  const all = db.prepare('SELECT key, text FROM learned WHERE detector = ? AND version = ?')
  const put = db.prepare('INSERT OR REPLACE INTO learned VALUES (?, ?, ?, ?)')
  const drop = db.prepare('DELETE FROM learned WHERE detector = ? AND key = ?')
  return {
    load: ({ name, version }) =>
      new Map(all.all(name, version).map(({ key, text }) => [String(key), String(text)])),
    save: (told) =>
      transaction(() => {
        for (const { kind, changes } of told)
          for (const [key, text] of changes)
            if (text === undefined) drop.run(kind.name, key)
            else put.run(kind.name, key, kind.version, text)
      }),
  }
}
