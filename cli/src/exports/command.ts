/** `netscope exports`: where flows, alerts and actions go, and how each output is. */
import { Option, type Command } from 'commander'
import type { AnswerOf } from '@netscope/core/api/client.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { formatBytes } from '../output/units.ts'
import { EXIT_CODES } from '../report.ts'

type Output = AnswerOf<'listExports'>['outputs'][number]
interface Options extends ServerOptions, OutputOptions {
  sample?: string
}

const HELP = `
Outputs are declared in the file that export.outputsFile names; docs/reference/export.md explains it.

Examples:
  netscope exports                  how each output is
  netscope exports --sample ecs     a flow, an alert and a step of an action as they will arrive

${EXIT_CODES}`

const sum = ({ flows, alerts, actions }: Output['sent']): number => flows + alerts + actions

const COLUMNS: Column<Output>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'WHAT', dropOrder: 3, text: ({ what }) => what.join(',') },
  { title: 'FORMAT', dropOrder: 2, text: ({ format }) => format },
  { title: 'TO', least: 12, dropOrder: 1, text: ({ target }) => target },
  { title: 'SENT', right: true, text: ({ sent }) => String(sum(sent)) },
  { title: 'WAITING', right: true, text: ({ waiting }) => String(waiting) },
  {
    title: 'BYTES',
    right: true,
    dropOrder: 4,
    text: ({ waitingBytes }) => formatBytes(waitingBytes),
  },
  { title: 'LOST', right: true, text: ({ lost }) => String(sum(lost)) },
  { title: 'STATE', text: ({ error }) => (error === '' ? 'ok' : 'failing') },
  { title: 'WHY', least: 10, text: ({ error }) => error },
]

const show = async (options: Options): Promise<void> => {
  const api = apiAt(await serverUrl(options))
  if (options.sample !== undefined) {
    const path = { format: options.sample }
    const { flow, alert, action } = await api.call('getExportSample', { path })
    return writeLines(
      process.stdout,
      [flow, alert, action].map((event) => printableJson(event)),
    )
  }
  const { outputs } = await api.call('listExports')
  const shape = { columns: COLUMNS, id: ({ name }: Output) => name }
  await printRows(process.stdout, outputs, options.output, shape)
}

export const registerExports = (program: Command): void => {
  const command = program
    .command('exports')
    .description('List where flows, alerts and actions go to other systems, and how that is')
    .addOption(new Option('--sample <format>', 'print an event of each kind in a format instead'))
  addOutputOptions(command, 'names only')
  addServerOptions(command)
  command.addHelpText('after', HELP).action(show)
}
