/** An append-only file of JSON lines; all that is appended while a write is under way shares the next one. */
import { open, type FileHandle } from 'node:fs/promises'

export interface Journal {
  /** Resolves when the lines are on the disk (fdatasync); rejects when they are not. */
  append(lines: string): Promise<void>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  bytes(): number
  close(): Promise<void>
}

interface Waiting {
  lines: string
  resolve(): void
  reject(error: unknown): void
}

/** Opens or creates the file and cuts it to `length` bytes: what a torn write left is gone. */
export const openJournal = async (path: string, length: number): Promise<Journal> => {
  const file = await open(path, 'a', 0o600)
  await file.truncate(length)
  await file.datasync()
  return createJournal(file, length)
}

const createJournal = (file: FileHandle, length: number): Journal => {
  let bytes = length
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  const writeOnce = async (batch: Waiting[]): Promise<void> => {
    const data = Buffer.from(batch.map(({ lines }) => lines).join(''))
    try {
      for (let at = 0; at < data.length;) at += (await file.write(data, at)).bytesWritten
      await file.datasync()
      bytes += data.length
      for (const { resolve } of batch) resolve()
    } catch (error) {
      // Half a line must not stand before the next one.
      await file.truncate(bytes).catch(() => undefined)
      for (const { reject } of batch) reject(error)
    }
  }

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await writeOnce(batch)
    }
    writing = undefined
  }

  return {
    append: (lines) =>
      new Promise((resolve, reject) => {
        waiting.push({ lines, resolve, reject })
        writing ??= writeAll()
      }),
    idle: async () => {
      await writing
    },
    bytes: () => bytes,
    close: async () => {
      await writing
      await file.close()
    },
  }
}
