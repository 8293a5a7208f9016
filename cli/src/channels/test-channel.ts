/** Tries a channel, and says what became of it. */
import { apiAt } from '../client/api.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import type { OutputOptions } from '../output/rows.ts'

const WORDS = {
  sent: 'took the message',
  later: 'did not take the message; it may later',
  refused: 'refused the message',
  broken: 'cannot be used as it is',
} as const

/** The exit code is 1 unless it was taken. */
export const testChannel = async (
  name: string,
  options: ServerOptions & OutputOptions,
): Promise<void> => {
  const api = apiAt(await serverUrl(options))
  const answer = await api.call('testChannel', { path: { name } })
  const { outcome, reason, tookMs } = answer
  const words = `${name} ${WORDS[outcome]}, ${tookMs} ms${reason ? `: ${reason}` : '.'}`
  const lines = { table: printable(words), json: printableJson(answer), quiet: outcome }
  await writeLines(process.stdout, [lines[options.output]])
  if (outcome !== 'sent') process.exitCode = 1
}
