/** `netscope lists`: who is on the deny list and on the allow list. */
import { Argument, type Command } from 'commander'
import type { ListName } from '@netscope/core/wire.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import { EXIT_CODES } from '../report.ts'
import { listColumns } from './list-columns.ts'
import { listPages, type ListRow } from './list-pages.ts'

interface ListsOptions extends ServerOptions, OutputOptions {
  match: string
}

const HELP = `
Newest first. --quiet prints the addresses and prefixes only.

Examples:
  netscope lists
  netscope lists deny --match scanner
  netscope lists allow --quiet > allowed.txt

${EXIT_CODES}`

const run = async (list: ListName | undefined, options: ListsOptions): Promise<void> => {
  const { match, output } = options
  const api = apiAt(await serverUrl(options))
  const shape = { columns: listColumns(Date.now()), id: ({ prefix }: ListRow) => prefix }
  const found: ListRow[] = []
  for (const name of list ? [list] : (['deny', 'allow'] as const)) {
    for await (const rows of listPages(api, name, match)) {
      if (output === 'table') found.push(...rows)
      else await printRows(process.stdout, rows, output, shape)
    }
  }
  if (output === 'table') await printRows(process.stdout, found, output, shape)
}

export const registerLists = (program: Command): void => {
  const command = program
    .command('lists')
    .description('Show the deny list and the allow list')
    .addArgument(new Argument('[list]', 'only this one').choices(['deny', 'allow']))
    .option('--match <text>', 'part of an address or a reason', '')
  addOutputOptions(command, 'addresses only')
  addServerOptions(command)
  command.addHelpText('after', HELP).action(run)
}
