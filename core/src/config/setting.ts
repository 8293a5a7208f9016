/** Settings of each layer: defaults, environment, flags; the file's come from yaml-file.ts. */
import { resolve } from 'node:path'
import type { ConfigProblem } from './config-error.ts'
import type { Key } from './key.ts'
import type { LoadInputs, Source } from './load-config.ts'
import { envName, flagName, KEYS } from './names.ts'
import { PROCESS_SECTIONS, type ProcessName } from './sections.ts'
import { parseText } from './value.ts'

export interface Setting extends Source {
  path: string
  value: unknown
  /** Folder that a relative path starts from. */
  base: string
}

/** The keys that a process takes; those of the others are only checked for being known. */
export const keysOf = (process: ProcessName): [string, Key][] =>
  [...KEYS].filter(([path]) => path.slice(0, path.indexOf('.')) in PROCESS_SECTIONS[process])

/** A host name as `agent.name` takes it; the kernel allows any bytes in it. */
const cleanHostname = (hostname: string): string =>
  hostname.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 253) || 'localhost'

export const defaultSettings = (inputs: LoadInputs, base: string): Setting[] => {
  const runDir = inputs.env['NETSCOPE_RUN_DIR']
  const computed: Readonly<Record<string, string>> = {
    'agent.name': cleanHostname(inputs.hostname),
    ...(runDir && { 'uplink.socket': resolve(inputs.cwd, runDir, 'uplink.sock') }),
  }
  return keysOf(inputs.process).map(([path, key]) => {
    const value = computed[path] ?? structuredClone(key.default)
    return { path, value, base, from: 'default', place: 'default' }
  })
}

export const envSettings = (inputs: LoadInputs, problems: ConfigProblem[]): Setting[] =>
  keysOf(inputs.process).flatMap(([path, key]) => envSetting(path, key, inputs, problems) ?? [])

/**
 * What the environment says of one key. An empty variable counts as absent, as `docker compose` passes
 * what is not set; a secret may come from the file that NAME_FILE names.
 */
export const envSetting = (
  path: string,
  key: Key,
  inputs: Pick<LoadInputs, 'env' | 'cwd' | 'readFile'>,
  problems: ConfigProblem[],
): Setting | undefined => {
  const ours = envName(path)
  const isSet = inputs.env[ours] || inputs.env[`${ours}_FILE`]
  const name = isSet ? ours : (key.alias ?? ours)
  const text = inputs.env[name]
  const setting = { path, from: 'env', base: inputs.cwd } as const
  if (text) return { ...setting, value: parseText(text, key), place: name }
  const file = key.secret && inputs.env[`${name}_FILE`]
  if (!file) return undefined
  const place = `${name}_FILE`
  try {
    const secret = inputs.readFile(resolve(inputs.cwd, file)).replace(/\r?\n$/, '')
    return { ...setting, value: parseText(secret, key), place }
  } catch (error) {
    const message = `the secret can't be read: ${(error as Error).message}`
    problems.push({ place, path, message, found: file, remedy: 'Name a readable file.' })
    return undefined
  }
}

export const flagSettings = (inputs: LoadInputs): Setting[] =>
  keysOf(inputs.process).flatMap(([path, key]): Setting[] => {
    const text = inputs.flags?.[path]
    if (text === undefined) return []
    const value = parseText(text, key)
    return [{ path, value, from: 'flag', place: flagName(path), base: inputs.cwd }]
  })
