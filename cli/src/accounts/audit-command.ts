/** `netscope audit`: who changed what, for admins. */
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { type Command, InvalidArgumentError } from 'commander'
import { pathOf } from '@netscope/core/api/client.ts'
import type { AnswerOf } from '@netscope/core/api/client.ts'
import { apiAt } from '../client/api.ts'
import { request } from '../client/request.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'
import { timeText } from './time-text.ts'

type EntryRow = AnswerOf<'listAudit'>['entries'][number]

interface ListOptions extends ServerOptions, OutputOptions {
  last: number
  action?: string
}
interface VerifyOptions extends ServerOptions, OutputOptions {
  /** SEQ:HASH. */
  head?: string
}

const HELP = `
Each entry is bound to the one before it by its hash. Note the head that verify prints somewhere else: with --head it
also finds a log that was written anew.

Examples:
  netscope audit --last 20
  netscope audit --action user.create --output json
  netscope audit export > audit.ndjson
  netscope audit verify --head 120:5f2c…

${EXIT_CODES}`

const change = ({ before, after }: EntryRow): string =>
  [before, after]
    .filter((value) => value !== undefined)
    .map((value) => JSON.stringify(value))
    .join(' → ')

const COLUMNS: Column<EntryRow>[] = [
  { title: 'NO', right: true, text: ({ seq }) => String(seq) },
  { title: 'TIME', text: ({ atMs }) => timeText(atMs) },
  { title: 'WHO', text: ({ principal }) => principal.name },
  { title: 'WHAT', text: ({ action }) => action },
  { title: 'TO', least: 12, text: ({ target }) => target },
  { title: 'FROM', dropOrder: 1, text: ({ from }) => from },
  { title: 'CHANGE', least: 20, dropOrder: 2, text: change },
]

/** The most that the API gives at once. */
const count = (text: string): number => {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number
  throw new InvalidArgumentError('Write a number from 1 to 1000; export gives all.')
}

const list = async (options: ListOptions): Promise<void> => {
  const { last: limit, action, output } = options
  const query = { limit, ...(action !== undefined && { action }) }
  const { entries } = await apiAt(await serverUrl(options)).call('listAudit', { query })
  const shape = { columns: COLUMNS, id: ({ seq }: EntryRow) => String(seq) }
  await printRows(process.stdout, entries, output, shape)
}

const EXPORT_WITHIN_MS = 600_000

const exportAll = async (options: ServerOptions): Promise<void> => {
  const url = new URL(pathOf('exportAudit').slice(1), await serverUrl(options))
  const { body } = await request(url, AbortSignal.timeout(EXPORT_WITHIN_MS))
  if (body) await pipeline(body as ReadableStream<Uint8Array>, process.stdout, { end: false })
}

const headOf = (text: string): { seq: number; hash: string } => {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash }
  throw new InvalidArgumentError('Write what verify printed: NUMBER:HASH.')
}

const verify = async ({ head, output, ...options }: VerifyOptions): Promise<void> => {
  const query = head === undefined ? {} : headOf(head)
  const found = await apiAt(await serverUrl(options)).call('verifyAudit', { query })
  const { ok, entries, head: last, problem = '' } = found
  const lines = {
    json: [printableJson(found)],
    quiet: [`${last.seq}:${last.hash}`],
    table: [
      ok ? `All ${entries} entries are whole.` : printable(`The log is broken: ${problem}.`),
      `Head: ${last.seq}:${last.hash}`,
    ],
  }
  await writeLines(process.stdout, lines[output])
  if (!ok) process.exitCode = 1
}

export const registerAudit = (program: Command): void => {
  const audit = program.command('audit').description('Show who changed what, and check the log')
  const shown = audit
    .command('list', { isDefault: true })
    .description('Show the newest entries')
    .option('--last <number>', 'how many', count, 50)
    .option('--action <name>', 'of this kind, such as list.add')
  addOutputOptions(shown, 'numbers only')
  shown.action(list)
  audit.command('export').description('All entries as lines of JSON').action(exportAll)
  const verified = audit
    .command('verify')
    .description('Check that nothing was changed or taken away')
    .option('--head <number:hash>', 'what an earlier verify printed')
  addOutputOptions(verified, 'the head only')
  verified.action(verify)
  for (const command of audit.commands) addServerOptions(command)
  audit.addHelpText('after', HELP)
}
