/** `netscope config`: check, show and explain the configuration. */
import { type Command, Option } from 'commander'
import { addConfigOptions, configFlagsOf } from './options.ts'

const check = async (file: string | undefined, command: Command): Promise<void> => {
  const { loadConfig } = await import('@netscope/core/config/load-config.ts')
  const { systemInputs } = await import('./inputs.ts')
  const flags = configFlagsOf(command)
  const inputs = {
    process: 'up',
    ...systemInputs(),
    ...flags,
    ...(file !== undefined && { file }),
  } as const
  const loaded = await loadConfig(inputs)
  const set = Object.values(loaded.sources).filter(({ from }) => from !== 'default').length
  for (const warning of loaded.warnings) console.error(`netscope: warning: ${warning}`)
  console.log(`${loaded.file ?? 'no file, defaults'}: ok (${set} set, the rest by default)`)
}

const show = async (format: string, command: Command): Promise<void> => {
  const { loadConfig } = await import('@netscope/core/config/load-config.ts')
  const { showJson, showYaml } = await import('@netscope/core/config/show.ts')
  const { systemInputs } = await import('./inputs.ts')
  const loaded = await loadConfig({ process: 'up', ...systemInputs(), ...configFlagsOf(command) })
  for (const warning of loaded.warnings) console.error(`netscope: warning: ${warning}`)
  console.log(format === 'json' ? showJson(loaded) : showYaml(loaded))
}

const docs = async (format: string): Promise<void> => {
  const reference = await import('@netscope/core/config/reference.ts')
  const write = {
    markdown: reference.markdown,
    schema: reference.jsonSchema,
    yaml: reference.exampleYaml,
  }
  process.stdout.write(write[format as keyof typeof write]())
}

export const registerConfig = (program: Command): void => {
  const config = program.command('config').description('Check, show and explain the configuration')
  addConfigOptions(
    config
      .command('check')
      .argument('[file]', 'File to check instead of the one that would be found')
      .description('Name everything that is wrong: where, what was found, what is allowed'),
  ).action((file: string | undefined, _options, command: Command) => check(file, command))
  addConfigOptions(
    config
      .command('show')
      .description('Print every value and where it comes from; secrets are masked')
      .addOption(
        new Option('--format <format>', 'How to print it')
          .choices(['yaml', 'json'])
          .default('yaml'),
      ),
  ).action(({ format }: { format: string }, command: Command) => show(format, command))
  config
    .command('docs')
    .description('Print the reference of all keys, the JSON Schema for editors, or an example file')
    .addOption(
      new Option('--format <format>').choices(['markdown', 'schema', 'yaml']).default('markdown'),
    )
    .action(({ format }: { format: string }) => docs(format))
}
