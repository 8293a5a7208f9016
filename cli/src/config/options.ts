/** The options of commands that take the configuration: --config, --mock, and one for each key. */
import { type Command, Option } from 'commander'
import type { ConfigFlags } from '@netscope/core/config/flags.ts'
import type { Key } from '@netscope/core/config/key.ts'
import { flagName, KEYS } from '@netscope/core/config/names.ts'
import { upConfig } from '@netscope/core/config/sections.ts'
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

const ALL_SECTIONS = Object.keys(upConfig)

/**
 * Adds them to `command`; `configFlagsOf` gets them back. The help leaves out what is not of `sections`,
 * but it is accepted: `netscope up` hands the same flags to both processes.
 */
export const addConfigOptions = (
  command: Command,
  sections: readonly string[] = ALL_SECTIONS,
): Command => {
  command.option(
    '--config <file>',
    'Configuration file (default: ./config.yaml, /etc/netscope/config.yaml)',
  )
  const mock = new Option(
    '--mock',
    'A made-up network instead of the kernel: short for --agent-source mock',
  )
  command.addOption(mock.hideHelp(!sections.includes('agent')))
  for (const [path, key] of KEYS) {
    command.addOption(keyOption(path, key).hideHelp(!sections.includes(sectionOf(path))))
    if (key.type === 'boolean')
      command.addOption(
        new Option(flagName(path).replace('--', '--no-'), 'The opposite').hideHelp(),
      )
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
