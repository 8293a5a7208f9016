/** Feeds that a YAML file declares: `feeds:` with a list of what the API takes. */
import { readDeclaredFile } from '../../declared/declared-file.ts'
import { readSettings } from './feed-settings.ts'
import type { Feed } from './feed.ts'

export interface FeedsFile {
  /** None where something is wrong. */
  feeds: Feed[]
  problems: string[]
}

export const readFeedsFile = async (path: string): Promise<FeedsFile> => {
  const declared = await readDeclaredFile(path, 'feeds')
  const problems = [...declared.problems]
  const feeds = new Map<string, Feed>()
  for (const { value, place } of declared.entries) {
    try {
      const settings = readSettings(value)
      if (feeds.has(settings.name)) throw new Error(`there are two feeds ${settings.name}`)
      feeds.set(settings.name, { ...settings, origin: 'file', author: place, createdAtMs: 0 })
    } catch (error) {
      problems.push(`${place}: ${(error as Error).message}`)
    }
  }
  return { feeds: problems.length > 0 ? [] : [...feeds.values()], problems }
}
