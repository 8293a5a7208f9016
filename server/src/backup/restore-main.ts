/** Entry of `netscope restore`: configuration flags, `--`, the archive, perhaps `--force`. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { ConfigError } from '@netscope/core/config/config-error.ts'
import { parseConfigFlags } from '@netscope/core/config/flags.ts'
import type { HistorySection } from '@netscope/core/config/history.ts'
import { loadConfig } from '@netscope/core/config/load-config.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { pino } from 'pino'
import { createDuckdbStore } from '../store/duckdb-store.ts'
import { historyConfig } from '../store/history-config.ts'
import { restore } from './restore.ts'

/** As of the command line (cli/src/report.ts). */
const EXIT = { failed: 1, usage: 2 } as const

const say = (line: string): unknown => process.stderr.write(`netscope: ${line}\n`)

/** The user of the server on this machine, where root restores; undefined: there is none. */
const serverUser = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const line = /^netscope:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : undefined
}

/** Parts that cannot be read are told by the store, and put aside. */
const openHistory = async (section: HistorySection, folder: string): Promise<void> => {
  const log = pino({ level: 'warn' }, { write: (line: string) => void process.stderr.write(line) })
  const store = createDuckdbStore(historyConfig(section, folder), { log })
  await store.start()
  await store.stop()
}

const run = async (argv: readonly string[]): Promise<void> => {
  const dashes = argv.indexOf('--')
  const [file = '', force] = argv.slice(dashes + 1)
  const { config, warnings } = await loadConfig({
    process: 'server',
    env: process.env,
    cwd: process.cwd(),
    hostname: hostname(),
    readFile: (path) => readFileSync(path, 'utf8'),
    ...parseConfigFlags(argv.slice(0, dashes)),
  })
  for (const warning of warnings) say(`warning: ${warning}`)
  const folder = config.storage.path
  const owner = serverUser()
  const { manifest, putAside } = await restore({
    ...{ file, folder, force: force === '--force', now: Date.now(), ...(owner && { owner }) },
    checkHistory: (draft) => openHistory(config.history, draft),
  })
  const made = new Date(manifest.createdAtMs).toISOString()
  process.stdout.write(`${folder} is as it was at ${made} (version ${manifest.version})\n`)
  if (putAside !== undefined) say(`what was there before is in ${putAside}`)
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  const isKnown = error instanceof NetscopeError
  say(isKnown ? `${error.message}\n${error.remedy}` : (error as Error).message)
  process.exitCode = error instanceof ConfigError ? EXIT.usage : EXIT.failed
}
