/** What a backup says of itself, in its first file, and how its last file proves that all of it is there. */

export const MANIFEST = 'manifest.json'
/** As `sha256sum -c` reads it. */
export const SUMS = 'sha256sums'
/** Grows when an older version could not restore it. */
export const FORMAT = 1

export interface Manifest {
  format: number
  /** Version of the server that made it. */
  version: string
  /** Milliseconds since 1970. */
  createdAtMs: number
}

/** Files of the server's folder: plain names, at most one folder deep. */
const FILE_NAME = /^(?:history\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/

export const isFileName = (name: string): boolean => FILE_NAME.test(name)

export const sumLine = (hash: string, name: string): string => `${hash}  ${name}\n`

/** Name → SHA-256 in hex. */
export const readSums = (text: string): Map<string, string> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)] as const),
  )
