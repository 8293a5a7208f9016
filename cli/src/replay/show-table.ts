/** Runs the process that reads captures and shows its JSON lines as a table. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import type { ReplayAlert, ReplayLine, ReplaySummary } from '@netscope/core/replay.ts'
import { formatAlerts, formatFlows, formatSummary } from './format-table.ts'
import { createTopFlows } from './top-flows.ts'

/** The summary says how many there were. */
const MOST_ALERTS = 1000

/** Prints the `top` largest flows and the totals; resolves with the exit code of the process. */
export const showTable = async (
  argv: readonly string[],
  top: number,
  output: Writable,
): Promise<number> => {
  const [command = '', ...args] = argv
  const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'inherit'] })
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
  // Ctrl-C reaches both: the other process ends with its summary, which is shown.
  process.on('SIGINT', () => undefined)
  const flows = createTopFlows(top)
  const alerts: ReplayAlert[] = []
  let summary: ReplaySummary | undefined
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as ReplayLine
    if (line.type === 'flow') flows.add(line)
    else if (line.type === 'summary') summary = line
    else if (alerts.length < MOST_ALERTS) alerts.push(line)
  }
  const code = await ended
  if (summary === undefined) return code
  const shown = flows.list()
  const lines = [
    ...(shown.length > 0 ? [...formatFlows(shown), ''] : []),
    ...(alerts.length > 0 ? [...formatAlerts(alerts), ''] : []),
    ...formatSummary(summary, shown),
  ]
  output.on('error', () => undefined) // `| head` has seen enough
  output.write(`${lines.join('\n')}\n`)
  return code
}
