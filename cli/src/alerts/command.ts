/** `netscope alerts`: what the detectors have found, and what people say of it. */
import { type Command, Option } from 'commander'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import { EXIT_CODES } from '../report.ts'
import { alertColumns, type AlertRow } from './alert-columns.ts'
import { alertText } from './alert-text.ts'
import { registerFeedback } from './feedback-commands.ts'
import { registerWorkflow } from './workflow-commands.ts'

interface AlertsOptions extends ServerOptions, OutputOptions {
  severity?: string
  detector?: string
  state?: string
  all?: true
  src?: string
  dst?: string
  since?: string
  filter?: string
  sort: string
  limit?: number
}

const HELP = `
Without a command it lists them; what to list by: netscope alerts list --help.

JSON has a line for each alert, with all fields and the evidence; --quiet prints ids only, for scripts.

Examples:
  netscope alerts
  netscope alerts --severity high --since -1d
  netscope alerts --filter 'detector ~ scan and src in 10.0.0.0/8' --output json
  netscope alerts incidents
  netscope alerts ack 5f0c3a9d11e2b847 --reason "looking at it"
  netscope alerts show 5f0c3a9d11e2b847
  netscope alerts false-positive 5f0c3a9d11e2b847 --reason "our own scanner"
  netscope alerts suppress 'src = 10.0.0.5' --reason "pentest" --for 7d

${EXIT_CODES}`

/** How the API calls it; what is newest or most severe comes first. */
const SORTS: Readonly<Record<string, string>> = {
  begun: '-firstSeen',
  seen: '-lastSeen',
  severity: '-severity',
}
const PAGE = '500'

const queryOf = (options: AlertsOptions): Record<string, string> => {
  const { severity, detector, src, dst, since, filter, all, sort } = options
  const state = all ? 'all' : options.state
  const given = { severity, detector, state, src, dst, since, filter }
  const set = Object.entries(given).filter((entry): entry is [string, string] => !!entry[1])
  return { ...Object.fromEntries(set), sort: SORTS[sort] ?? '-lastSeen', limit: PAGE }
}

async function* alertPages(options: AlertsOptions): AsyncGenerator<AlertRow[]> {
  const api = apiAt(await serverUrl(options))
  const query = queryOf(options)
  let cursor: string | undefined
  do {
    const page = await api.call('listAlerts', { query: { ...query, ...(cursor && { cursor }) } })
    yield page.alerts
    cursor = page.nextCursor
  } while (cursor !== undefined)
}

const list = async (options: AlertsOptions): Promise<void> => {
  const { stdout } = process
  const shape = { columns: alertColumns(Date.now()), id: ({ id }: AlertRow) => id }
  const found: AlertRow[] = []
  for await (const alerts of alertPages(options)) {
    if (options.output === 'table') found.push(...alerts)
    else await printRows(stdout, alerts, options.output, shape)
  }
  // Widths are known once all are there.
  if (options.output === 'table') await printRows(stdout, found, 'table', shape)
}

const show = async (id: string, options: ServerOptions & OutputOptions): Promise<void> => {
  const alert = await apiAt(await serverUrl(options)).call('getAlert', { path: { id } })
  const lines = { table: alertText(alert), json: [printableJson(alert)], quiet: [alert.id] }
  await writeLines(process.stdout, lines[options.output])
}

export const registerAlerts = (program: Command): void => {
  const alerts = program
    .command('alerts')
    .description('List what the detectors have found, and say what is none')
  const listed = alerts
    .command('list', { isDefault: true })
    .description('List them')
    .optionsGroup('Which alerts:')
    .option('--severity <least>', 'at least: 0 to 100, or info, low, medium, high, critical')
    .option('--detector <name>', 'of this detector')
    .option(
      '--state <states>',
      'active, ended, suppressed, false-positive, open, acknowledged, resolved; several with commas',
    )
    .option('--all', 'also those that are suppressed')
    .option('--src <address>', 'address, prefix or MAC of the source')
    .option('--dst <address>', 'address, prefix or MAC of the target')
    .option('--since <time>', 'seen then or later: ISO 8601, or that long ago as -1h')
    .option('--filter <filter>', 'expression over the fields of alerts')
    .optionsGroup('Output:')
    .addOption(new Option('--sort <what>', 'order').choices(Object.keys(SORTS)).default('seen'))
  addOutputOptions(listed, 'ids only')
  addServerOptions(listed)
  listed.action(list)

  const shown = alerts.command('show <id>').description('Show one with its evidence')
  addOutputOptions(shown, 'the id only')
  addServerOptions(shown)
  shown.action(show)

  registerWorkflow(alerts)
  registerFeedback(alerts)
  alerts.addHelpText('after', HELP)
}
