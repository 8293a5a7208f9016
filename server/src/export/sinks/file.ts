/** A file of JSON lines that is renamed when it is large or old: NAME, NAME.1, NAME.2 …, the highest number the oldest. */
import { constants } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { Type } from 'typebox'
import { sinkKind } from '../sink.ts'

const HOUR_MS = 3_600_000
const NEW_LINE = 10
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants

interface FileSettings {
  path: string
  maxMegabytes: number
  everyHours: number
  keep: number
  mode: '0600' | '0640'
}

interface OpenFile {
  handle: FileHandle
  inode: number
  size: number
  bornMs: number
}

const hasCode = (error: unknown, code: string): boolean =>
  (error as NodeJS.ErrnoException).code === code

/** What was torn by a crash is ended, so that the next line stands by itself. */
const endTornLine = async (handle: FileHandle, size: number): Promise<number> => {
  if (size === 0) return 0
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  if (buffer[0] === NEW_LINE) return size
  await handle.appendFile('\n')
  return size + 1
}

const openFile = async (path: string, mode: number): Promise<OpenFile> => {
  const flags = O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK
  const handle = await open(path, flags, mode)
  try {
    const found = await handle.stat()
    const { ino: inode, size, birthtimeMs } = found
    if (!found.isFile()) throw new Error(`${path} is no regular file`)
    // Not every file system knows it.
    const bornMs = birthtimeMs > 0 ? birthtimeMs : Date.now()
    // Whatever the umask, and whoever made it.
    if ((found.mode & 0o777) !== mode) await handle.chmod(mode)
    return { handle, inode, size: await endTornLine(handle, size), bornMs }
  } catch (error) {
    await handle.close()
    throw error
  }
}

const createRotation =
  ({ path, keep }: FileSettings) =>
  async (): Promise<void> => {
    const nameOf = (number: number): string => (number === 0 ? path : `${path}.${number}`)
    if (keep === 0) return rm(path, { force: true })
    for (let number = keep - 1; number >= 0; number--)
      await rename(nameOf(number), nameOf(number + 1)).catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT')) throw error
      })
  }

const createFileSink = (settings: FileSettings, now: () => number) => {
  const { path, maxMegabytes, everyHours, mode } = settings
  const rotate = createRotation(settings)
  const periodMs = everyHours * HOUR_MS
  let file: OpenFile | undefined

  const close = async (): Promise<void> => {
    const closing = file
    file = undefined
    await closing?.handle.close()
  }

  /** Somebody else may have renamed or removed it. */
  const isStillThere = async ({ inode }: OpenFile): Promise<boolean> => {
    try {
      return (await stat(path)).ino === inode
    } catch {
      return false
    }
  }

  const isDue = ({ size, bornMs }: OpenFile, more: number): boolean => {
    if (size === 0) return false
    if (size + more > maxMegabytes * 1e6) return true
    // By the clock, at midnight UTC for 24, so that a restart changes nothing.
    return periodMs > 0 && Math.floor(bornMs / periodMs) !== Math.floor(now() / periodMs)
  }

  const ready = async (more: number): Promise<OpenFile> => {
    if (file && !(await isStillThere(file))) await close()
    file ??= await openFile(path, Number.parseInt(mode, 8))
    if (!isDue(file, more)) return file
    await close()
    await rotate()
    file = await openFile(path, Number.parseInt(mode, 8))
    return file
  }

  return {
    close,
    async write(text: Buffer): Promise<void> {
      const to = await ready(text.length)
      try {
        await to.handle.appendFile(text)
        to.size += text.length
      } catch (error) {
        // A full disk takes a part; the whole comes again.
        await to.handle.truncate(to.size).catch(() => undefined)
        await close()
        throw error
      }
    },
  }
}

export const fileSink = sinkKind({
  kind: 'file',
  description: 'A file of JSON lines, rotated by size and age.',
  settings: Type.Object({
    path: Type.String({ minLength: 1, maxLength: 1000, description: 'Absolute.' }),
    maxMegabytes: Type.Integer({
      ...{ minimum: 1, maximum: 100_000, default: 100 },
      description: 'Larger than that, the file is renamed and a new one begun.',
    }),
    everyHours: Type.Integer({
      ...{ minimum: 0, maximum: 8784, default: 24 },
      description: 'Renamed so often, by the clock; 24 is at midnight UTC, 0 never.',
    }),
    keep: Type.Integer({
      ...{ minimum: 0, maximum: 1000, default: 7 },
      description: 'Renamed files that are kept.',
    }),
    mode: Type.Enum(['0600', '0640'], { default: '0640', description: 'Who may read it.' }),
  }),
  secrets: [],
  gatherMs: 100,
  batch: { lines: 4096, bytes: 4_000_000 },
  problemOf: ({ path }) => (isAbsolute(path) ? undefined : 'path must begin with /'),
  targetOf: ({ path }) => path,
  open(settings, { now }) {
    const file = createFileSink(settings, now)
    return {
      close: file.close,
      async send({ lines }) {
        await file.write(Buffer.from(lines.map(({ text }) => `${text}\n`).join('')))
        return { kind: 'sent' }
      },
    }
  },
})
