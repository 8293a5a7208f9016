/**
 * The journal: batches as they came in, on the disk before they are acknowledged. DuckDB takes them in large steps, for
 * a seventh of what small ones cost; after a crash what it lacks is read from here. A batch that it has already is known by
 * its agent, epoch and number, so the journal need not know how far DuckDB is: a file goes when all of it was taken.
 *
 * An entry: u32 length of what follows the header, u32 CRC-32 of that, u32 length of the JSON, u32 0; the JSON, which is the
 * batch without its records; the records. Little-endian.
 */
import { open, readFile, readdir, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { SentBatch } from './store-message.ts'

const HEADER_BYTES = 16
const FILE = /^(\d{8})\.journal$/

export interface Journal {
  /** The whole entries of all files, oldest first: what a crash cut off is left out, and was not acknowledged. */
  recover(): Promise<SentBatch[]>
  /** Resolves when the batches are on the disk; after an error none of them is. */
  append(batches: readonly SentBatch[]): Promise<void>
  /** DuckDB has so many more of them. */
  taken(batches: number): Promise<void>
  close(): Promise<void>
}

interface JournalFile {
  path: string
  /** Entries that DuckDB lacks. */
  left: number
}

const encode = ({ records, ...head }: SentBatch): Uint8Array[] => {
  const json = Buffer.from(JSON.stringify(head))
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(json.length + records.length, 0)
  header.writeUInt32LE(crc32(records, crc32(json)), 4)
  header.writeUInt32LE(json.length, 8)
  return [header, json, records]
}

/** The entry at `at` and where the next one begins; undefined when it is not whole. */
const decode = (bytes: Buffer, at: number): { batch: SentBatch; next: number } | undefined => {
  if (at + HEADER_BYTES > bytes.length) return undefined
  const [length, sum, jsonLength] = [0, 4, 8].map((offset) => bytes.readUInt32LE(at + offset))
  const begin = at + HEADER_BYTES
  const next = begin + length!
  const middle = begin + jsonLength!
  if (next > bytes.length || middle > next || crc32(bytes.subarray(begin, next)) !== sum)
    return undefined
  const head = JSON.parse(bytes.toString('utf8', begin, middle)) as Omit<SentBatch, 'records'>
  return { batch: { ...head, records: new Uint8Array(bytes.subarray(middle, next)) }, next }
}

const decodeAll = (bytes: Buffer): SentBatch[] => {
  const batches: SentBatch[] = []
  for (let entry = decode(bytes, 0); entry; entry = decode(bytes, entry.next))
    batches.push(entry.batch)
  return batches
}

/** A file of `fileBytes` is followed by the next one. */
export const createJournal = (folder: string, fileBytes: number): Journal => {
  /** Oldest first; the last one is written to. */
  const files: JournalFile[] = []
  let handle: FileHandle | undefined
  let size = 0
  let nextNumber = 1

  const begin = async (): Promise<FileHandle> => {
    await handle?.close()
    const path = join(folder, `${String(nextNumber++).padStart(8, '0')}.journal`)
    handle = await open(path, 'wx', 0o600)
    await syncFolder(folder)
    files.push({ path, left: 0 })
    size = 0
    return handle
  }

  const removeTaken = async (): Promise<void> => {
    while (files.length > 1 && files[0]!.left === 0) await rm(files.shift()!.path, { force: true })
  }

  return {
    async recover() {
      const batches: SentBatch[] = []
      const names = (await readdir(folder)).filter((name) => FILE.test(name)).toSorted()
      for (const name of names) {
        const found = decodeAll(await readFile(join(folder, name)))
        files.push({ path: join(folder, name), left: found.length })
        batches.push(...found)
        nextNumber = Number(FILE.exec(name)?.[1]) + 1
      }
      await begin()
      await removeTaken()
      return batches
    },
    async append(batches) {
      const to = handle && size < fileBytes ? handle : await begin()
      const parts = batches.flatMap(encode)
      const length = parts.reduce((sum, part) => sum + part.length, 0)
      try {
        await writeAll(to, parts, length)
        await to.datasync()
      } catch (error) {
        // What stands there now is not whole, and would end the file for who reads it.
        await to.truncate(size).catch(() => undefined)
        handle = undefined
        await to.close()
        throw error
      }
      size += length
      files.at(-1)!.left += batches.length
    },
    async taken(batches) {
      let count = batches
      for (const file of files) {
        const of = Math.min(count, file.left)
        file.left -= of
        count -= of
      }
      await removeTaken()
    },
    async close() {
      await handle?.close()
      handle = undefined
      if (files.every(({ left }) => left === 0))
        for (const { path } of files.splice(0)) await rm(path, { force: true })
    },
  }
}

const writeAll = async (to: FileHandle, parts: Uint8Array[], length: number): Promise<void> => {
  const { bytesWritten } = await to.writev(parts)
  if (bytesWritten !== length)
    throw new Error(`no space left: only ${bytesWritten} of ${length} bytes were written`)
}

/** So that the file is there after a power cut. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  await handle.sync()
  await handle.close()
}
