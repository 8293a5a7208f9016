/** `netscope policies`: which alerts are answered with what. */
import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { AnswerOf, BodyOf } from '@netscope/core/api/client.ts'
import { parseDeclared } from '@netscope/core/config/parse-declared.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'

type Options = ServerOptions & OutputOptions
type PolicyRow = AnswerOf<'listPolicies'>['policies'][number]
type Mode = PolicyRow['modeNow']
interface ModeOptions extends Options {
  mode?: Mode
}

const HELP = `
Without a command it lists them. A policy is written as in docs/reference/response.md, in YAML under the key \`policies\`:

  policies:
    - name: scanners
      when: detector ~ scan and severity >= 60
      do: {block: address, terminate: true}
      for: 1h
      mode: observe

One that enforces is on trial first: confirm it in time, or what it did is undone and it only observes.

Examples:
  netscope policies add policies.yaml
  netscope policies preview scanners
  netscope policies enable scanners --mode enforce
  netscope policies confirm scanners

${EXIT_CODES}`

const api = async (options: ServerOptions) => apiAt(await serverUrl(options))

const COLUMNS: Column<PolicyRow>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'MODE', text: ({ modeNow, enabled }) => (enabled === false ? 'off' : modeNow) },
  { title: 'TRIAL', dropOrder: 2, text: ({ trial }) => (trial === 'none' ? '' : trial) },
  { title: 'WHEN', least: 20, text: ({ when }) => when },
  { title: 'BLOCKS', dropOrder: 3, text: ({ do: { block } }) => block ?? 'no' },
  { title: 'FOR', dropOrder: 4, text: ({ for: time }) => time ?? '' },
  { title: 'ORIGIN', dropOrder: 1, text: ({ origin }) => origin },
]

const list = async (options: Options): Promise<void> => {
  const { policies } = await (await api(options)).call('listPolicies')
  const shape = { columns: COLUMNS, id: ({ name }: PolicyRow) => name }
  await printRows(process.stdout, policies, options.output, shape)
}

const sentence = ({ name, enabled, modeNow, trial, trialUntil }: PolicyRow): string => {
  const state = enabled === false ? 'is off' : `is on and does: ${modeNow}`
  const until =
    trial === 'running'
      ? `; on trial until ${trialUntil}: \`netscope policies confirm ${name}\` makes it stay`
      : ''
  return `${name} ${state}${until}`
}

const say = async (policy: PolicyRow, { output }: OutputOptions): Promise<void> => {
  const lines = {
    table: printable(sentence(policy)),
    json: printableJson(policy),
    quiet: printable(policy.name),
  }
  await writeLines(process.stdout, [lines[output]])
}

const show = async (name: string, options: Options): Promise<void> => {
  const policy = await (await api(options)).call('getPolicy', { path: { name } })
  const lines = {
    table: [sentence(policy), `  When  ${policy.when}`, `  Do    ${JSON.stringify(policy.do)}`].map(
      printable,
    ),
    json: [printableJson(policy)],
    quiet: [policy.name],
  }
  await writeLines(process.stdout, lines[options.output])
}

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : message
    throw new InvalidArgumentError(`${path} cannot be read: ${why}`)
  }
}

/** The server says what is wrong with one; those before it are made then. */
const add = async (path: string, options: Options): Promise<void> => {
  const { entries, problems } = await parseDeclared(path, await readText(path), 'policies')
  if (problems[0] !== undefined) throw new InvalidArgumentError(problems.join('\n'))
  if (entries.length === 0)
    throw new InvalidArgumentError(`${path}: no policy is in it, below \`policies:\``)
  const client = await api(options)
  for (const { value, place } of entries) {
    const body = value as BodyOf<'addPolicy'>
    const made = await client.call('addPolicy', { body }).catch((error: unknown) => {
      process.stderr.write(printable(`${place}: neither this policy is made nor those after it`))
      process.stderr.write('\n')
      throw error
    })
    await say(made, options)
  }
}

const remove = async (name: string, options: Options): Promise<void> => {
  await (await api(options)).call('removePolicy', { path: { name } })
  const words = `${name} is removed; what it did stays until it ends: netscope actions --policy ${name}`
  const lines = { table: words, json: printableJson({ name }), quiet: name }
  await writeLines(process.stdout, [lines[options.output]].map(printable))
}

const change = (enabled: boolean) => async (name: string, options: ModeOptions) => {
  const { mode } = options
  const body = { enabled, ...(mode && { mode }) }
  await say(await (await api(options)).call('changePolicy', { path: { name }, body }), options)
}

const confirm = async (name: string, options: Options): Promise<void> =>
  say(await (await api(options)).call('confirmPolicy', { path: { name } }), options)

const preview = async (name: string, options: Options): Promise<void> => {
  const found = await (await api(options)).call('previewPolicy', { path: { name } })
  const table = [
    found.text,
    ...found.actions.map(
      ({ target, name: whose, from, flows, title }) =>
        `  ${from}  ${target}${whose ? ` (${whose})` : ''}: ${flows} flows; ${title}`,
    ),
    ...found.refused.map(({ target, reason }) => `  refused: ${target}: ${reason}`),
  ]
  const lines = {
    table,
    json: [printableJson(found)],
    quiet: found.actions.map(({ target }) => target),
  }
  await writeLines(process.stdout, lines[options.output].map(printable))
}

export const registerPolicies = (program: Command): void => {
  const policies = program
    .command('policies')
    .description('Say which alerts are answered with what, and by whom')
  const mode = () =>
    new Option('--mode <mode>', 'what it does').choices(['observe', 'ask', 'enforce'])
  const commands: [Command, (...given: never[]) => Promise<void>][] = [
    [policies.command('list', { isDefault: true }).description('List policies'), list],
    [policies.command('show <name>').description('Show one'), show],
    [policies.command('add <file>').description('Make those that a YAML file declares'), add],
    [policies.command('remove <name>').description('Remove one'), remove],
    [policies.command('enable <name>').description('Turn one on').addOption(mode()), change(true)],
    [policies.command('disable <name>').description('Turn one off'), change(false)],
    [
      policies.command('preview <name>').description('Show what one would have done in 7 days'),
      preview,
    ],
    [policies.command('confirm <name>').description('End the trial of one: it enforces'), confirm],
  ]
  for (const [command, action] of commands) {
    addOutputOptions(command, 'names only')
    addServerOptions(command)
    command.action(action as (...given: unknown[]) => Promise<void>)
  }
  policies.addHelpText('after', HELP)
}
