/** The commands of `netscope`. */
import { Command } from 'commander'
import { registerAudit } from './accounts/audit-command.ts'
import { registerLogin } from './accounts/login-command.ts'
import { registerToken } from './accounts/token-command.ts'
import { registerUsers } from './accounts/users-command.ts'
import { registerAgents } from './agents/command.ts'
import { registerAlerts } from './alerts/command.ts'
import { registerAnomaly } from './anomaly/command.ts'
import { registerBackup } from './backup/command.ts'
import { registerRestore } from './backup/restore-command.ts'
import { registerCapture } from './capture/command.ts'
import { registerChannels } from './channels/command.ts'
import { registerCompletion } from './completion/command.ts'
import { registerConfig } from './config/command.ts'
import { registerDevices } from './devices/command.ts'
import { registerDoctor } from './doctor/command.ts'
import { registerEntry } from './entry.ts'
import { registerExports } from './exports/command.ts'
import { registerFlows } from './flows/command.ts'
import { registerFeeds } from './intel/feeds-command.ts'
import { registerThreatLookup } from './intel/threat-lookup-command.ts'
import { registerListChanges } from './lists/change-commands.ts'
import { registerLists } from './lists/command.ts'
import { registerObserve } from './observe/command.ts'
import { registerReplay } from './replay/command.ts'
import { registerActions } from './respond/actions-command.ts'
import { registerPolicies } from './respond/policies-command.ts'
import { EXIT_CODES, report } from './report.ts'
import { registerTop } from './top/command.ts'
import { registerUp } from './up/command.ts'
import { registerVersion, version } from './version.ts'

const EXAMPLES = `
Examples:
  sudo netscope up                      every connection of this machine, on http://127.0.0.1:8086
  netscope up --mock                    a made-up network; needs no privileges
  netscope observe --follow             flows as they begin and end
  netscope flows --since 1d --top dst   who had most traffic in the last day
  netscope block 203.0.113.7 --for 1d   drop its packets
  netscope capture -o all.pcapng        packets of ten seconds, for Wireshark
  netscope replay capture.pcap          the flows of a capture, as JSON lines
  sudo netscope doctor                  what works on this machine, and what would help
  netscope config show                  every setting and where it comes from
  sudo netscope up --network-interfaces eth0,wlan0 --server-port 9000

Every setting is also a key of config.yaml and an environment variable: see \`netscope config docs\`.
${EXIT_CODES}`

const helpCommand = new Command('help')
  .argument('[command]')
  .description('Explain a command')
  .helpGroup('Set-up:')

const createProgram = (): Command => {
  const program = new Command('netscope')
  program
    .description('Every connection of a Linux machine, seen and stopped in the kernel.')
    .version(version(), '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Explain a command')
    .configureHelp({ sortOptions: false, showGlobalOptions: false })
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .showHelpAfterError('(`--help` explains the command)')
    .addHelpCommand(helpCommand)
    .commandsGroup('Run:')
  registerUp(program)
  registerEntry('agent', program)
  registerEntry('server', program)
  program.commandsGroup('Look:')
  registerObserve(program)
  registerTop(program)
  registerFlows(program)
  registerAlerts(program)
  registerChannels(program)
  registerExports(program)
  registerThreatLookup(program)
  registerDevices(program)
  registerAgents(program)
  program.commandsGroup('Lists:')
  registerLists(program)
  registerListChanges(program)
  registerFeeds(program)
  registerActions(program)
  registerPolicies(program)
  program.commandsGroup('Captures:')
  registerCapture(program)
  registerReplay(program)
  registerAnomaly(program)
  program.commandsGroup('Accounts:')
  registerLogin(program)
  registerUsers(program)
  registerToken(program)
  registerAudit(program)
  program.commandsGroup('Set-up:')
  registerDoctor(program)
  registerConfig(program)
  registerBackup(program)
  registerRestore(program)
  registerCompletion(program)
  registerVersion(program)
  return program
}

/** Runs the command of `argv` (without node and script); the exit code of the process. */
export const run = async (argv: readonly string[]): Promise<number> => {
  try {
    const program = createProgram()
    await program.parseAsync(argv, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    return report(error, (line) => process.stderr.write(`${line}\n`))
  }
}
