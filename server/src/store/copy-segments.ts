/** Copies the history while work goes on: finished segments as their files are, the others out of a snapshot. */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'
import { quote, type Engine } from './engine.ts'
import type { Segment } from './segment.ts'
import type { Segments } from './segments.ts'

const CATALOG = 'backup_copy'

/** Nothing changes a finished file any more, so on the same file system a second name is enough. */
const linkOrCopy = (from: string, to: string): void => {
  try {
    linkSync(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Another file system, or one without links.
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'ENOTSUP') throw error
    copyFileSync(from, to)
  }
}

/** One transaction of the engine: what is written meanwhile is not in it. */
const copySnapshot = async (
  { read }: Pick<Engine, 'read'>,
  { catalog }: Segment,
  to: string,
): Promise<void> => {
  await read(`ATTACH ${quote(to)} AS ${CATALOG} (STORAGE_VERSION 'v1.5.0')`)
  try {
    await read(`COPY FROM DATABASE ${catalog} TO ${CATALOG}`)
  } finally {
    await read(`DETACH ${CATALOG}`)
  }
}

/** While a turn is held: no segment goes meanwhile. Throws `history.backup`. */
export const copySegments = async (
  { engine, segments }: { engine: Pick<Engine, 'read'>; segments: Pick<Segments, 'all'> },
  folder: string,
): Promise<void> => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (readdirSync(folder).length > 0) throw new Error('it is not empty.')
    for (const segment of [...segments.all]) {
      const to = join(folder, basename(segment.path))
      const isFinished = segment.isSealed && !existsSync(`${segment.path}.wal`)
      if (isFinished) linkOrCopy(segment.path, to)
      else await copySnapshot(engine, segment, to)
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NetscopeError('history.backup', { folder, reason }, { cause })
  }
}
