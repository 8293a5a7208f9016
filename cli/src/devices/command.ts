/** `netscope devices`: what is on the network. */
import { type Command, Option } from 'commander'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { formatTable } from '../output/table.ts'
import { deviceColumns } from './device-columns.ts'
import { devicePages, type DeviceRow } from './device-pages.ts'

interface DevicesOptions extends ServerOptions {
  status?: string
  role?: string
  ip?: string
  mac?: string
  agent?: string
  sort: string
  format: 'table' | 'json'
  quiet?: true
}

const HELP = `
WORDS are part of a name, vendor, role, MAC or address. JSON has a line for each device, with all fields of
docs/reference/devices.md; --quiet prints ids only, for scripts.

Examples:
  netscope devices
  netscope devices printer --status online
  netscope devices --ip 192.168.1.0/24 --sort bandwidth
  netscope devices --format json | jq -r 'select(.open_ports | index(22)) | .ip'

Exit codes: 0 done, 1 the server cannot be reached or refused, 2 wrong usage.`

/** How the API calls it; what is largest or newest comes first. */
const SORTS: Readonly<Record<string, string>> = {
  address: 'ip',
  name: 'hostname',
  bandwidth: '-bandwidth',
  seen: '-last_seen',
  created: 'created_at',
}

const queryOf = (words: readonly string[], options: DevicesOptions): Record<string, string> => {
  const { status, role, ip, mac, agent: agent_id, sort } = options
  const given = { status, role, ip, mac, agent_id, q: words.join(' ') || undefined }
  const set = Object.entries(given).filter((entry): entry is [string, string] => !!entry[1])
  return { ...Object.fromEntries(set), sort: SORTS[sort] ?? 'ip' }
}

const run = async (words: readonly string[], options: DevicesOptions): Promise<void> => {
  const { stdout } = process
  const base = await serverUrl(options)
  const found: DeviceRow[] = []
  for await (const devices of devicePages(base, queryOf(words, options))) {
    if (options.quiet)
      await writeLines(
        stdout,
        devices.map(({ id }) => printable(id)),
      )
    else if (options.format === 'json') await writeLines(stdout, devices.map(printableJson))
    else found.push(...devices)
  }
  if (options.quiet || options.format === 'json') return
  // Widths are known once all are there.
  await writeLines(stdout, formatTable(deviceColumns(Date.now()), found, stdout.columns))
}

export const registerDevices = (program: Command): void => {
  const command = program
    .command('devices [words...]')
    .description('List what is on the network')
    .optionsGroup('Which devices:')
    .addOption(new Option('--status <status>', 'of them').choices(['online', 'offline', 'unknown']))
    .option('--role <role>', 'such as router, "DNS server", printer')
    .option('--ip <prefix>', 'with an address in it')
    .option('--mac <mac>', 'with this MAC address')
    .option('--agent <name>', "on this agent's network")
    .optionsGroup('Output:')
    .addOption(new Option('--sort <what>', 'order').choices(Object.keys(SORTS)).default('address'))
    .addOption(new Option('--format <how>', 'how').choices(['table', 'json']).default('table'))
    .option('-q, --quiet', 'print ids only')
  addServerOptions(command)
  command.addHelpText('after', HELP).action(run)
}
