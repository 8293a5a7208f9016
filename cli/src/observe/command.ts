/** `netscope observe`: flows as they are, and as they come and go. */
import type { Command } from 'commander'
import { serverUrl } from '../client/server-url.ts'
import { printableJson } from '../output/printable.ts'
import { formatTable } from '../output/table.ts'
import { createAggregate } from './aggregate.ts'
import { fieldTable, type FlowRow } from './field.ts'
import { addFilterOptions } from './filter-options.ts'
import { createFilter, type Filter } from './filter.ts'
import { flowColumns } from './flow-columns.ts'
import { followFlows } from './follow-flows.ts'
import { addObserveOptions, checkOptions, MOST_FLOWS, type ObserveOptions } from './options.ts'
import { createPrinter, writeLines, type Output, type Printer } from './printer.ts'
import { readFlows } from './read-flows.ts'
import { EXIT_CODES } from '../report.ts'

const DEFAULT_LAST = 20

const HELP = `
All filters must hold; of the same short option given twice one is enough. --not turns the next one round.
A query has tests (FIELD = VALUE, also != < <= > >= in ~), joined by and, or, not and parentheses. Values have
units (1MB, 10ms, 8Mbit/s, -5m), addresses take prefixes, * is any text. Names of both sides' fields have neither
src nor dst before them: ip, port, process, name, container, bytes, retransmits, rtt … (docs/reference/query.md)

Examples:
  netscope observe --follow --process curl
  netscope observe --filter 'src in 10.0.0.0/8 and (bytes > 1MB or verdict = DROP)'
  netscope observe --to '*.example.com' --not --port 443
  netscope observe --since 5m 'retransmits>0' 'srcRttMs>100ms'
  netscope observe --aggregate-by dstName,dstPort --interface eth0
  netscope observe --last 1000 --output json | jq -r .dst

${EXIT_CODES} Ctrl-C ends well.`

const note = (line: string): void => void process.stderr.write(`netscope: ${line}\n`)

const NOTICES = {
  lost: (reason: string) => note(`lost the server, trying again: ${reason}`),
  back: () => note('the server is there again'),
}

const formatOf = ({ output, format }: ObserveOptions) => output ?? format

interface Task {
  base: URL
  filter: Filter
  options: ObserveOptions
}

/** The newest flows that are wanted, oldest first. */
const newest = async ({ base, filter, options }: Task): Promise<FlowRow[]> => {
  const { since, state } = options
  const most = options.last ?? (since === undefined ? DEFAULT_LAST : MOST_FLOWS)
  const flows: FlowRow[] = []
  await readFlows(base, {
    filter,
    state,
    ...(since !== undefined && { since }),
    take: (flow) => flows.push(flow) < most,
  })
  if (flows.length === MOST_FLOWS) note(`only the newest ${MOST_FLOWS} flows are shown`)
  return flows.toSorted((a, b) => (a.lastSeen < b.lastSeen ? -1 : 1))
}

const aggregate = async ({ base, filter, options }: Task, output: Output): Promise<void> => {
  const { add, sums, columns } = createAggregate(options.aggregateBy ?? '')
  const { since, state, last = Infinity } = options
  let count = 0
  await readFlows(base, {
    filter,
    state,
    ...(since !== undefined && { since }),
    take(flow) {
      add(flow)
      return ++count < last
    },
  })
  const lines =
    formatOf(options) === 'json'
      ? sums().map((sum) => printableJson(sum))
      : formatTable(columns, sums(), output.columns ?? Infinity)
  await writeLines(output, lines)
}

const follow = async (task: Task, print: Printer): Promise<void> => {
  const { base, filter, options } = task
  const leaving = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leaving.abort())
  const isHistoryWanted = options.last !== undefined || options.since !== undefined
  /** Ids that the first, printed history had: what began during it is not told again. */
  let shown: ReadonlySet<string> | undefined
  for await (const happenings of followFlows(base, filter, leaving.signal, NOTICES)) {
    if (shown === undefined) {
      const flows = isHistoryWanted ? await newest(task) : []
      shown = new Set(flows.map(({ id }) => id))
      await print(flows.map((flow) => ({ flow })))
    }
    const isTold = options.updates ? ['begun', 'changed', 'ended'] : ['begun', 'ended']
    const known = shown
    await print(
      happenings.filter(
        ({ change, flow }) =>
          isTold.includes(change) && !(change === 'begun' && known.has(flow.id)),
      ),
    )
  }
}

const run = async (task: Omit<Task, 'base'>, output: Output): Promise<void> => {
  const { options } = task
  if (options.columns !== undefined) flowColumns(options.columns, 0)
  if (options.aggregateBy !== undefined) createAggregate(options.aggregateBy)
  const base = await serverUrl(options)
  if (options.aggregateBy !== undefined) return aggregate({ ...task, base }, output)
  const format = formatOf(options) ?? (options.columns === undefined ? 'compact' : 'table')
  const print = createPrinter(format, options.columns, output)
  if (options.follow) return follow({ ...task, base }, print)
  const flows = await newest({ ...task, base })
  if (flows.length === 0) note('no flow is like that')
  return print(flows.map((flow) => ({ flow })))
}

export const registerObserve = (program: Command): void => {
  const command = program.command('observe').description('Show flows, and follow them')
  const given = addFilterOptions(command)
  addObserveOptions(command)
  command.addHelpText('after', HELP).action(async (words: string[], options: ObserveOptions) => {
    checkOptions(options)
    if (options.fields) return writeLines(process.stdout, fieldTable())
    const filter = createFilter(given(words), Date.now)
    return run({ filter, options }, process.stdout)
  })
}
