/** `netscope block`, `unblock`, `allow` and `unallow`: put addresses on a list, and take them off. */
import { type Command, InvalidArgumentError } from 'commander'
import type { ApiClient, AnswerOf } from '@netscope/core/api/client.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { parseDuration } from '@netscope/core/query/value.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { addOutputOptions, type OutputOptions } from '../output/rows.ts'
import { printable, printableJson } from '../output/printable.ts'
import { EXIT_CODES } from '../report.ts'

interface ChangeOptions extends ServerOptions, OutputOptions {
  reason?: string
  /** Seconds. */
  for?: number
  override?: true
}

interface Changed extends Partial<AnswerOf<'addToDenyList'>> {
  ip: string
  /** Further words, such as how to undo it. */
  more?: string
  answer?: unknown
}
type Change = (api: ApiClient, ip: string, options: ChangeOptions) => Promise<Changed>

interface ChangeCommand {
  name: string
  description: string
  /** What is true once it has happened. */
  done: string
  adds: boolean
  change: Change
  help: string
}

const bodyOf = (ip: string, { reason, for: expiresInSeconds }: ChangeOptions) => ({
  ip,
  ...(reason !== undefined && { reason }),
  ...(expiresInSeconds !== undefined && { expiresInSeconds }),
})

/** Throws the reason where the server has not done it. */
const block = async (api: ApiClient, ip: string, options: ChangeOptions): Promise<Changed> => {
  const insist = options.override ? { override: true } : {}
  const answer = await api.call('blockAddress', { body: { ...bodyOf(ip, options), ...insist } })
  const last = answer.steps.at(-1)
  if (!answer.inForce) throw new Error(`${ip} is not blocked: ${last?.reason ?? answer.state}`)
  const waits = answer.steps.find(({ reason }) => reason.startsWith('no agent judges by it yet'))
  const pending = waits ? ['all agents'] : undefined
  const more = `. To undo it: netscope undo ${answer.id}`
  return { ip: answer.target, ...(pending && { pending }), more, answer }
}

const COMMANDS: readonly ChangeCommand[] = [
  {
    name: 'block',
    description: 'Drop all packets from and to an address',
    done: 'blocked: its packets are dropped',
    adds: true,
    change: block,
    help: `
Puts it on the deny list of every agent and ends its connections; done once the kernel judges by it. SSH and the allow
list go before. What is protected (\`netscope protected\`) is refused; an admin can insist with --override.

Examples:
  netscope block 203.0.113.7 --reason "port scan" --for 1d
  netscope block 198.51.100.0/24 2001:db8:bad::/48`,
  },
  {
    name: 'unblock',
    description: 'Take an address off the deny list',
    done: 'not blocked any more',
    adds: false,
    change: (api, ip) => api.call('removeFromDenyList', { query: { ip } }),
    help: `
It takes the entry as it is in \`netscope lists\`: 10.0.0.0/8 is not taken apart to let 10.0.0.7 through, \`allow\` does that.

Example:
  netscope unblock 203.0.113.7`,
  },
  {
    name: 'allow',
    description: 'Never drop packets from and to an address',
    done: 'allowed: its packets are never dropped',
    adds: true,
    change: (api, ip, options) => api.call('addToAllowList', { body: bodyOf(ip, options) }),
    help: `
Puts it on the allow list, which goes before the deny list.

Examples:
  netscope allow 192.0.2.10 --reason "backup server"
  netscope allow 10.0.0.7 --for 2h`,
  },
  {
    name: 'unallow',
    description: 'Take an address off the allow list',
    done: 'not allowed any more, so what the deny list says holds',
    adds: false,
    change: (api, ip) => api.call('removeFromAllowList', { query: { ip } }),
    help: `
Example:
  netscope unallow 192.0.2.10`,
  },
]

const MOST_SECONDS = 315_360_000

const parseFor = (text: string): number => {
  const seconds = Math.ceil((parseDuration(text) ?? 0) / 1000)
  if (/\D/.test(text) && seconds >= 1 && seconds <= MOST_SECONDS) return seconds
  throw new InvalidArgumentError('A time with its unit, up to ten years: 30m, 12h, 7d.')
}

/** All are looked at before the first is changed. */
const parseAddress = (text: string, before: readonly string[] = []): string[] => {
  try {
    return [...before, parsePrefix(text).text]
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

/** Of agents that are away nobody can say that they judge by it. */
const sentence = (ip: string, done: string, pending: readonly string[]): string =>
  pending.length === 0
    ? `${ip} is ${done}`
    : `${ip} is noted; not yet in force at ${printable(pending.join(', '))}, which gets it as soon as it is back`

const tell = async (done: string, changed: Changed, output: OutputOptions['output']) => {
  const ip = printable(changed.ip)
  const table = sentence(ip, done, changed.pending ?? []) + printable(changed.more ?? '')
  const json = printableJson(changed.answer ?? changed)
  await writeLines(process.stdout, [{ table, json, quiet: ip }[output]])
}

export const registerListChanges = (program: Command): void => {
  for (const { name, description, done, adds, change, help } of COMMANDS) {
    const command = program
      .command(name)
      .description(description)
      .argument('<address...>', 'addresses, or prefixes such as 10.0.0.0/8', parseAddress)
    if (adds)
      command
        .option('--reason <text>', 'why, for whoever reads the list later')
        .option(
          '--for <time>',
          'how long: 30m, 12h, 7d; without it until it is taken off',
          parseFor,
        )
    if (name === 'block') command.option('--override', 'also what is protected; for admins')
    addOutputOptions(command, 'the address only')
    addServerOptions(command)
    command
      .addHelpText('after', `${help}\n\n${EXIT_CODES}`)
      .action(async (addresses: string[], options: ChangeOptions) => {
        const api = apiAt(await serverUrl(options))
        for (const ip of addresses) await tell(done, await change(api, ip, options), options.output)
      })
  }
}
