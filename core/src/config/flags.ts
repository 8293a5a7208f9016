/** Command-line flags of the configuration, shared by the CLI and the processes of agent and server. */
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { KEYS, PATH_BY_FLAG } from './names.ts'
import { suggest } from './suggest.ts'

export interface ConfigFlags {
  /** Of `--config FILE`. */
  file?: string
  /** Text by path, such as { 'server.port': '8086' }. */
  flags: Record<string, string>
}

/** Short ways to write common flags. */
const ALIASES: ReadonlyMap<string, { path: string; value: string }> = new Map([
  ['--mock', { path: 'agent.source', value: 'mock' }],
])

const CONFIG = '--config'

/** The flags in `argv` (without node and script); throws ConfigError on whatever is not a flag of ours. */
export const parseConfigFlags = (argv: readonly string[]): ConfigFlags => {
  const result: ConfigFlags = { flags: {} }
  const problems: ConfigProblem[] = []
  for (let i = 0; i < argv.length; i++) {
    const [name, inline] = splitFlag(argv[i] ?? '')
    const path = PATH_BY_FLAG.get(name)
    const alias = ALIASES.get(name)
    if (alias && inline === undefined) result.flags[alias.path] = alias.value
    else if (path === undefined && name !== CONFIG) problems.push(unknownFlag(name))
    else {
      const isSwitch = path !== undefined && KEYS.get(path)?.type === 'boolean'
      const value = inline ?? (isSwitch ? 'true' : argv[++i])
      if (value === undefined) problems.push({ place: name, path: '', message: 'needs a value' })
      else if (path === undefined) result.file = value
      else result.flags[path] = value
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return result
}

/** The arguments that `parseConfigFlags` reads back as `flags`. */
export const formatConfigFlags = ({ file, flags }: ConfigFlags): string[] => [
  ...(file === undefined ? [] : [`${CONFIG}=${file}`]),
  ...[...PATH_BY_FLAG].flatMap(([name, path]) =>
    flags[path] === undefined ? [] : [`${name}=${flags[path]}`],
  ),
]

const splitFlag = (argument: string): [string, string?] => {
  const equals = argument.indexOf('=')
  return equals < 0 ? [argument] : [argument.slice(0, equals), argument.slice(equals + 1)]
}

const unknownFlag = (name: string): ConfigProblem => {
  const meant = suggest(name, [...PATH_BY_FLAG.keys(), CONFIG, ...ALIASES.keys()])
  const remedy = meant === undefined ? 'see `netscope config docs`' : `did you mean ${meant}?`
  return { place: name, path: '', message: 'unknown flag', remedy }
}
