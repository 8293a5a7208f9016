/** Reads a YAML file that declares a list of things (feeds, channels, policies), each entry with its place. */
import { readFile } from 'node:fs/promises'
import { parseDeclared } from '@netscope/core/config/parse-declared.ts'
import type { DeclaredFile } from '@netscope/core/config/parse-declared.ts'

/** The entries under `key`, the only one of the file. Never rejects: what is wrong is among the problems. */
export const readDeclaredFile = async (path: string, key: string): Promise<DeclaredFile> => {
  try {
    return await parseDeclared(path, await readFile(path, 'utf8'), key)
  } catch (error) {
    return { entries: [], problems: [`${path}: it cannot be read: ${(error as Error).message}`] }
  }
}
