/** A database in MaxMind's format: MMDB, read into memory as a whole (some 8 MB), answers without decoding the rest. */
import { readFile } from 'node:fs/promises'
import { Reader } from 'mmdb-lib'
import type { Response } from 'mmdb-lib'

export interface MmdbFile {
  /** ms since 1970. */
  builtAtMs: number
  /** undefined: it says nothing about the address. */
  get(ip: string): Readonly<Record<string, unknown>> | undefined
}

/** Throws where the file is missing or of another kind. */
export const openMmdb = async (path: string): Promise<MmdbFile> => {
  const reader = new Reader<Response>(await readFile(path))
  return {
    builtAtMs: reader.metadata.buildEpoch.getTime(),
    get(ip) {
      const found: unknown = reader.get(ip)
      return typeof found === 'object' && found !== null
        ? (found as Record<string, unknown>)
        : undefined
    },
  }
}
