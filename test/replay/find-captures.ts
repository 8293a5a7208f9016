/** Finds captures in a folder. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The captures with known results that lie beside the repository. */
export const SHARED_CAPTURES = fileURLToPath(new URL('../../../shared/pcaps', import.meta.url))

/** Paths within `folder`, in order. */
export const findCaptures = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(pcap|pcapng|cap)(\.gz)?$/.test(path))
    .toSorted()
