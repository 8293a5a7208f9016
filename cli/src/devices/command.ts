/** `netscope devices`: what is on the network. */
import { type Command, Option } from 'commander'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import { EXIT_CODES } from '../report.ts'
import { deviceColumns } from './device-columns.ts'
import { devicePages, type DeviceRow } from './device-pages.ts'

interface DevicesOptions extends ServerOptions, OutputOptions {
  status?: string
  role?: string
  ip?: string
  mac?: string
  agent?: string
  sort: string
}

const HELP = `
WORDS are part of a name, vendor, role, MAC or address. JSON has a line for each device, with all fields of
docs/reference/devices.md; --quiet prints ids only, for scripts.

Examples:
  netscope devices
  netscope devices printer --status online
  netscope devices --ip 192.168.1.0/24 --sort bandwidth
  netscope devices --output json | jq -r 'select(.open_ports | index(22)) | .ip'

${EXIT_CODES}`

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
  const shape = { columns: deviceColumns(Date.now()), id: ({ id }: DeviceRow) => id }
  const found: DeviceRow[] = []
  for await (const devices of devicePages(base, queryOf(words, options))) {
    if (options.output === 'table') found.push(...devices)
    else await printRows(stdout, devices, options.output, shape)
  }
  // Widths are known once all are there.
  if (options.output === 'table') await printRows(stdout, found, 'table', shape)
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
  addOutputOptions(command, 'ids only')
  addServerOptions(command)
  command.addHelpText('after', HELP).action(run)
}
