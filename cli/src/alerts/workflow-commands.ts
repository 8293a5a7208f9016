/** `netscope alerts ack`, `resolve`, `reopen`, `assign`, `note`, `history`, `related`, `incidents` and `test`. */
import type { Command } from 'commander'
import type { AnswerOf, BodyOf } from '@netscope/core/api/client.ts'
import { testChannel } from '../channels/test-channel.ts'
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { addOutputOptions, printRows, type OutputOptions } from '../output/rows.ts'
import type { Column } from '../output/table.ts'
import { alertColumns } from './alert-columns.ts'

type Options = ServerOptions & OutputOptions
interface ReasonOptions extends Options {
  reason?: string
}
type Change = AnswerOf<'getAlertHistory'>['changes'][number]
type Incident = AnswerOf<'listIncidents'>['incidents'][number]
type Related = AnswerOf<'listRelatedAlerts'>['related'][number]

const at = async (options: ServerOptions) => apiAt(await serverUrl(options))

const change = async (
  id: string,
  body: BodyOf<'changeAlert'>,
  words: string,
  options: Options,
): Promise<void> => {
  const alert = await (await at(options)).call('changeAlert', { path: { id }, body })
  const lines = { table: printable(words), json: printableJson(alert), quiet: printable(id) }
  await writeLines(process.stdout, [lines[options.output]])
}

const stateTo =
  (state: 'acknowledged' | 'resolved' | 'open', words: string) =>
  (id: string, { reason, ...options }: ReasonOptions): Promise<void> =>
    change(id, { state, ...(reason && { reason }) }, `${id} is ${words}.`, options)

const assign = (id: string, who: string | undefined, options: Options): Promise<void> =>
  change(
    id,
    { assignee: who ?? '' },
    who ? `${who} looks after ${id}.` : `Nobody looks after ${id}.`,
    options,
  )

const note = (id: string, reason: string, options: Options): Promise<void> =>
  change(id, { reason }, `The note is in the history of ${id}.`, options)

const CHANGES: Column<Change>[] = [
  { title: 'AT', text: ({ at: time }) => time },
  { title: 'BY', text: ({ author }) => author },
  { title: 'CHANGE', text: ({ change: word }) => word },
  { title: 'DETAIL', least: 20, text: ({ detail }) => detail },
]

const history = async (id: string, options: Options): Promise<void> => {
  const { changes } = await (await at(options)).call('getAlertHistory', { path: { id } })
  const shape = { columns: CHANGES, id: ({ change: word }: Change) => word }
  await printRows(process.stdout, changes, options.output, shape)
}

const related = async (id: string, options: Options): Promise<void> => {
  const found = await (await at(options)).call('listRelatedAlerts', { path: { id } })
  const because: Column<Related> = { title: 'BECAUSE', text: (of) => of.because }
  const columns = alertColumns(Date.now()).map(({ text, ...column }): Column<Related> => ({
    ...column,
    text: ({ alert }) => text(alert),
  }))
  const shape = { columns: [because, ...columns], id: ({ alert }: Related) => alert.id }
  await printRows(process.stdout, found.related, options.output, shape)
}

const INCIDENTS: Column<Incident>[] = [
  { title: 'SEVERITY', text: ({ label }) => label },
  { title: 'WHAT', least: 24, text: ({ title }) => title },
  { title: 'SOURCE', dropOrder: 2, text: ({ src, srcName }) => src || srcName },
  { title: 'ALERTS', right: true, text: ({ alerts }) => String(alerts) },
  { title: 'OPEN', right: true, text: ({ open }) => String(open) },
  { title: 'FROM', dropOrder: 1, text: ({ firstSeen }) => firstSeen },
  { title: 'TO', text: ({ lastSeen, active }) => (active ? 'goes on' : lastSeen) },
  { title: 'ID', text: ({ id }) => id },
]

const incidents = async (options: Options & { severity?: string }): Promise<void> => {
  const { severity, output } = options
  const query = { limit: 500, ...(severity && { severity }) }
  const found = await (await at(options)).call('listIncidents', { query })
  const shape = { columns: INCIDENTS, id: ({ id }: Incident) => id }
  await printRows(process.stdout, found.incidents, output, shape)
}

/** `alerts` is the command that they belong to. */
export const registerWorkflow = (alerts: Command): void => {
  const stated = [
    alerts
      .command('ack <id>')
      .description('Say that somebody looks after an alert: nobody is told of it any more')
      .action(stateTo('acknowledged', 'acknowledged')),
    alerts
      .command('resolve <id>')
      .description('Say that an alert is dealt with')
      .action(stateTo('resolved', 'resolved')),
    alerts
      .command('reopen <id>')
      .description('Take that back')
      .action(stateTo('open', 'open again')),
  ]
  for (const command of stated) command.option('--reason <text>', 'why, for its history')
  const others = [
    alerts
      .command('assign <id> [who]')
      .description('Say who looks after an alert; without a name nobody')
      .action(assign),
    alerts
      .command('note <id> <text>')
      .description('Write something into the history of an alert')
      .action(note),
    alerts.command('history <id>').description('Show what has become of an alert').action(history),
    alerts
      .command('related <id>')
      .description('List alerts of the same story, source or target')
      .action(related),
    alerts
      .command('incidents')
      .description('List alerts by story: what one source did, one thing after the other')
      .option('--severity <least>', 'at least: 0 to 100, or info, low, medium, high, critical')
      .action(incidents),
    alerts
      .command('test <channel>')
      .description('Send a message to a channel now, as netscope channels test does')
      .action(testChannel),
  ]
  for (const command of [...stated, ...others]) {
    addOutputOptions(command, 'ids only')
    addServerOptions(command)
  }
}
