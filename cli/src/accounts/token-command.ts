/** `netscope token`: API tokens for programs. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { AnswerOf, BodyOf } from '@netscope/core/api/client.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'
import { timeText } from './time-text.ts'

type Options = ServerOptions & OutputOptions
type TokenRow = AnswerOf<'listTokens'>['tokens'][number]
type NewToken = BodyOf<'createToken'>

interface CreateOptions extends Options {
  role: NonNullable<NewToken['role']>
  scope?: NonNullable<NewToken['scopes']>
  /** 0: never. */
  expires: number
}

const HELP = `
A token may never do more than whoever made it, and ends with their account. It is shown once; the server keeps a
hash. Programs send it as: Authorization: Bearer TOKEN, NetScope's own commands take it from NETSCOPE_TOKEN.

Examples:
  netscope token
  netscope token create prometheus --scope metrics --expires never
  netscope token create firewall-script --role operator --scope lists --expires 30
  netscope token revoke 3f0c5e1a-…

${EXIT_CODES}`

const COLUMNS: Column<TokenRow>[] = [
  { title: 'NAME', least: 12, text: ({ name }) => name },
  { title: 'BEGINS', dropOrder: 2, text: ({ prefix }) => `${prefix}…` },
  { title: 'ROLE', text: ({ role }) => role },
  { title: 'SCOPES', dropOrder: 3, text: ({ scopes }) => scopes.join(',') || 'all' },
  { title: 'OF', dropOrder: 1, text: ({ user }) => user || '(this machine)' },
  { title: 'EXPIRES', text: ({ expiresAtMs }) => timeText(expiresAtMs) },
  { title: 'LAST USED', dropOrder: 4, text: ({ lastUsedAtMs }) => timeText(lastUsedAtMs) },
  { title: 'ID', text: ({ id }) => id },
]

const days = (text: string): number => {
  if (text === 'never') return 0
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 3650) return number
  throw new InvalidArgumentError('Write a number of days from 1 to 3650, or never.')
}

const list = async (options: Options): Promise<void> => {
  const { tokens } = await apiAt(await serverUrl(options)).call('listTokens')
  const shape = { columns: COLUMNS, id: ({ id }: TokenRow) => id }
  await printRows(process.stdout, tokens, options.output, shape)
}

const create = async (name: string, options: CreateOptions): Promise<void> => {
  const { role, scope: scopes = [], expires: expiresInDays, output } = options
  const body = { name, role, scopes, expiresInDays }
  const made = await apiAt(await serverUrl(options)).call('createToken', { body })
  const until = timeText(made.token.expiresAtMs)
  const lines = {
    json: [printableJson(made)],
    quiet: [made.secret],
    table: [`The token of ${printable(name)}, shown this once; expires: ${until}`, made.secret],
  }
  await writeLines(process.stdout, lines[output])
}

const revoke = async (id: string, options: ServerOptions): Promise<void> => {
  await apiAt(await serverUrl(options)).call('revokeToken', { path: { id } })
  await writeLines(process.stdout, [`${printable(id)} is revoked.`])
}

export const registerToken = (program: Command): void => {
  const token = program.command('token').description('List, make and revoke tokens for programs')
  const shown = token.command('list', { isDefault: true }).description('List them')
  addOutputOptions(shown, 'ids only')
  shown.action(list)
  const made = token
    .command('create <name>')
    .description('Make one')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(['viewer', 'operator', 'admin'])
        .default('viewer'),
    )
    .option('--scope <part...>', 'parts of the API that it is confined to: metrics, flows, lists …')
    .option('--expires <days>', 'days that it counts, or never', days, 90)
  addOutputOptions(made, 'the token only')
  made.action(create)
  const revoked = token.command('revoke <id>').description('Revoke one at once')
  revoked.action(revoke)
  for (const command of token.commands) addServerOptions(command)
  token.addHelpText('after', HELP)
}
