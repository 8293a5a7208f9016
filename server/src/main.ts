/** The server process: reads its configuration, starts, and stops on SIGTERM or SIGINT. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { ConfigError } from '@netscope/core/config/config-error.ts'
import { parseConfigFlags } from '@netscope/core/config/flags.ts'
import { loadConfig } from '@netscope/core/config/load-config.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { ServerConfig } from '@netscope/core/config/sections.ts'
import { destination, pino, stdTimeFunctions } from 'pino'
import { givenPassword } from './auth/first-admin.ts'
import type { GivenPassword } from './auth/first-admin.ts'
import { createServer } from './server.ts'

/** The supervisor does not start it again after this. */
const EXIT_CONFIGURATION = 2
const STOP_WITHIN_MS = 5000

/** Standard output is for what is exported. */
const STDERR = 2
const log = pino({ base: null, timestamp: stdTimeFunctions.isoTime }, destination(STDERR))

const readConfig = async (): Promise<ServerConfig> => {
  const { config, warnings } = await loadConfig({
    process: 'server',
    ...parseConfigFlags(process.argv.slice(2)),
    env: process.env,
    cwd: process.cwd(),
    hostname: hostname(),
    readFile: (path) => readFileSync(path, 'utf8'),
  })
  for (const warning of warnings) log.warn(warning)
  return config
}

const readVersion = (): string => {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Taken out of the environment, which other programs can read (proc(5)). */
const takePassword = (): GivenPassword | undefined => {
  const given = givenPassword(process.env, (path) => readFileSync(path, 'utf8'))
  delete process.env['NETSCOPE_ADMIN_PASSWORD']
  return given
}

/** On a terminal, where no log keeps it; undefined: there is none. */
const showPassword = process.stderr.isTTY
  ? (password: string): void => {
      process.stderr.write(`\nSign in as admin with the password ${password} (shown this once)\n\n`)
    }
  : undefined

const run = async (): Promise<void> => {
  const webRoot = join(import.meta.dirname, '../../web/dist')
  const config = await readConfig()
  const runDir = process.env['NETSCOPE_RUN_DIR']
  const server = await createServer(config, {
    ...{ log, version: readVersion(), webRoot, givenPassword: takePassword(), showPassword },
    ...(runDir && { runDir: resolve(runDir) }),
  })
  await server.start()
  log.info({ url: server.url() }, 'listening')

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    await server.stop()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, (name) => void stop(name))
}

try {
  await run()
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    process.exit(EXIT_CONFIGURATION)
  }
  if (error instanceof NetscopeError)
    log.fatal({ code: error.code, remedy: error.remedy }, error.message)
  else log.fatal({ err: error }, 'the server cannot start')
  process.exit(1)
}
