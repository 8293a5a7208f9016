/** The three names of a key: `flows.tableSize`, NETSCOPE_FLOWS_TABLE_SIZE, --flows-table-size. */
import type { Key } from './key.ts'
import { upConfig } from './sections.ts'

const words = (path: string): string[] =>
  path.split('.').flatMap((part) =>
    part
      .replace(/[A-Z]/g, (letter) => `-${letter}`)
      .toLowerCase()
      .split('-'),
  )

export const envName = (path: string): string => `NETSCOPE_${words(path).join('_').toUpperCase()}`
export const flagName = (path: string): string => `--${words(path).join('-')}`

/** Every key by its path, in the order of the sections. */
export const KEYS: ReadonlyMap<string, Key> = new Map(
  Object.entries(upConfig).flatMap(([name, { properties }]) =>
    Object.entries<Key>(properties).map(([key, schema]): [string, Key] => [
      `${name}.${key}`,
      schema,
    ]),
  ),
)

export const PATH_BY_FLAG: ReadonlyMap<string, string> = new Map(
  [...KEYS.keys()].map((path) => [flagName(path), path]),
)
