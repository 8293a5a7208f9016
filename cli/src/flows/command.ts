/** `netscope flows`: the history of flows, and those that live now. */
import type { Command } from 'commander'
import type { ApiClient } from '@netscope/core/api/client.ts'
import type { Operations } from '@netscope/core/api/operations.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl } from '../client/server-url.ts'
import { fieldOf, type FlowRow } from '../observe/field.ts'
import { createFilter } from '../observe/filter.ts'
import { flowColumns } from '../observe/flow-columns.ts'
import { MOST_FLOWS } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printableJson } from '../output/printable.ts'
import { printRows } from '../output/rows.ts'
import { formatTable } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'
import { findFlows } from './find-flows.ts'
import { addFlowsOptions, checkOptions, DEFAULT_LAST, type FlowsOptions } from './options.ts'
import { amountsOf, seriesColumns, stepsOf, topColumns, type TopRow } from './sums.ts'

const HELP = `
Flows count at the time of their last packet. One that lives long is stored in parts, each with what was counted since the
part before. Filters are queries as of \`netscope observe --filter\`; \`netscope observe --fields\` lists the fields.

Examples:
  netscope flows --since 24h 'dst in 203.0.113.0/24 and bytes > 1MB'
  netscope flows --from 2026-07-31T12:00 --to 2026-07-31T13:00 --output json
  netscope flows --since 1d --top dst --by bytes
  netscope flows --since 1d --series 1h --top srcProcess --limit 3

${EXIT_CODES}`

const HOUR_MS = 3_600_000

interface Task {
  base: URL
  api: ApiClient
  filter: string
  options: FlowsOptions
  range: { fromMs: number; toMs: number }
}

const rangeOf = ({ from, since, to }: FlowsOptions, nowMs: number): Task['range'] => {
  const toMs = to ?? nowMs
  return { fromMs: from ?? since ?? toMs - HOUR_MS, toMs }
}

/** Parameters that top and series have in common. */
const sumQuery = ({ filter, options, range }: Task) => ({
  from: new Date(range.fromMs).toISOString(),
  to: new Date(range.toMs).toISOString(),
  ...(filter !== '' && { filter }),
  measure: options.by,
  limit: options.limit,
})

type Group = Operations['topFlows']['query']['by']
/** In any case; which of the fields can be summed by, the server says. */
const groupOf = (name: string): Group => fieldOf(name, '--top').name as Group

const printTop = async (task: Task, name: string): Promise<void> => {
  const { output, by: measure } = task.options
  const by = groupOf(name)
  const { rows } = await task.api.call('topFlows', { query: { ...sumQuery(task), by } })
  const shape = { columns: topColumns(by, measure), id: ({ key }: TopRow) => String(key) }
  await printRows(process.stdout, rows, output, shape)
}

/** Beyond it the server refuses. */
const MOST_LINES = 50

const printSeries = async (task: Task, step: number | 'auto'): Promise<void> => {
  const { top, limit, output, by: measure } = task.options
  const group = top === undefined ? {} : { by: groupOf(top) }
  const steps = stepsOf(
    await task.api.call('flowSeries', {
      query: {
        ...sumQuery(task),
        ...group,
        limit: Math.min(limit, MOST_LINES),
        ...(step !== 'auto' && { step }),
      },
    }),
  )
  const { stdout } = process
  const quiet = () => steps.map(({ amounts }) => amounts.map(({ value }) => value).join(' '))
  const lines = {
    json: () => steps.flatMap(amountsOf).map(printableJson),
    quiet,
    table: () => formatTable(seriesColumns(steps, measure), steps, stdout.columns ?? Infinity),
  }
  await writeLines(stdout, lines[output]())
}

const note = (line: string): void => void process.stderr.write(`netscope: ${line}\n`)

const printFlows = async ({ base, api, filter, options, range }: Task): Promise<void> => {
  const { from, since, last, state, output, columns } = options
  const isRange = from !== undefined || since !== undefined
  const most = last ?? (isRange ? MOST_FLOWS : DEFAULT_LAST)
  const flows = await findFlows(base, api, { filter, ...range, state, most })
  if (flows.length === 0) note('no flow is like that')
  if (flows.length === MOST_FLOWS) note(`only the newest ${MOST_FLOWS} flows are shown`)
  await printRows(process.stdout, flows, output, {
    columns: flowColumns(columns, Date.now()),
    id: ({ id }: FlowRow) => id,
  })
}

const run = async (words: readonly string[], options: FlowsOptions): Promise<void> => {
  checkOptions(options)
  if (options.columns !== undefined) flowColumns(options.columns, 0)
  if (options.top !== undefined) groupOf(options.top)
  const given = [...words, ...(options.filter ?? [])]
  const { query } = createFilter(
    given.map((text) => ({ option: 'filter', text, negated: false })),
    Date.now,
  )
  const base = await serverUrl(options)
  const range = rangeOf(options, Date.now())
  const task = { base, api: apiAt(base), filter: query['filter'] ?? '', options, range }
  if (options.series !== undefined) return printSeries(task, options.series)
  if (options.top !== undefined) return printTop(task, options.top)
  return printFlows(task)
}

export const registerFlows = (program: Command): void => {
  const command = program
    .command('flows')
    .description('Look into the history of flows')
    .argument('[filter...]', 'as of --filter; all must hold')
  addFlowsOptions(command)
  command.addHelpText('after', HELP).action(run)
}
