/** `netscope alerts false-positive`, `suppress` and what takes them back. */
import { type Command, InvalidArgumentError } from 'commander'
import type { AnswerOf } from '@netscope/core/api/client.ts'
import { parseDuration } from '@netscope/core/query/value.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'

type Options = ServerOptions & OutputOptions
interface MarkOptions extends Options {
  reason?: string
  undo?: true
}
interface SuppressOptions extends Options {
  reason: string
  /** Seconds. */
  for: number
}
type Suppression = AnswerOf<'listSuppressions'>['suppressions'][number]

const DEFAULT_SECONDS = 30 * 86_400

const parseFor = (text: string): number => {
  const seconds = Math.ceil((parseDuration(text) ?? 0) / 1000)
  if (/\D/.test(text) && seconds >= 60) return seconds
  throw new InvalidArgumentError('A time with its unit, from a minute to a year: 30m, 12h, 7d.')
}

const say = ({ output }: OutputOptions, table: string, answer: unknown, quiet: string) => {
  const lines = { table: printable(table), json: printableJson(answer), quiet: printable(quiet) }
  return writeLines(process.stdout, [lines[output]])
}

const undo = async (id: string, options: MarkOptions): Promise<void> => {
  await apiAt(await serverUrl(options)).call('unmarkFalsePositive', { path: { id } })
  await say(options, `${id} is no false positive any more.`, { id, falsePositive: null }, id)
}

const mark = async (id: string, options: MarkOptions): Promise<void> => {
  if (options.undo) return undo(id, options)
  const { reason } = options
  if (reason === undefined) throw new InvalidArgumentError('Say why with --reason.')
  const api = apiAt(await serverUrl(options))
  const alert = await api.call('markFalsePositive', { path: { id }, body: { reason } })
  const { factor = 0, expiresAt = '' } = alert.falsePositive ?? {}
  const [from, to] = [alert.src || alert.srcMac || alert.srcName, alert.dst || alert.dstMac]
  const words = `${id} is a false positive: until ${expiresAt.slice(0, 10)} ${alert.detector} has to find ${factor} times its threshold from ${from || 'many'} to ${to || 'several at once'}.`
  return say(options, words, alert, id)
}

const suppress = async (filter: string, options: SuppressOptions): Promise<void> => {
  const { reason, for: expiresInSeconds } = options
  const body = { filter, reason, expiresInSeconds }
  const made = await apiAt(await serverUrl(options)).call('addSuppression', { body })
  const words = `${made.id}: alerts like that are suppressed until ${made.expiresAt}.`
  return say(options, words, made, made.id)
}

const unsuppress = async (id: string, options: Options): Promise<void> => {
  await apiAt(await serverUrl(options)).call('removeSuppression', { path: { id } })
  return say(options, `The suppression ${id} has ended.`, { id }, id)
}

const COLUMNS: Column<Suppression>[] = [
  { title: 'FILTER', least: 20, text: ({ filter }) => filter },
  { title: 'REASON', least: 12, dropOrder: 2, text: ({ reason }) => reason },
  { title: 'AUTHOR', dropOrder: 1, text: ({ author }) => author },
  { title: 'HITS', right: true, text: ({ hits }) => String(hits) },
  { title: 'UNTIL', text: ({ expiresAt }) => expiresAt },
  { title: 'ID', text: ({ id }) => id },
]

const suppressions = async (options: Options): Promise<void> => {
  const answer = await apiAt(await serverUrl(options)).call('listSuppressions')
  const shape = { columns: COLUMNS, id: ({ id }: Suppression) => id }
  await printRows(process.stdout, answer.suppressions, options.output, shape)
}

/** `alerts` is the command that they belong to. */
export const registerFeedback = (alerts: Command): void => {
  const marked = alerts
    .command('false-positive <id>')
    .description(
      'Say that an alert is a false positive: its detector demands more between its source and target',
    )
    .option('--reason <text>', 'why')
    .option('--undo', 'take it back')
  const suppressed = alerts
    .command('suppress <filter>')
    .description('Hold back alerts that a filter is true of')
    .requiredOption('--reason <text>', 'why, for whoever reads it later')
    .option('--for <time>', 'how long: 12h, 7d; 30 days without it', parseFor, DEFAULT_SECONDS)
  const listed = alerts.command('suppressions').description('List what is held back')
  const ended = alerts.command('unsuppress <id>').description('End a suppression')
  for (const command of [marked, suppressed, listed, ended]) {
    addOutputOptions(command, 'ids only')
    addServerOptions(command)
  }
  marked.action(mark)
  suppressed.action(suppress)
  listed.action(suppressions)
  ended.action(unsuppress)
}
