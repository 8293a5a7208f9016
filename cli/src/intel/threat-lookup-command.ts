/** `netscope threat-lookup`: what feeds and providers know of an address. */
import type { Command } from 'commander'
import type { AnswerOf } from '@netscope/core/api/client.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { printRows } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'

interface Options extends ServerOptions {
  json?: true
  cached?: true
}
type LookUp = AnswerOf<'lookUpThreat'>
type Source = LookUp['sources'][number]

const COLUMNS: Column<Source>[] = [
  { title: 'SOURCE', text: ({ source }) => source },
  { title: 'STATE', text: ({ state }) => state },
  {
    title: 'WEIGHT',
    right: true,
    dropOrder: 1,
    text: ({ weight }) => (weight === null ? '' : String(weight)),
  },
  {
    title: 'HARM',
    right: true,
    text: ({ probability: p }) => (p === null ? '' : `${Math.round(100 * p)} %`),
  },
  { title: 'WHY', least: 30, text: ({ reasons }) => reasons.join('; ') },
]

const lookUp = async (ip: string, options: Options): Promise<void> => {
  const query = options.cached ? { live: false } : {}
  const answer = await apiAt(await serverUrl(options)).call('lookUpThreat', { path: { ip }, query })
  const { stdout } = process
  if (options.json) return writeLines(stdout, [printableJson(answer)])
  const risk = answer.risk === null ? 'unknown' : `${answer.risk} of 100`
  const note = answer.note === '' ? [] : [answer.note]
  await writeLines(
    stdout,
    [`${answer.ip}  risk ${risk}`, `  ${answer.arithmetic}`, ...note].map(printable),
  )
  await printRows(stdout, answer.sources, 'table', {
    columns: COLUMNS,
    id: ({ source }: Source) => source,
  })
}

export const registerThreatLookup = (program: Command): void => {
  const command = program
    .command('threat-lookup <ip>')
    .description('What feeds and providers know of an address')
    .option('--cached', 'ask no provider: only what is known already')
    .option('--json', 'as JSON')
  addServerOptions(command)
  command
    .addHelpText('after', `\nExample:\n  netscope threat-lookup 185.220.101.1\n\n${EXIT_CODES}`)
    .action(lookUp)
}
