/** What `netscope observe` was asked for beside filters. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { ServerOptions } from '../client/server-url.ts'
import { parseMoment } from './moment.ts'

const FORMATS = ['compact', 'table', 'json', 'quiet'] as const
export type Format = (typeof FORMATS)[number]

export interface ObserveOptions extends ServerOptions {
  last?: number
  since?: string
  state: 'live' | 'ended' | 'all'
  follow?: true
  updates?: true
  aggregateBy?: string
  output?: Format
  /** As --output was called before. */
  format?: Format
  columns?: string
  fields?: true
}

/** Flows are held until the oldest can be printed first. */
export const MOST_FLOWS = 100_000

const parseLast = (text: string): number => {
  const last = Number(text)
  if (/^\d+$/.test(text) && last >= 1 && last <= MOST_FLOWS) return last
  throw new InvalidArgumentError(`A whole number from 1 to ${MOST_FLOWS}.`)
}

const parseSince = (text: string): string => {
  const ms = parseMoment(text, Date.now())
  if (ms !== undefined && Math.abs(ms) < 8.64e15) return new Date(ms).toISOString()
  throw new InvalidArgumentError('A time such as 2026-07-31T12:00:00Z, or 5m for five minutes ago.')
}

export const addServerOptions = (command: Command): void => {
  command
    .optionsGroup('Server:')
    .option(
      '--server <url>',
      'default: NETSCOPE_URL, else the last login, else server.host and server.port',
    )
    .option('--config <file>', 'configuration that names the server')
}

export const addObserveOptions = (command: Command): void => {
  command
    .optionsGroup('Which flows:')
    .option('--last <number>', 'the newest; default 20 if nothing else says how many', parseLast)
    .option('--since <time>', 'with a packet since: 5m, 2h, 2026-07-31T12:00:00Z', parseSince)
    .addOption(
      new Option('--state <state>', 'of their life')
        .choices(['live', 'ended', 'all'])
        .default('all'),
    )
    .option('-f, --follow', 'go on: flows as they begin (+) and as they end (-)')
    .option('--updates', 'with --follow, each change too (·)')
    .optionsGroup('Output:')
    .addOption(
      new Option('-o, --output <how>', 'how it is printed; default: compact').choices([...FORMATS]),
    )
    .addOption(new Option('--format <how>', 'the same').choices([...FORMATS]).hideHelp())
    .addOption(
      new Option('-q, --quiet', 'ids only; short for --output quiet').implies({ output: 'quiet' }),
    )
    .option('--columns <fields>', 'fields of the table, as src,dst,bytes')
    .option('--aggregate-by <fields>', 'sums by the values of fields, most bytes first')
    .option('--fields', 'list the fields that there are')
  addServerOptions(command)
}

const conflict = (filter: string, reason: string): NetscopeError =>
  new NetscopeError('filter.invalid', { filter, reason })

/** Throws `filter.invalid` where two options contradict each other. */
export const checkOptions = (options: ObserveOptions): void => {
  if (options.updates && !options.follow) throw conflict('--updates', 'it needs --follow')
  if (options.aggregateBy !== undefined && options.follow)
    throw conflict('--aggregate-by', 'it sums once; `netscope top` goes on')
  if (options.columns !== undefined && (options.output ?? options.format ?? 'table') !== 'table')
    throw conflict('--columns', 'it is for --output table')
  if (options.columns !== undefined && options.aggregateBy !== undefined)
    throw conflict('--columns', 'the columns of --aggregate-by are its fields and sums')
  if (options.output === 'quiet' && options.aggregateBy !== undefined)
    throw conflict('--quiet', 'sums have no ids')
  if (options.follow && options.state !== 'all')
    throw conflict('--state', 'what is followed begins and ends')
}
