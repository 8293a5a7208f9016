/** `netscope channels`: who is told of alerts. */
import { type Command, InvalidArgumentError } from 'commander'
import type { AnswerOf } from '@netscope/core/api/client.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'
import { readRules, type RuleOptions } from './rule-options.ts'
import { readSettings } from './read-settings.ts'
import { testChannel } from './test-channel.ts'

type Options = ServerOptions & OutputOptions
type Channel = AnswerOf<'listChannels'>['channels'][number]
type Kind = AnswerOf<'listChannelKinds'>['kinds'][number]
type Notification = AnswerOf<'listNotifications'>['notifications'][number]
interface ChangeOptions extends Options, RuleOptions {
  set?: string[]
}
interface AddOptions extends ChangeOptions {
  kind: string
}

const HELP = `
What each kind takes: netscope channels kinds. A setting may be read from a file that only you can read (--set
url=@FILE) or from standard input (url=@-), so that no other user sees it; file:PATH and env:NAME are read by the server
each time. Secrets are never shown again.

Examples:
  netscope channels add ops --kind slack --set url=@slack-url.txt --min-severity high
  netscope channels add mail --kind email --set host=mail.example --set from=netscope@example.org \\
    --set to=ann@example.org,bob@example.org --set user=netscope --set password=file:/run/secrets/smtp
  netscope channels add phone --kind ntfy --set topic=@topic.txt --quiet-hours 22:00-07:00 --time-zone Europe/Berlin
  netscope channels test ops
  netscope channels sent ops

${EXIT_CODES}`

const stateOf = ({ enabled, lastError }: Channel): string => {
  if (!enabled) return 'off'
  return lastError ? 'failing' : 'on'
}

const COLUMNS: Column<Channel>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'REACHES', least: 12, dropOrder: 1, text: ({ target }) => target },
  { title: 'FROM', dropOrder: 3, text: ({ rules }) => rules.minSeverity },
  { title: 'TODAY', right: true, dropOrder: 2, text: ({ sentToday }) => String(sentToday) },
  { title: 'WAITING', right: true, text: ({ waiting }) => String(waiting) },
  { title: 'STATE', text: stateOf },
  { title: 'WHY', least: 10, text: ({ disabled, lastError }) => disabled || lastError },
]
const SENT: Column<Notification>[] = [
  { title: 'AT', text: ({ doneAt, dueAt, state }) => doneAt ?? `${state} until ${dueAt}` },
  { title: 'CHANNEL', text: ({ channel }) => channel },
  { title: 'STATE', text: ({ state }) => state },
  { title: 'WHAT', least: 20, text: ({ title }) => title },
  { title: 'TRIES', right: true, dropOrder: 1, text: ({ attempts }) => String(attempts) },
  { title: 'ERROR', least: 10, dropOrder: 2, text: ({ error }) => error },
]

const at = async (options: ServerOptions) => apiAt(await serverUrl(options))

const list = async (options: Options): Promise<void> => {
  const { channels } = await (await at(options)).call('listChannels')
  const shape = { columns: COLUMNS, id: ({ name }: Channel) => name }
  await printRows(process.stdout, channels, options.output, shape)
}

const kindLines = ({ kind, description, settings, secrets }: Kind): string[] => {
  const { properties = {}, required = [] } = settings as {
    properties?: Record<string, { description?: string; default?: unknown }>
    required?: string[]
  }
  const lines = Object.entries(properties).map(([name, of]) => {
    const given =
      of.default === undefined ? '' : `; ${JSON.stringify(of.default)} if it is not given`
    const need = required.includes(name) && of.default === undefined ? '' : ' (may be left out)'
    const secret = secrets.includes(name) ? ' (secret)' : ''
    return `  ${name.padEnd(10)} ${of.description ?? ''}${secret}${given || need}`
  })
  return [`${kind}: ${description}`, ...lines, '']
}

const kinds = async (options: Options): Promise<void> => {
  const answer = await (await at(options)).call('listChannelKinds')
  const lines = {
    table: answer.kinds.flatMap(kindLines).map(printable),
    json: answer.kinds.map(printableJson),
    quiet: answer.kinds.map(({ kind }) => printable(kind)),
  }
  await writeLines(process.stdout, lines[options.output])
}

const sent = async (channel: string | undefined, options: Options): Promise<void> => {
  const query = channel === undefined ? {} : { channel }
  const answer = await (await at(options)).call('listNotifications', { query })
  const shape = { columns: SENT, id: ({ id }: Notification) => id }
  await printRows(process.stdout, answer.notifications, options.output, shape)
}

const told = async (channel: Channel, words: string, { output }: OutputOptions): Promise<void> => {
  const { name } = channel
  const lines = { table: printable(words), json: printableJson(channel), quiet: printable(name) }
  await writeLines(process.stdout, [lines[output]])
}

const add = async (name: string, options: AddOptions): Promise<void> => {
  const { kind, set = [] } = options
  const api = await at(options)
  const { kinds: known } = await api.call('listChannelKinds')
  const of = known.find((one) => one.kind === kind)
  if (!of)
    throw new InvalidArgumentError(
      `There are the kinds ${known.map((one) => one.kind).join(', ')}.`,
    )
  const settings = await readSettings(set, of.settings)
  const made = await api.call('addChannel', {
    body: { name, kind, settings, rules: readRules(options) },
  })
  const words = `${name} is made; netscope channels test ${name} tries it.`
  await told(made, words, options)
}

const change = async (name: string, options: ChangeOptions): Promise<void> => {
  const api = await at(options)
  const { channels } = await api.call('listChannels')
  const { kinds: known } = await api.call('listChannelKinds')
  const kind = channels.find((one) => one.name === name)?.kind
  const schema = known.find((one) => one.kind === kind)?.settings ?? {}
  const settings = await readSettings(options.set ?? [], schema)
  const rules = readRules(options)
  const body = { ...(options.set && { settings }), ...(Object.keys(rules).length > 0 && { rules }) }
  const made = await api.call('changeChannel', { path: { name }, body })
  await told(made, `${name} is changed.`, options)
}

const switchTo =
  (enabled: boolean) =>
  async (name: string, options: Options): Promise<void> => {
    const made = await (
      await at(options)
    ).call('changeChannel', { path: { name }, body: { enabled } })
    await told(made, `${name} is ${enabled ? 'on' : 'off'}.`, options)
  }

const remove = async (name: string, options: Options): Promise<void> => {
  await (await at(options)).call('removeChannel', { path: { name } })
  const lines = { table: `${printable(name)} is removed.`, json: printableJson({ name }) }
  await writeLines(process.stdout, [{ ...lines, quiet: printable(name) }[options.output]])
}

const addRuleOptions = (command: Command): Command =>
  command
    .option('--set <name=value...>', 'a setting of the kind')
    .option('--min-severity <label>', 'at least: info, low, medium, high, critical')
    .option('--filter <filter>', 'expression over the fields of alerts')
    .option('--new-things', 'also what is merely new: devices, services')
    .option('--no-new-things', 'not what is merely new')
    .option('--group <seconds>', 'so long more alerts are waited for', Number)
    .option('--budget <messages>', 'messages a day; the rest comes together the next day', Number)
    .option(
      '--quiet-hours <from-to>',
      'as 22:00-07:00, or none: then only critical alerts are told',
    )
    .option('--time-zone <zone>', 'of days and quiet hours: Europe/Berlin')

export const registerChannels = (program: Command): void => {
  const channels = program
    .command('channels')
    .description('List, make and try who is told of alerts')
  channels.command('list', { isDefault: true }).description('List them').action(list)
  channels
    .command('kinds')
    .description('List what kinds there are, and what they take')
    .action(kinds)
  const added = channels
    .command('add <name>')
    .description('Make one')
    .requiredOption('--kind <kind>', 'email, slack, discord, webhook, ntfy, gotify, syslog')
  addRuleOptions(added).action(add)
  const changed = channels.command('change <name>').description('Change settings and rules of one')
  addRuleOptions(changed).action(change)
  channels.command('enable <name>').description('Switch one on').action(switchTo(true))
  channels.command('disable <name>').description('Switch one off').action(switchTo(false))
  channels.command('remove <name>').description('Remove one, and what waits in it').action(remove)
  channels.command('test <name>').description('Send a message now').action(testChannel)
  channels.command('sent [name]').description('List what was and is to be sent').action(sent)
  for (const command of channels.commands) {
    addOutputOptions(command, 'names only')
    addServerOptions(command)
  }
  channels.addHelpText('after', HELP)
}
