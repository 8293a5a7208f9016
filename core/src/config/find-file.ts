/** Which configuration file is read. */
import { resolve } from 'node:path'
import type { ConfigProblem } from './config-error.ts'
import type { LoadInputs } from './load-config.ts'

/** Looked for in this order when neither --config nor NETSCOPE_CONFIG names one. */
const DEFAULT_FILES = ['config.yaml', '/etc/netscope/config.yaml']

export interface FoundFile {
  /** As it was named. */
  name: string
  text: string
}

/** The file to read, if there is one; one that was named but can't be read is a problem. */
export const findFile = (inputs: LoadInputs, problems: ConfigProblem[]): FoundFile | undefined => {
  const named = inputs.file ?? (inputs.env['NETSCOPE_CONFIG'] || undefined)
  const place = inputs.file === undefined ? 'NETSCOPE_CONFIG' : '--config'
  for (const name of named === undefined ? DEFAULT_FILES : [named]) {
    try {
      return { name, text: inputs.readFile(resolve(inputs.cwd, name)) }
    } catch (error) {
      const isAbsent = (error as { code?: unknown }).code === 'ENOENT'
      if (isAbsent && named === undefined) continue
      problems.push(unreadable(named === undefined ? name : place, name, isAbsent, error))
      return undefined
    }
  }
  return undefined
}

const unreadable = (
  place: string,
  found: string,
  isAbsent: boolean,
  error: unknown,
): ConfigProblem => {
  const message = isAbsent
    ? 'there is no such file'
    : `it can't be read: ${(error as Error).message}`
  return { place, path: '', message, found, remedy: 'Name a readable YAML file.' }
}
