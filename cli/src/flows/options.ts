/** What `netscope flows` was asked for. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Operations } from '@netscope/core/api/operations.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { parseDuration } from '@netscope/core/query/value.ts'
import type { ServerOptions } from '../client/server-url.ts'
import { parseMoment } from '../observe/moment.ts'
import { addServerOptions, MOST_FLOWS } from '../observe/options.ts'
import { addOutputOptions, type OutputOptions } from '../output/rows.ts'

export type Measure = NonNullable<Operations['topFlows']['query']['measure']>

export interface FlowsOptions extends ServerOptions, OutputOptions {
  filter?: string[]
  /** Milliseconds since 1970. */
  from?: number
  to?: number
  since?: number
  state: 'stored' | 'live' | 'all'
  last?: number
  columns?: string
  top?: string
  /** Seconds; auto: as many steps as the server finds good. */
  series?: number | 'auto'
  by: Measure
  limit: number
}

export const DEFAULT_LAST = 20

const MEASURES = [
  ...['bytes', 'packets', 'flows', 'srcBytes', 'dstBytes', 'srcPackets', 'dstPackets'],
  ...['droppedPackets', 'retransmits'],
]

const wholeUpTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
    throw new InvalidArgumentError(`A whole number from 1 to ${most}.`)
  }

const collect = (text: string, before: readonly string[] = []): string[] => [...before, text]

const parseTime = (text: string): number => {
  const ms = text.toLowerCase() === 'now' ? Date.now() : parseMoment(text, Date.now())
  if (ms !== undefined && Math.abs(ms) < 8.64e15) return ms
  throw new InvalidArgumentError('A time such as 2026-07-31T12:00, or 5m for five minutes ago.')
}

const parseStep = (text: string): number | 'auto' => {
  if (text === 'auto') return text
  const seconds = (parseDuration(text) ?? 0) / 1000
  if (Number.isInteger(seconds) && seconds >= 1) return seconds
  throw new InvalidArgumentError('Whole seconds or more: 30s, 5m, 1h; or auto.')
}

export const addFlowsOptions = (command: Command): void => {
  command
    .optionsGroup('Which flows:')
    .option('--filter <query>', 'as the words; all must hold', collect)
    .option('--from <time>', 'seen last since then; default: 1h, an hour ago', parseTime)
    .option('--to <time>', 'and before then; default: now', parseTime)
    .option('--since <time>', 'the same as --from', parseTime)
    .addOption(
      new Option('--state <state>', 'from the history, those that live now, or both')
        .choices(['stored', 'live', 'all'])
        .default('all'),
    )
    .option(
      '--last <number>',
      `the newest; default ${DEFAULT_LAST} if nothing says how many or since when`,
      wholeUpTo(MOST_FLOWS),
    )
    .optionsGroup('Sums of the history:')
    .option('--top <field>', 'the values of a field that have most: dst, srcProcess, dstPort, ip …')
    .option('--series <step>', 'amounts over time, in steps of 30s, 5m, 1h … or auto', parseStep)
    .addOption(new Option('--by <what>', 'what is summed').choices(MEASURES).default('bytes'))
    .option('--limit <number>', 'rows of --top, columns of a series of it', wholeUpTo(1000), 10)
  addOutputOptions(command, 'ids, keys or figures only')
  command.option('--columns <fields>', 'fields of the table of flows, as src,dst,bytes')
  addServerOptions(command)
}

const conflict = (filter: string, reason: string): NetscopeError =>
  new NetscopeError('filter.invalid', { filter, reason })

/** Throws `filter.invalid` where two options contradict each other. */
export const checkOptions = (options: FlowsOptions): void => {
  const { from, to = Number.MAX_SAFE_INTEGER, since, state, last, columns } = options
  const isSum = options.top !== undefined || options.series !== undefined
  if (from !== undefined && since !== undefined)
    throw conflict('--since', 'it is the same as --from; give one of both')
  if ((from ?? since ?? 0) > to) throw conflict('--to', 'it is before --from')
  if (isSum && last !== undefined) throw conflict('--last', 'sums are over all flows of the range')
  if (isSum && columns !== undefined) throw conflict('--columns', 'sums have columns of their own')
  if (isSum && state === 'live')
    throw conflict('--state', 'sums are of the history; `netscope top` sums what lives')
}
