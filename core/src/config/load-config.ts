/** Loads the configuration: default < YAML < environment < flag, and says where each value came from. */
import { dirname, join, resolve } from 'node:path'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import type { Key } from './key.ts'
import { envName, flagName, KEYS } from './names.ts'
import { CHECKS, PROCESS_SECTIONS, type ProcessConfigs, type ProcessName } from './sections.ts'
import { suggest } from './suggest.ts'
import { describeAllowed, describeFound, fits, parseText } from './value.ts'
import { parseYamlFile } from './yaml-file.ts'

export interface LoadInputs<P extends ProcessName = ProcessName> {
  /** Whose sections to check and return: `up` (all), `agent` or `server`. */
  process: P
  /** Configuration file of `--config`; it must exist. */
  file?: string
  /** Values of flags by path (`server.port`), as `parseConfigFlags` gives them. */
  flags?: Readonly<Record<string, string>>
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  hostname: string
  /** Text of a file; throws as `readFileSync` does. */
  readFile(path: string): string
}

export interface Source {
  from: 'default' | 'file' | 'env' | 'flag'
  /** `default`, `config.yaml:3`, `NETSCOPE_SERVER_PORT` or `--server-port`. */
  place: string
}

export interface Loaded<C> {
  config: C
  sources: Readonly<Record<string, Source>>
  /** The file that was read, if there was one. */
  file?: string
  warnings: readonly string[]
}

interface Setting extends Source {
  path: string
  value: unknown
  /** Folder that a relative path starts from. */
  base: string
}

/** Looked for in this order when neither --config nor NETSCOPE_CONFIG names one. */
export const DEFAULT_FILES = ['config.yaml', '/etc/netscope/config.yaml']

/** The checked configuration of a process; throws ConfigError with every problem that there is. */
export const loadConfig = async <P extends ProcessName>(
  inputs: LoadInputs<P>,
): Promise<Loaded<ProcessConfigs[P]>> => {
  const problems: ConfigProblem[] = []
  const found = findFile(inputs, problems)
  const base = found ? dirname(resolve(inputs.cwd, found.name)) : inputs.cwd
  const settings = [
    ...defaultSettings(inputs, base),
    ...(found ? await fileSettings(found, base, problems) : []),
    ...envSettings(inputs, problems),
    ...flagSettings(inputs),
  ]
  const effective = new Map<string, Setting>()
  for (const setting of settings) {
    if (checkSetting(setting, problems)) effective.set(setting.path, withAbsolutePath(setting))
  }
  for (const setting of effective.values()) runCheck(setting, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    ...assemble(inputs.process, effective),
    ...(found && { file: found.name }),
    warnings: envWarnings(inputs.env),
  }
}

const findFile = (inputs: LoadInputs, problems: ConfigProblem[]) => {
  const named = inputs.file ?? (inputs.env['NETSCOPE_CONFIG'] || undefined)
  for (const name of named === undefined ? DEFAULT_FILES : [named]) {
    try {
      return { name, text: inputs.readFile(resolve(inputs.cwd, name)) }
    } catch (error) {
      const absent = (error as { code?: unknown }).code === 'ENOENT'
      if (absent && named === undefined) continue
      const why = absent ? 'there is no such file' : `it can't be read (${String((error as Error).message)})`
      const place = inputs.file === undefined ? (named === undefined ? name : 'NETSCOPE_CONFIG') : '--config'
      problems.push({ place, path: '', message: why, found: name, remedy: 'Name a readable file.' })
    }
  }
  return undefined
}

/** The keys that this process takes; those of the others are only checked for being known. */
const keysOf = (process: ProcessName): [string, Key][] =>
  [...KEYS].filter(([path]) => path.slice(0, path.indexOf('.')) in PROCESS_SECTIONS[process])

const defaultSettings = (inputs: LoadInputs, base: string): Setting[] => {
  const runDir = inputs.env['NETSCOPE_RUN_DIR'] || join('data', 'run')
  const computed: Record<string, unknown> = {
    'agent.name': inputs.hostname,
    'uplink.socket': join(runDir, 'uplink.sock'),
  }
  return keysOf(inputs.process).map(([path, key]) => {
    const value = computed[path] ?? structuredClone(key.default)
    return { path, value, base, from: 'default', place: 'default' }
  })
}

const fileSettings = async (
  file: { name: string; text: string },
  base: string,
  problems: ConfigProblem[],
): Promise<Setting[]> => {
  const parsed = await parseYamlFile(file.name, file.text)
  problems.push(...parsed.problems)
  return parsed.settings.map((setting) => ({ ...setting, base, from: 'file' }))
}

const envSettings = (inputs: LoadInputs, problems: ConfigProblem[]): Setting[] =>
  keysOf(inputs.process).flatMap(([path, key]): Setting[] => {
    const name = envName(path)
    const text = inputs.env[name]
    const setting = { path, from: 'env', base: inputs.cwd } as const
    if (text !== undefined) return [{ ...setting, value: parseText(text, key), place: name }]
    const file = key.secret && inputs.env[`${name}_FILE`]
    if (!file) return []
    try {
      const secret = inputs.readFile(resolve(inputs.cwd, file)).replace(/\r?\n$/, '')
      return [{ ...setting, value: parseText(secret, key), place: `${name}_FILE` }]
    } catch (error) {
      const message = `can't read the secret: ${String((error as Error).message)}`
      problems.push({ place: `${name}_FILE`, path, message, found: file })
      return []
    }
  })

const flagSettings = (inputs: LoadInputs): Setting[] =>
  keysOf(inputs.process).flatMap(([path, key]): Setting[] => {
    const text = inputs.flags?.[path]
    if (text === undefined) return []
    const value = parseText(text, key)
    return [{ path, value, from: 'flag', place: flagName(path), base: inputs.cwd }]
  })

const checkSetting = ({ path, value, place }: Setting, problems: ConfigProblem[]): boolean => {
  const key = KEYS.get(path)!
  if (fits(value, key)) return true
  problems.push({
    place,
    path,
    message: 'wrong value',
    found: key.secret ? '(secret)' : describeFound(value),
    allowed: describeAllowed(key),
  })
  return false
}

const withAbsolutePath = (setting: Setting): Setting => {
  const key = KEYS.get(setting.path)!
  if (!('isPath' in key) || typeof setting.value !== 'string' || setting.value === '') return setting
  return { ...setting, value: resolve(setting.base, setting.value) }
}

const runCheck = ({ path, value, place }: Setting, problems: ConfigProblem[]): void => {
  const remedy = CHECKS[path]?.(value as never)
  if (remedy === undefined) return
  const allowed = describeAllowed(KEYS.get(path)!)
  problems.push({ place, path, message: 'wrong value', found: describeFound(value), allowed, remedy })
}

const assemble = <P extends ProcessName>(process: P, settings: Map<string, Setting>) => {
  const config: Record<string, Record<string, unknown>> = {}
  const sources: Record<string, Source> = {}
  for (const [path] of keysOf(process)) {
    const [section = '', name = ''] = path.split('.')
    const { value, from, place } = settings.get(path)!
    config[section] = { ...config[section], [name]: value }
    sources[path] = { from, place }
  }
  return { config: config as unknown as ProcessConfigs[P], sources }
}

/**
 * Names in the environment that look like a key of ours but are none. Only a warning: Kubernetes sets
 * NETSCOPE_SERVER_PORT_8086_TCP and the like for a service of that name.
 */
const envWarnings = (env: LoadInputs['env']): string[] => {
  const known = [...KEYS.keys()].map(envName)
  const isOurs = (name: string) =>
    known.includes(name) || known.includes(name.replace(/_FILE$/, '')) || !/^NETSCOPE_[A-Z]+_/.test(name)
  return Object.keys(env)
    .filter((name) => name.startsWith('NETSCOPE_') && name !== 'NETSCOPE_RUN_DIR' && !isOurs(name))
    .flatMap((name) => {
      const meant = suggest(name, known)
      return meant === undefined ? [] : [`${name} is not a setting: did you mean ${meant}?`]
    })
}
