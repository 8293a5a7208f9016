/** `netscope agents`: the machines that count; lets one in, and shuts one out. */
import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '@netscope/core/query/value.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import { EXIT_CODES } from '../report.ts'
import { agentColumns, type AgentRow } from './agent-columns.ts'

type Options = ServerOptions & OutputOptions
interface InviteOptions extends Options {
  name?: string
  /** Seconds. */
  expires: number
}

const HELP = `
JSON has a line for each agent, with all fields; --quiet prints names only, for scripts.

Examples:
  netscope agents
  netscope agents invite --expires 10m     then, on the other machine, what it prints
  netscope agents remove web-3

${EXIT_CODES}`

const INVITE_HELP = `
The token lets one agent in, once. It holds the address of the server and the fingerprint of its certificate, so that
the agent knows whom it joins; keep it secret until it is used. With --name of an agent that has joined, that agent
joins anew: its older credential counts no more.`

const seconds = (text: string): number => {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('Write 10m, 2h or 1d.')
  return Math.round(ms / 1000)
}

const print = (rows: readonly AgentRow[], { output }: OutputOptions): Promise<void> =>
  printRows(process.stdout, rows, output, {
    columns: agentColumns(Date.now()),
    id: ({ name }: AgentRow) => name,
  })

const list = async (options: Options): Promise<void> => {
  const { agents } = await apiAt(await serverUrl(options)).call('listAgents')
  await print(agents, options)
}

const invite = async ({ name, expires, output, ...options }: InviteOptions): Promise<void> => {
  const body = { ...(name !== undefined && { name }), expiresInSeconds: expires }
  const invitation = await apiAt(await serverUrl(options)).call('inviteAgent', { body })
  const { token, server, expiresAtMs } = invitation
  const until = new Date(expiresAtMs).toLocaleString('sv')
  const lines = {
    json: [printableJson(invitation)],
    quiet: [printable(token)],
    table: [
      `One agent may join until ${until}. On its machine:`,
      '',
      printable(`  sudo netscope agent --server ${server} --token ${token}`),
    ],
  }
  await writeLines(process.stdout, lines[output])
}

const remove = async (name: string, options: Options): Promise<void> => {
  const api = apiAt(await serverUrl(options))
  const removed = await api.call('removeAgent', { path: { name } })
  const lines = {
    json: [printableJson(removed)],
    quiet: [],
    table: [printable(`${removed.name} is shut out: its credential counts no more.`)],
  }
  await writeLines(process.stdout, lines[options.output])
}

export const registerAgents = (program: Command): void => {
  const agents = program.command('agents').description('List the machines that count; let one in')
  const shown = agents.command('list', { isDefault: true }).description('List them')
  addOutputOptions(shown, 'names only')
  addServerOptions(shown)
  shown.action(list)

  const invited = agents
    .command('invite')
    .description('Make a token by which one agent can join')
    .option('--name <name>', 'name that it gets; without it, the one it asks for')
    .option('--expires <duration>', 'how long the token counts', seconds, 3600)
  addOutputOptions(invited, 'the token only')
  addServerOptions(invited)
  invited.addHelpText('after', INVITE_HELP).action(invite)

  const removed = agents.command('remove <name>').description('Shut one out')
  addOutputOptions(removed, 'nothing')
  addServerOptions(removed)
  removed.action(remove)
  agents.addHelpText('after', HELP)
}
