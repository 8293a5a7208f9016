/** Writes cpio archives of the "newc" format (the kernel's Documentation/driver-api/early-userspace/buffer-format.rst). */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

const FOLDER = 0o040755
const FILE = 0o100000

export interface Archive {
  folder(path: string): void
  file(path: string, bytes: Uint8Array | string, mode?: number): void
  /** A file or a folder with all that is in it, links followed. `path` is where it goes. */
  copy(from: string, path: string): void
  end(): Buffer
}

const padded = (bytes: Uint8Array): Uint8Array[] => [bytes, Buffer.alloc(-bytes.length & 3)]

/** Paths are those of the new root, with or without a slash at the front; folders above are made. */
export const createArchive = (): Archive => {
  const parts: Uint8Array[] = []
  const made = new Set(['.', '/'])
  let inode = 0

  const put = (path: string, mode: number, bytes: Uint8Array) => {
    const name = Buffer.from(`${path}\0`)
    const fields = [++inode, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length, 0]
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`
    parts.push(...padded(Buffer.concat([Buffer.from(header), name])), ...padded(bytes))
  }
  const folder = (path: string): void => {
    if (made.has(path)) return
    folder(dirname(path))
    made.add(path)
    put(path.replace(/^\//, ''), FOLDER, Buffer.alloc(0))
  }
  const file: Archive['file'] = (path, bytes, mode = 0o644) => {
    folder(dirname(path))
    put(path.replace(/^\//, ''), FILE | mode, Buffer.from(bytes))
  }
  const copy: Archive['copy'] = (from, path) => {
    const found = statSync(from)
    if (!found.isDirectory()) return file(path, readFileSync(from), found.mode & 0o777)
    for (const name of readdirSync(from)) copy(join(from, name), join(path, name))
  }
  return {
    folder,
    file,
    copy,
    end: () => {
      put('TRAILER!!!', 0, Buffer.alloc(0))
      return Buffer.concat(parts)
    },
  }
}
