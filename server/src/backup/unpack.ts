/** Puts the files of a backup into a folder, and proves that all of them are there and whole. */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'
import { FORMAT, isFileName, MANIFEST, readSums, SUMS, type Manifest } from './manifest.ts'
import { BLOCK, paddingOf, readHeader, type TarEntry } from './tar.ts'

const CHUNK = 1 << 20
/** Manifest and checksums are read whole. */
const MOST_TEXT = 1 << 20

const readWhole = async (file: FileHandle, at: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled)
    if (bytesRead === 0) throw new Error('it ends too early')
    filled += bytesRead
  }
  return buffer
}

const textOf = async (file: FileHandle, at: number, { name, size }: TarEntry): Promise<string> => {
  if (size > MOST_TEXT) throw new Error(`${name} is too large`)
  return (await readWhole(file, at, size)).toString('utf8')
}

/** The SHA-256 of what was written. */
const copyOut = async (file: FileHandle, at: number, size: number, to: string): Promise<string> => {
  const hash = createHash('sha256')
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  // Never over what is there: a name that comes twice is an error.
  const target = await open(to, 'wx', 0o600)
  try {
    for (let done = 0; done < size; done += CHUNK) {
      const bytes = await readWhole(file, at + done, Math.min(CHUNK, size - done))
      hash.update(bytes)
      await target.write(bytes)
    }
    await target.sync()
  } finally {
    await target.close()
  }
  return hash.digest('hex')
}

const checkManifest = (text: string): Manifest => {
  const manifest = JSON.parse(text) as Partial<Manifest>
  const { format, version, createdAtMs } = manifest
  if (typeof format !== 'number' || typeof version !== 'string' || typeof createdAtMs !== 'number')
    throw new Error('its manifest is none')
  if (format > FORMAT) throw new NetscopeError('backup.newer', { version })
  return { format, version, createdAtMs }
}

const checkSums = (text: string, found: ReadonlyMap<string, string>): void => {
  const sums = readSums(text)
  for (const [name, hash] of sums)
    if (found.get(name) !== hash) throw new Error(`${name} is missing or damaged`)
  for (const name of found.keys()) if (!sums.has(name)) throw new Error(`${name} has no checksum`)
}

const unpackAll = async (file: FileHandle, folder: string): Promise<Manifest> => {
  const found = new Map<string, string>()
  let manifest: Manifest | undefined
  let hasSums = false
  for (let at = 0; !hasSums;) {
    const entry = readHeader(await readWhole(file, at, BLOCK))
    if (!entry) throw new Error('its checksums are missing')
    const { name, size } = entry
    const content = at + BLOCK
    if (!manifest && name !== MANIFEST) throw new Error('it does not begin with a manifest')
    if (name === SUMS) {
      checkSums(await textOf(file, content, entry), found)
      hasSums = true
    } else {
      if (!isFileName(name)) throw new Error(`${JSON.stringify(name)} is no file of a backup`)
      if (name === MANIFEST) manifest = checkManifest(await textOf(file, content, entry))
      found.set(name, await copyOut(file, content, size, join(folder, name)))
    }
    at = content + size + paddingOf(size)
  }
  return manifest as Manifest
}

/** Throws `backup.damaged` or `backup.newer`; what is in the folder then is of no use. */
export const unpack = async (path: string, folder: string): Promise<Manifest> => {
  let file: FileHandle | undefined
  try {
    file = await open(path)
    return await unpackAll(file, folder)
  } catch (cause) {
    if (cause instanceof NetscopeError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NetscopeError('backup.damaged', { file: path, reason }, { cause })
  } finally {
    await file?.close()
  }
}
