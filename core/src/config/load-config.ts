/** Loads the configuration: default < YAML < environment < flag, and says where each value came from. */
import { dirname, resolve } from 'node:path'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { envWarnings } from './env-warnings.ts'
import { findFile } from './find-file.ts'
import type { Key } from './key.ts'
import { KEYS } from './names.ts'
import { CHECKS, type ProcessConfigs, type ProcessName } from './sections.ts'
import { defaultSettings, envSettings, flagSettings, keysOf, type Setting } from './setting.ts'
import { describeAllowed, describeFound, fits } from './value.ts'
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
  /** By path, such as `server.port`. */
  sources: Readonly<Record<string, Source>>
  /** The file that was read, if there was one. */
  file?: string
  warnings: readonly string[]
}

/** The checked configuration of a process; throws ConfigError with every problem that there is. */
export const loadConfig = async <P extends ProcessName>(
  inputs: LoadInputs<P>,
): Promise<Loaded<ProcessConfigs[P]>> => {
  const problems: ConfigProblem[] = []
  const found = findFile(inputs, problems)
  const base = found ? dirname(resolve(inputs.cwd, found.name)) : inputs.cwd
  const parsed = found
    ? await parseYamlFile(found.name, found.text)
    : { settings: [], problems: [] }
  problems.push(...parsed.problems)
  const effective = overlay(
    new Map(keysOf(inputs.process)),
    [
      ...defaultSettings(inputs, base),
      ...parsed.settings.map((setting): Setting => ({ ...setting, base, from: 'file' })),
      ...envSettings(inputs, problems),
      ...flagSettings(inputs),
    ],
    problems,
  )
  for (const setting of effective.values()) runCheck(setting, problems)
  if (problems.length > 0) throw new ConfigError(problems.toSorted(byLine))
  return {
    ...assemble(inputs.process, effective),
    ...(found && { file: found.name }),
    warnings: envWarnings(inputs.env),
  }
}

/** The last setting of each of `keys` that fits; every one that does not is a problem, overridden or not. */
const overlay = (
  keys: ReadonlyMap<string, Key>,
  settings: readonly Setting[],
  problems: ConfigProblem[],
): Map<string, Setting> => {
  const effective = new Map<string, Setting>()
  for (const setting of settings) {
    const key = keys.get(setting.path)
    if (key && fitsSchema(setting, key, problems)) {
      effective.set(setting.path, withAbsolutePath(setting, key))
    }
  }
  return effective
}

const fitsSchema = (
  { path, value, place }: Setting,
  key: Key,
  problems: ConfigProblem[],
): boolean => {
  if (fits(value, key)) return true
  const found = key.secret ? '(secret, not shown)' : describeFound(value)
  problems.push({ place, path, message: 'wrong value', found, allowed: describeAllowed(key) })
  return false
}

const withAbsolutePath = (setting: Setting, key: Key): Setting => {
  const isPath = key.type === 'string' && 'isPath' in key && setting.value !== ''
  return isPath ? { ...setting, value: resolve(setting.base, String(setting.value)) } : setting
}

const runCheck = ({ path, value, place }: Setting, problems: ConfigProblem[]): void => {
  const key = KEYS.get(path)
  const remedy = CHECKS[path]?.(value as never)
  if (!key || remedy === undefined) return
  const found = key.secret ? '(secret, not shown)' : describeFound(value)
  problems.push({
    place,
    path,
    message: 'wrong value',
    found,
    allowed: describeAllowed(key),
    remedy,
  })
}

const lineOf = ({ place }: ConfigProblem): number => Number(/:(\d+)$/.exec(place)?.[1] ?? Infinity)

/** Problems of the file in its order, then those of environment and flags as they were found. */
const byLine = (a: ConfigProblem, b: ConfigProblem): number => {
  const [x, y] = [lineOf(a), lineOf(b)]
  return x === y ? 0 : x - y
}

const assemble = <P extends ProcessName>(process: P, settings: ReadonlyMap<string, Setting>) => {
  const config: Record<string, Record<string, unknown>> = {}
  const sources: Record<string, Source> = {}
  for (const [path] of keysOf(process)) {
    const setting = settings.get(path)
    const [section = '', name = ''] = path.split('.')
    if (!setting) continue
    config[section] = { ...config[section], [name]: setting.value }
    sources[path] = { from: setting.from, place: setting.place }
  }
  return { config: config as unknown as ProcessConfigs[P], sources }
}
