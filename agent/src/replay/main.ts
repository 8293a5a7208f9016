/**
 * Entry of `netscope replay`: configuration flags, `--`, files. Prints JSON lines; exit code 0 when a file
 * could be read, if only in part, 1 when none could, 2 for wrong usage.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { ConfigError } from '@netscope/core/config/config-error.ts'
import { parseConfigFlags } from '@netscope/core/config/flags.ts'
import { loadConfig } from '@netscope/core/config/load-config.ts'
import { createProgress } from './progress.ts'
import { replay } from './replay.ts'

/** 128 + SIGINT, as shells have it. */
const EXIT_INTERRUPTED = 130
/** Unless the configuration sets another: no kernel memory is at stake, and unused entries cost nothing. */
const TABLE_SIZE = 1 << 20

const say = (line: string): unknown => process.stderr.write(`netscope: ${line}\n`)

const REMEDY = `Name captures (pcap or pcapng, also packed) that may be read, from ${process.cwd()} on; - is standard input.`

const run = async (argv: readonly string[]): Promise<number> => {
  const dashes = argv.indexOf('--')
  const files = dashes < 0 ? [] : argv.slice(dashes + 1)
  if (files.length === 0) throw new Error('no capture is named after --')
  const { config, sources, warnings } = await loadConfig({
    process: 'up',
    env: process.env,
    cwd: process.cwd(),
    hostname: hostname(),
    readFile: (path) => readFileSync(path, 'utf8'),
    ...parseConfigFlags(argv.slice(0, dashes)),
  })
  if (sources['flows.tableSize']?.from === 'default') config.flows.tableSize = TABLE_SIZE
  for (const warning of warnings) say(`warning: ${warning}`)
  // The flows themselves on the terminal show that it goes on.
  const terminal = process.stdout.isTTY ? { write: say } : process.stderr
  const progress = createProgress(files, terminal, () => performance.now())
  // Ctrl-C ends with the summary of what was read; a second one at once.
  let stopped = false
  process.once('SIGINT', () => (stopped = true))
  const { summary, ok } = await replay(files, config, {
    output: process.stdout,
    onProgress: progress.update,
    isStopped: () => stopped,
  })
  progress.clear()
  for (const { file, offset, cause } of summary.problems) {
    say(`${file}${offset === undefined ? '' : `, byte ${offset}`}: ${cause}`)
  }
  if (stopped) return EXIT_INTERRUPTED
  if (!ok) say(REMEDY)
  return ok ? 0 : 1
}

// `netscope replay FILE | head` has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof ConfigError
  say(
    isUsage
      ? `${error.message}\n${error.remedy}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  )
  process.exitCode = isUsage ? 2 : 1
}
