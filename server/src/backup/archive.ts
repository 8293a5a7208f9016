/** Files as one tar archive that ends with their checksums, read as it is sent. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { sumLine, SUMS } from './manifest.ts'
import { BLOCK, headerOf, paddingOf } from './tar.ts'

export interface ArchivedFile {
  /** In the archive. */
  name: string
  path: string
  /** Bytes; the file does not change meanwhile. */
  size: number
}

const SUM_CHARACTERS = 64 + 2 + 1

/** Bytes of the archive of `files`. */
export const archiveBytes = (files: readonly Pick<ArchivedFile, 'name' | 'size'>[]): number => {
  const sums = files.reduce((sum, { name }) => sum + SUM_CHARACTERS + name.length, 0)
  const sizes = [...files.map(({ size }) => size), sums]
  return sizes.reduce((sum, size) => sum + BLOCK + size + paddingOf(size), 2 * BLOCK)
}

export async function* archive(
  files: readonly ArchivedFile[],
  nowMs: number,
): AsyncGenerator<Buffer> {
  let sums = ''
  for (const { name, path, size } of files) {
    yield headerOf(name, size, nowMs)
    const hash = createHash('sha256')
    if (size > 0) {
      for await (const bytes of createReadStream(path, { end: size - 1 })) {
        hash.update(bytes as Buffer)
        yield bytes as Buffer
      }
    }
    yield Buffer.alloc(paddingOf(size))
    sums += sumLine(hash.digest('hex'), name)
  }
  yield headerOf(SUMS, sums.length, nowMs)
  yield Buffer.from(sums)
  yield Buffer.alloc(paddingOf(sums.length) + 2 * BLOCK)
}
