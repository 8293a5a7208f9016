/** `netscope users`: accounts, for admins. */
import { Argument, Option, type Command } from 'commander'
import type { AnswerOf } from '@netscope/core/api/client.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'
import { readPassword } from './read-password.ts'
import { timeText } from './time-text.ts'

const ROLES = ['viewer', 'operator', 'admin'] as const
type Role = (typeof ROLES)[number]
type Options = ServerOptions & OutputOptions
type UserRow = AnswerOf<'listUsers'>['users'][number]
type Changed = AnswerOf<'createUser'>

const HELP = `
A viewer sees all, an operator also changes lists and captures packets, an admin also manages accounts. Without
--password-stdin a password is made up and shown once.

Examples:
  netscope users
  netscope users create ada operator
  netscope users password ada
  netscope users change ada --role viewer --disable
  netscope users sign-out ada --tokens

${EXIT_CODES}`

const COLUMNS: Column<UserRow>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'ROLE', text: ({ role }) => role },
  { title: 'STATE', text: ({ disabled }) => (disabled ? 'disabled' : 'enabled') },
  { title: 'LAST SIGN-IN', text: ({ lastSignInAtMs }) => timeText(lastSignInAtMs) },
  { title: 'PASSWORD OF', dropOrder: 1, text: (user) => timeText(user.passwordChangedAtMs) },
]

const at = async (options: ServerOptions) => apiAt(await serverUrl(options))
const given = async (isGiven: boolean | undefined): Promise<{ password?: string }> =>
  isGiven ? { password: await readPassword('New password: ') } : {}

const list = async (options: Options): Promise<void> => {
  const { users } = await (await at(options)).call('listUsers')
  const shape = { columns: COLUMNS, id: ({ name }: UserRow) => name }
  await printRows(process.stdout, users, options.output, shape)
}

const told = (words: string, changed: Changed, { output }: OutputOptions): Promise<void> => {
  const { password } = changed
  const lines = {
    json: [printableJson(changed)],
    quiet: password === undefined ? [] : [password],
    table: [words, ...(password === undefined ? [] : [`Password, shown this once: ${password}`])],
  }
  return writeLines(process.stdout, lines[output])
}

interface PasswordOptions extends Options {
  passwordStdin?: boolean
}
interface ChangeOptions extends Options {
  role?: Role
  disable?: boolean
  enable?: boolean
}

const create = async (name: string, role: Role, options: PasswordOptions): Promise<void> => {
  const body = { name, role, ...(await given(options.passwordStdin)) }
  const made = await (await at(options)).call('createUser', { body })
  await told(`${printable(name)} is ${role}.`, made, options)
}

const setPassword = async (name: string, options: PasswordOptions): Promise<void> => {
  const body = { password: '', ...(await given(options.passwordStdin)) }
  const changed = await (await at(options)).call('changeUser', { path: { name }, body })
  await told(`${printable(name)} has a new password, and is signed out.`, changed, options)
}

const change = async (name: string, options: ChangeOptions): Promise<void> => {
  const { role, disable, enable } = options
  const disabled = disable ? true : enable ? false : undefined
  const body = { ...(role && { role }), ...(disabled !== undefined && { disabled }) }
  const changed = await (await at(options)).call('changeUser', { path: { name }, body })
  const state = changed.user.disabled ? ', disabled' : ''
  await told(`${printable(name)} is ${changed.user.role}${state}.`, changed, options)
}

const remove = async (name: string, options: ServerOptions): Promise<void> => {
  await (await at(options)).call('removeUser', { path: { name } })
  await writeLines(process.stdout, [`${printable(name)} is removed, with all tokens.`])
}

const signOut = async (name: string, options: ServerOptions & { tokens?: boolean }) => {
  const body = { tokens: options.tokens === true }
  const { sessions } = await (await at(options)).call('signOutUser', { path: { name }, body })
  await writeLines(process.stdout, [`${sessions} sessions of ${printable(name)} have ended.`])
}

const FROM_STDIN = ['--password-stdin', 'read the password instead of making one up'] as const

export const registerUsers = (program: Command): void => {
  const users = program.command('users').description('List and change accounts')
  const shown = users.command('list', { isDefault: true }).description('List them')
  addOutputOptions(shown, 'names only')
  shown.action(list)
  const made = users
    .command('create <name>')
    .description('Make one')
    .addArgument(new Argument('<role>').choices(ROLES))
    .option(...FROM_STDIN)
  addOutputOptions(made, 'the password only')
  made.action(create)
  const password = users
    .command('password <name>')
    .description('Give a new password')
    .option(...FROM_STDIN)
  addOutputOptions(password, 'the password only')
  password.action(setPassword)
  const changed = users
    .command('change <name>')
    .description('Change the role, disable or enable')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES))
    .addOption(new Option('--disable', 'nothing of it works any more').conflicts('enable'))
    .option('--enable', 'it works again')
  addOutputOptions(changed, 'nothing')
  changed.action(change)
  const removed = users.command('remove <name>').description('Remove one with all its tokens')
  removed.action(remove)
  const out = users
    .command('sign-out <name>')
    .description('End all sessions')
    .option('--tokens', 'and revoke all tokens')
  out.action(signOut)
  for (const command of users.commands) addServerOptions(command)
  users.addHelpText('after', HELP)
}
