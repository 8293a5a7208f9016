/** The last good copy of each feed on disk: it is used until a newer one has come, also after a restart. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface FeedCopies {
  /** undefined: there is none. */
  read(name: string): Promise<string | undefined>
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
}

/** Names of feeds are safe as names of files: FEED_NAME. */
export const createFeedCopies = (folder: string): FeedCopies => {
  const pathOf = (name: string) => join(folder, `${name}.feed`)
  return {
    read: async (name) => {
      try {
        return await readFile(pathOf(name), 'utf8')
      } catch {
        return undefined
      }
    },
    async write(name, text) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const temporary = `${pathOf(name)}.${randomUUID()}.tmp`
      await writeFile(temporary, text, { mode: 0o600 })
      await rename(temporary, pathOf(name))
    },
    remove: (name) => rm(pathOf(name), { force: true }),
  }
}
