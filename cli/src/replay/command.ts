/** `netscope replay`: the flows of captures, by a process of the agent's code that reads and counts them. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { fileURLToPath } from 'node:url'
import { formatConfigFlags } from '@netscope/core/config/flags.ts'
import { addConfigOptions, configFlagsOf } from '../config/options.ts'
import { showTable } from './show-table.ts'

/** By path, because the CLI does not import the agent. */
const ENTRY = fileURLToPath(new URL('../../../agent/src/replay/main.ts', import.meta.url))
const DEFAULT_TOP = 25
const MOST = 100_000

const HELP = `
Reads pcap and pcapng (also .gz and .zst; - is standard input) with Ethernet, Linux SLL and SLL2, raw IP or
loopback frames. Several files are one stretch of time, in the order given. Prints one JSON object a line:
{"type":"flow",…} for each flow and {"type":"alert",…} for each detection as it ends by the capture's own clock,
last {"type":"summary",…}, in which
packets = counted + malformed + notIp + all of notCounted. Idle time-outs are those of the configuration
(--flows-udp-idle-seconds and so on), but the table has 1048576 entries unless --flows-table-size is set; a flow that the end of the captures cuts off has the end "forced".

Examples:
  netscope replay capture.pcap
  netscope replay --format table --top 10 monday.pcap.gz tuesday.pcap.gz
  tcpdump -w - | netscope replay - | jq 'select(.dstPort == 53)'

Exit codes: 0 read, if only in part (see "truncated" and "problems"), 1 nothing could be read, 2 wrong usage.`

interface Options {
  format?: 'json' | 'table'
  top: number
}

const parseTop = (text: string): number => {
  const top = Number(text)
  if (!Number.isInteger(top) || top < 1 || top > MOST)
    throw new InvalidArgumentError(`A whole number from 1 to ${MOST}.`)
  return top
}

const run = async (files: string[], options: Options, command: Command): Promise<void> => {
  const { execPath, execArgv, env } = process
  const args = [...execArgv, ENTRY, ...formatConfigFlags(configFlagsOf(command)), '--', ...files]
  const format = options.format ?? (process.stdout.isTTY ? 'table' : 'json')
  // As JSON, this process becomes the one that reads: signals and exit code are its own.
  if (format === 'json') process.execve!(execPath, [execPath, ...args], env)
  process.exitCode = await showTable([execPath, ...args], options.top, process.stdout)
}

export const registerReplay = (program: Command): void => {
  const command = program
    .command('replay')
    .argument('<file...>', 'captures, - for standard input')
    .description('Print the flows of captures')
    .addOption(
      new Option('--format <format>', 'default: table on a terminal, else json').choices([
        'json',
        'table',
      ]),
    )
    .option('--top <number>', 'flows in the table, the largest first', parseTop, DEFAULT_TOP)
  addConfigOptions(command, ['flows', 'detect']).addHelpText('after', HELP).action(run)
}
