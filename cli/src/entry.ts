/** `netscope agent` and `netscope server`: one of the two alone, for machines apart; kept running as by `netscope up`. */
import { Option, type Command } from 'commander'
import { PROCESS_SECTIONS } from '@netscope/core/config/sections.ts'
import { addConfigOptions, configFlagsOf } from './config/options.ts'
import { up } from './up/command.ts'
import type { Part } from './up/programs.ts'

const HELP = {
  agent: `
With --server the agent reports to that machine, over TLS. The first time it needs a token, which
\`netscope agents invite\` prints on the server; NETSCOPE_UPLINK_TOKEN and NETSCOPE_UPLINK_TOKEN_FILE keep
it off the command line. Without --server it reports to the server of this machine.`,
  server: `
Agents of other machines connect to uplink.listen, which is off by default: --uplink-listen 0.0.0.0:8087.
\`netscope agents invite\` lets one in.`,
} as const

const DESCRIPTIONS = {
  agent: 'Run the agent alone: count packets here and report to a server elsewhere',
  server: 'Run the server alone: page, API and history for agents elsewhere',
} as const

/** Short for settings; the words of the issue that asked for them. */
const SHORT = {
  agent: { server: 'uplink.server', token: 'uplink.token' },
  server: {},
} as const

export const registerEntry = (name: Part, program: Command): void => {
  const command = program.command(name).description(DESCRIPTIONS[name])
  if (name === 'agent') {
    command.addOption(
      new Option('--server <host:port>', 'server to report to: short for --uplink-server'),
    )
    command.addOption(new Option('--token <token>', 'join token: short for --uplink-token'))
  }
  addConfigOptions(command, Object.keys(PROCESS_SECTIONS[name]))
    .addHelpText('after', HELP[name])
    .action(async (options: Record<string, string | undefined>) => {
      const { flags, ...rest } = configFlagsOf(command)
      const short = Object.entries(SHORT[name]).flatMap(([option, path]) => {
        const value = options[option]
        return value === undefined ? [] : [[path, value] as const]
      })
      const shortFlags: Record<string, string> = Object.fromEntries(short)
      const given = { ...rest, flags: { ...flags, ...shortFlags } }
      process.exitCode = await up(given, [name])
    })
}
