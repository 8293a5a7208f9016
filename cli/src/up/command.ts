/** `netscope up`: agent and server of this machine, as two processes that are kept running. */
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { ConfigError } from '@netscope/core/config/config-error.ts'
import { ownStatus } from './capabilities.ts'
import { pageUrl, waitForPage } from './page.ts'
import { claim } from './process-file.ts'
import { EXIT_CONFIGURATION, type Say } from './program.ts'
import { ownPrograms, separatedPrograms } from './programs.ts'
import { run } from './run.ts'
import { loadSettings, type Settings } from './settings.ts'
import { createSupervisor } from './supervisor.ts'
import { UpError } from './up-error.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const PAGE_WITHIN_MS = 30_000
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const HELP = `
Options:
  --source SOURCE   where packets come from: ebpf (root), mock or pcap
  --mock            the same as --source mock
  --config FILE     configuration file (default: config.yaml, then /etc/netscope/config.yaml)
  --SECTION-KEY V   any key of the configuration, such as --server-port 9000 (all: netscope config docs)

Needs root for the kernel's packets; without it the mock source is shown. NETSCOPE_RUN_DIR names the folder
of the socket between the two, so that several can run on one machine.`

export const registerUp = (program: Command): void => {
  program
    .command('up')
    .description('run agent and server on this machine and keep them running')
    .usage('[options]')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      process.exitCode = await up(command.args)
    })
}

const say: Say = (line) => process.stderr.write(`netscope: ${line}\n`)

/** Runs until it is told to stop; resolves with the exit code. */
export const up = async (argv: readonly string[]): Promise<number> => {
  try {
    const isRoot = process.getuid?.() === 0
    const settings = await loadSettings({ argv, env: process.env, cwd: process.cwd(), isRoot }, say)
    return await supervise(settings, isRoot)
  } catch (error) {
    if (!(error instanceof UpError) && !(error instanceof ConfigError)) throw error
    say(error.message)
    return error instanceof ConfigError ? EXIT_CONFIGURATION : 1
  }
}

const supervise = async (settings: Settings, isRoot: boolean): Promise<number> => {
  const place = { root: ROOT, node: process.execPath, env: process.env }
  const programs = isRoot
    ? separatedPrograms(settings, place, { run, say, status: ownStatus() })
    : ownPrograms(settings, place)
  const release = claim(settings.runDir)
  const supervisor = createSupervisor(programs, { say })
  const leaving = new AbortController()
  for (const signal of STOP_SIGNALS) process.on(signal, () => void supervisor.stop())
  supervisor.start()
  void announce(settings, leaving.signal)
  const code = await supervisor.done
  leaving.abort()
  release()
  return code
}

const announce = async ({ host, port, source }: Settings, signal: AbortSignal): Promise<void> => {
  if (port === 0) return
  const url = pageUrl(host, port)
  if (await waitForPage(url, PAGE_WITHIN_MS, signal)) say(`the page is at ${url} (source: ${source}). Ctrl-C stops.`)
  else if (!signal.aborted) say(`the page at ${url} has not answered for ${PAGE_WITHIN_MS / 1000} s, see above`)
}
