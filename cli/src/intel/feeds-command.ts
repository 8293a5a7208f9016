/** `netscope feeds`: lists of addresses that others keep, and what is done with them. */
import type { Command } from 'commander'
import type { AnswerOf, BodyOf } from '@netscope/core/api/client.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'

type Options = ServerOptions & OutputOptions
type Feed = AnswerOf<'listFeeds'>['feeds'][number]
interface AddOptions extends Options {
  url?: string
  format?: string
  kind?: string
  block?: true
}

const COLUMNS: Column<Feed>[] = [
  { title: 'FEED', text: ({ name }) => name },
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'BLOCKS', text: ({ block }) => (block ? 'yes' : 'no') },
  { title: 'ENTRIES', right: true, text: (of) => String(of.entries + of.systems + of.names) },
  { title: 'SUBTRACTED', right: true, dropOrder: 2, text: (of) => String(of.subtracted) },
  { title: 'CAME', dropOrder: 1, text: ({ fetchedAt }) => fetchedAt ?? 'never' },
  { title: 'ERROR', least: 12, text: ({ error }) => error },
]

const say = (feed: Feed, words: string, { output }: OutputOptions): Promise<void> => {
  const lines = { table: printable(words), json: printableJson(feed), quiet: printable(feed.name) }
  return writeLines(process.stdout, [lines[output]])
}

const list = async (options: Options): Promise<void> => {
  const { feeds, fileProblems, blockProblem } = await apiAt(await serverUrl(options)).call(
    'listFeeds',
  )
  const problems = [...fileProblems, blockProblem].filter((problem) => problem !== '')
  for (const problem of problems) process.stderr.write(`${printable(problem)}\n`)
  await printRows(process.stdout, feeds, options.output, {
    columns: COLUMNS,
    id: ({ name }: Feed) => name,
  })
}

const add = async (name: string, options: AddOptions): Promise<void> => {
  const { url, format, kind, block } = options
  const given = Object.fromEntries(
    Object.entries({ url, format, kind, block }).filter(([, value]) => value !== undefined),
  )
  // What is no format or kind is refused by the server, which names those that are.
  const body = { name, ...given } as BodyOf<'addFeed'>
  const feed = await apiAt(await serverUrl(options)).call('addFeed', { body })
  await say(
    feed,
    `${feed.name} is added and being fetched; it ${feed.block ? 'blocks' : 'only marks'}.`,
    options,
  )
}

const remove = async (name: string, options: Options): Promise<void> => {
  await apiAt(await serverUrl(options)).call('removeFeed', { path: { name } })
  const table = `${name} is removed, and what only it held is off the deny list.`
  const lines = { table: printable(table), json: printableJson({ name }), quiet: printable(name) }
  await writeLines(process.stdout, [lines[options.output]])
}

const refresh = async (name: string, options: Options): Promise<void> => {
  const feed = await apiAt(await serverUrl(options)).call('refreshFeed', { path: { name } })
  const words =
    feed.error === ''
      ? `${feed.name} came: ${feed.entries} addresses, ${feed.subtracted} entries cut.`
      : `${feed.name} did not come: ${feed.error}. The last good copy is in use.`
  await say(feed, words, options)
  if (feed.error !== '') process.exitCode = 1
}

export const registerFeeds = (program: Command): void => {
  const feeds = program.command('feeds').description('Lists of bad addresses that others keep')
  const listed = feeds.command('list', { isDefault: true }).description('List them')
  const added = feeds
    .command('add <name>')
    .description('Add one; of a known feed, such as feodo, the name is enough')
    .option('--url <url>', 'where it is')
    .option('--format <format>', 'plain, csv, hosts, dshield, spamhaus, feodo, stix, misp, …')
    .option('--kind <kind>', 'c2, malicious, attacker, tor or other')
    .option('--block', 'put its addresses on the deny list')
  const removed = feeds.command('remove <name>').description('Remove one')
  const refreshed = feeds.command('refresh <name>').description('Fetch one now')
  for (const command of [listed, added, removed, refreshed]) {
    addOutputOptions(command, 'names only')
    addServerOptions(command)
  }
  listed.action(list)
  added.action(add)
  removed.action(remove)
  refreshed.action(refresh)
  feeds.addHelpText(
    'after',
    `\nExamples:\n  netscope feeds add feodo --block\n  netscope feeds refresh feodo\n\n${EXIT_CODES}`,
  )
}
