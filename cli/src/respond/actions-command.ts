/** `netscope actions`, `undo` and `protected`: what was done about alerts, and what no block may hit. */
import type { Command } from 'commander'
import type { AnswerOf } from '@netscope/core/api/client.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'
import { actionColumns, actionText, type ActionRow } from './action-text.ts'

type Options = ServerOptions & OutputOptions
interface ListOptions extends Options {
  state?: string
  policy?: string
  target?: string
  inForce?: true
}
interface ReasonOptions extends Options {
  reason?: string
}
type ProtectedRow = AnswerOf<'listProtected'>['protected'][number]

const HELP = `
Without a command it lists them, the newest first. An action that is asked waits for a person: approve or reject it.

Examples:
  netscope actions --state asked
  netscope actions --in-force
  netscope actions show 5f0c3a9d11e2
  netscope actions approve 5f0c3a9d11e2
  netscope undo 5f0c3a9d11e2 --reason "our own scanner"

${EXIT_CODES}`

const api = async (options: ServerOptions) => apiAt(await serverUrl(options))

const say = async (action: ActionRow, { output }: OutputOptions): Promise<void> => {
  const last = action.steps.at(-1)?.reason ?? ''
  const words = printable(`${action.target} is ${action.state}: ${last}`)
  const lines = { table: words, json: printableJson(action), quiet: printable(action.id) }
  await writeLines(process.stdout, [lines[output]])
}

const list = async (options: ListOptions): Promise<void> => {
  const { state, policy, target, inForce } = options
  const query = {
    ...{ limit: 200, ...(state && { state }), ...(policy && { policy }) },
    ...{ ...(target && { target }), ...(inForce && { inForce }) },
  }
  const { actions } = await (await api(options)).call('listActions', { query })
  const shape = { columns: actionColumns(Date.now()), id: ({ id }: ActionRow) => id }
  await printRows(process.stdout, actions, options.output, shape)
}

const show = async (id: string, options: Options): Promise<void> => {
  const action = await (await api(options)).call('getAction', { path: { id } })
  const lines = { table: actionText(action), json: [printableJson(action)], quiet: [action.id] }
  await writeLines(process.stdout, lines[options.output])
}

const decide =
  (name: 'approveAction' | 'rejectAction' | 'undoAction') =>
  async (id: string, options: ReasonOptions): Promise<void> => {
    const { reason } = options
    const body = reason === undefined ? {} : { reason }
    await say(await (await api(options)).call(name, { path: { id }, body }), options)
  }

const link = async (id: string, options: Options): Promise<void> => {
  const url = await serverUrl(options)
  const { path, expiresAt } = await apiAt(url).call('linkAction', { path: { id } })
  const whole = String(new URL(path, url))
  const lines = {
    table: `${whole}\nIt decides once, until ${expiresAt}; whoever has it needs no account.`,
    json: printableJson({ url: whole, expiresAt }),
    quiet: whole,
  }
  await writeLines(process.stdout, [lines[options.output]])
}

const PROTECTED: Column<ProtectedRow>[] = [
  { title: 'ADDRESS', text: ({ prefix }) => prefix },
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'WHY', least: 20, text: ({ reason }) => reason },
  { title: 'TOLD BY', dropOrder: 1, text: ({ agent }) => agent || 'the server' },
]

const listProtected = async (options: Options): Promise<void> => {
  const answer = await (await api(options)).call('listProtected')
  const shape = { columns: PROTECTED, id: ({ prefix }: ProtectedRow) => prefix }
  await printRows(process.stdout, answer.protected, options.output, shape)
}

export const registerActions = (program: Command): void => {
  const actions = program
    .command('actions')
    .description('List what was done or is asked about alerts, and decide')
  const listed = actions
    .command('list', { isDefault: true })
    .description('List actions, the newest first')
    .option('--state <states>', 'only these, with commas: asked, in-force, verified …')
    .option('--policy <name>', 'only of this policy')
    .option('--target <address>', 'only of this address or prefix')
    .option('--in-force', 'only what holds in a kernel now')
  const shown = actions.command('show <id>').description('Show one with all its steps')
  const approved = actions.command('approve <id>').description('Let it be done')
  const rejected = actions.command('reject <id>').description('Let it not be done')
  const linked = actions
    .command('link <id>')
    .description('A link by which somebody decides about it once, without an account')
  const undone = program
    .command('undo <id>')
    .description('Undo a block or another action')
    .addHelpText('after', `\nExample:\n  netscope undo 5f0c3a9d11e2\n\n${EXIT_CODES}`)
  const kept = program
    .command('protected')
    .description('List addresses that no block may hit, and why')
    .addHelpText('after', `\nExample:\n  netscope protected\n\n${EXIT_CODES}`)
  for (const command of [rejected, undone, approved]) command.option('--reason <text>', 'why')
  for (const command of [listed, shown, approved, rejected, linked, undone, kept]) {
    addOutputOptions(command, 'ids only')
    addServerOptions(command)
  }
  listed.action(list)
  shown.action(show)
  approved.action(decide('approveAction'))
  rejected.action(decide('rejectAction'))
  undone.action(decide('undoAction'))
  linked.action(link)
  kept.action(listProtected)
  actions.addHelpText('after', HELP)
}
