/** The options of commands that take the configuration: --config, --mock, and one for each key. */
import { type Command, Option } from 'commander'
import type { ConfigFlags } from '@netscope/core/config/flags.ts'
import type { Key } from '@netscope/core/config/key.ts'
import { flagName, KEYS } from '@netscope/core/config/names.ts'
import { PROCESS_SECTIONS, type ProcessName } from '@netscope/core/config/sections.ts'
import { describeDefault } from '@netscope/core/config/value.ts'

const VALUE_NAMES = { integer: '<number>', boolean: '', string: '<text>', array: '<list>' } as const

const valueName = (key: Key): string => {
  if (key.type === 'string' && 'enum' in key) return `<${key.enum.join('|')}>`
  return key.type === 'string' && key.isPath ? '<path>' : VALUE_NAMES[key.type]
}

const sectionOf = (path: string): string => path.slice(0, path.indexOf('.'))

const keyOption = (path: string, key: Key): Option =>
  new Option(
    `${flagName(path)} ${valueName(key)}`.trim(),
    `${key.description} (default: ${describeDefault(key)})`,
  ).helpGroup(`Settings of ${sectionOf(path)}:`)

const pathOfOption = new Map(
  [...KEYS].map(([path, key]) => [keyOption(path, key).attributeName(), path]),
)

/**
 * Adds them to `command`; `configFlagsOf` gets them back. The help leaves out what `process` does not
 * use, but it is accepted: `netscope up` hands the same flags to both.
 */
export const addConfigOptions = (command: Command, process: ProcessName = 'up'): Command => {
  command.option(
    '--config <file>',
    'Configuration file (default: ./config.yaml, /etc/netscope/config.yaml)',
  )
  command.option('--mock', 'A made-up network instead of the kernel: short for --agent-source mock')
  for (const [path, key] of KEYS) {
    const isUsed = sectionOf(path) in PROCESS_SECTIONS[process]
    command.addOption(keyOption(path, key).hideHelp(!isUsed))
  }
  return command
}

/** What the command line of `command` sets. */
export const configFlagsOf = (command: Command): ConfigFlags => {
  const options = command.opts<Record<string, string | boolean | undefined>>()
  const flags: Record<string, string> = options['mock'] ? { 'agent.source': 'mock' } : {}
  for (const [name, path] of pathOfOption) {
    const value = options[name]
    if (value !== undefined) flags[path] = String(value)
  }
  return { ...(options['config'] !== undefined && { file: String(options['config']) }), flags }
}
