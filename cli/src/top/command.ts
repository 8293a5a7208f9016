/** `netscope top`: who has the most traffic now. */
import { type Command, Option } from 'commander'
import { eventStream } from '../client/event-stream.ts'
import { flowPages, flowStreamUrl, PAGE, readPage } from '../client/flows.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import type { FlowRow } from '../observe/field.ts'
import { addFilterOptions } from '../observe/filter-options.ts'
import { createFilter, type Filter } from '../observe/filter.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { paintFor } from '../output/paint.ts'
import { GROUPINGS, ORDERS, type GroupBy, type Order } from './groups.ts'
import { createScreen } from './screen.ts'
import { afterKey, plainLines, screenLines, type Snapshot, type View } from './view.ts'
import { EXIT_CODES } from '../report.ts'

interface TopOptions extends ServerOptions {
  by: GroupBy
  order: Order
  once?: true
}

const HELP = `
On a terminal it is drawn anew every second until q or Ctrl-C; keys: p process, e peer, o port, i interface,
c container, n name, s the next order. Elsewhere, or with --once, it is a table of all live flows, printed once.
The screen sums the 1,000 fastest flows that the server finds and says so when there are more; packets and
retransmissions are those of the flows that live now. Filters are those of \`netscope observe\`.

Examples:
  netscope top
  netscope top --by peer --interface eth0
  netscope top --once --by port --order flows --to 10.0.0.0/8

${EXIT_CODES}`

const FASTEST_FIRST = { state: 'live', sort: '-bytesPerSecond' } as const

const printOnce = async (base: URL, filter: Filter, view: View): Promise<void> => {
  const flows = new Map<string, FlowRow>()
  for await (const page of flowPages(base, { ...filter.query, ...FASTEST_FIRST })) {
    for (const flow of page.flows) flows.set(flow.id, flow)
  }
  const columns = process.stdout.columns ?? Infinity
  await writeLines(process.stdout, plainLines(view, [...flows.values()], columns))
}

/** Draws every second until the user leaves. */
const watch = async (base: URL, filter: Filter, start: View): Promise<void> => {
  const screen = createScreen(process.stdin, process.stdout)
  const paint = paintFor(process.stdout, process.env)
  const leaving = new AbortController()
  const url = flowStreamUrl(base, { ...filter.query, ...FASTEST_FIRST, limit: PAGE })
  let view = start
  let looked = 0
  let snapshot: Snapshot | undefined

  const draw = (): void => {
    const lines = snapshot
      ? screenLines(view, snapshot, looked, screen.size, paint)
      : [`waiting for ${url.origin} …`]
    screen.draw(lines)
  }
  const show = (change: Partial<Snapshot>): void => {
    if (snapshot) snapshot = { ...snapshot, ...change }
    draw()
  }
  const onKey = (key: string): void => {
    const next = afterKey(view, key)
    if (!next) return leaving.abort()
    view = next
    draw()
  }
  const notices = {
    lost: (reason: string) => show({ problem: `lost the server, trying again: ${reason}` }),
    back: () => show({ problem: '' }),
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => leaving.abort())
  screen.open(onKey, draw)
  draw()
  try {
    for await (const data of eventStream(url, leaving.signal, notices)) {
      const { total, flows } = readPage(data, url)
      looked = flows.length
      snapshot = { total, flows, nowMs: Date.now(), problem: '' }
      draw()
    }
  } finally {
    screen.close()
  }
}

export const registerTop = (program: Command): void => {
  const command = program.command('top').description('Show who has the most traffic now')
  const given = addFilterOptions(command)
  const choices = (table: object): string[] => Object.keys(table)
  command
    .optionsGroup('Output:')
    .addOption(
      new Option('--by <what>', 'what to sum by').choices(choices(GROUPINGS)).default('process'),
    )
    .addOption(new Option('--order <what>', 'most first').choices(choices(ORDERS)).default('rate'))
    .option('--once', 'print one table of all live flows, also on a terminal')
  addServerOptions(command)
  command
    .addHelpText('after', HELP)
    .action(async (words: string[], { by, order, once, ...options }: TopOptions) => {
      const filter = createFilter(given(words), Date.now)
      const base = await serverUrl(options)
      return once || !process.stdout.isTTY
        ? printOnce(base, filter, { by, order })
        : watch(base, filter, { by, order })
    })
}
