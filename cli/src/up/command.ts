/** `netscope up`: agent and server of this machine, as two processes that are kept running. */
import { fileURLToPath } from 'node:url'
import { Option, type Command } from 'commander'
import type { ConfigFlags } from '@netscope/core/config/flags.ts'
import { addConfigOptions, configFlagsOf } from '../config/options.ts'
import { withSystemFolders } from '../search-path.ts'
import { ownStatus } from './capabilities.ts'
import { readableLine } from './log-line.ts'
import { showFirstPassword } from './first-password.ts'
import { isTaken, pageUrl, waitForPage } from './page.ts'
import { claim } from './process-file.ts'
import type { Say } from './program.ts'
import { BOTH_PARTS, ownPrograms, separatedPrograms, type Part } from './programs.ts'
import { run } from './run.ts'
import { loadSettings, type Settings } from './settings.ts'
import { createSupervisor } from './supervisor.ts'
import { UpError } from './up-error.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const PAGE_WITHIN_MS = 30_000
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const HELP = `
Needs root for the kernel's packets; without it the mock source is shown. NETSCOPE_RUN_DIR names the folder
of the socket between the two processes, so that several NetScopes can run on one machine.`

export const registerUp = (program: Command): void => {
  const command = program
    .command('up')
    .description('Run agent and server on this machine and keep them running')
  command.addOption(new Option('--source <ebpf|mock>', 'short for --agent-source'))
  addConfigOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: { source?: string }) => {
      const { flags, ...rest } = configFlagsOf(command)
      const source = options.source === undefined ? {} : { 'agent.source': options.source }
      process.exitCode = await up({ ...rest, flags: { ...flags, ...source } })
    })
}

const say: Say = (line) => process.stderr.write(`netscope: ${line}\n`)

/** Runs until it is told to stop; resolves with the exit code. */
export const up = async (
  given: ConfigFlags,
  parts: readonly Part[] = BOTH_PARTS,
): Promise<number> => {
  const isRoot = process.getuid?.() === 0
  const asked = { given, env: process.env, cwd: process.cwd(), isRoot }
  const settings = await loadSettings(asked, parts.includes('agent') ? say : () => undefined)
  return supervise(settings, isRoot, parts)
}

/** On a terminal logs are for people, elsewhere they stay JSON for machines. */
const show = (name: string, line: string): void => {
  process.stderr.write(`${readableLine(name, line)}\n`)
}

const supervise = async (
  settings: Settings,
  isRoot: boolean,
  parts: readonly Part[],
): Promise<number> => {
  const place = { root: ROOT, node: process.execPath, env: withSystemFolders(process.env) }
  const programs = isRoot
    ? separatedPrograms(settings, place, { run, say, status: ownStatus() }, parts)
    : ownPrograms(settings, place, parts)
  const [first, second] = parts
  const release = claim(settings.runDir, second || !first ? 'up' : first)
  const hasPage = parts.includes('server')
  if (hasPage && (await isTaken(settings.host, settings.port))) {
    release()
    throw portTaken(settings)
  }
  const supervisor = createSupervisor(programs, process.stderr.isTTY ? { say, show } : { say })
  const leaving = new AbortController()
  for (const signal of STOP_SIGNALS) process.on(signal, () => void supervisor.stop())
  supervisor.start()
  if (hasPage) void announce(settings, leaving.signal)
  const code = await supervisor.done
  leaving.abort()
  release()
  return code
}

const portTaken = ({ host, port }: Settings): UpError =>
  new UpError(
    `another program listens on port ${port} of ${host} (ss -ltnp 'sport = ${port}' names it). ` +
      'Stop it, or take another port: --server-port 8087',
  )

const announce = async (settings: Settings, signal: AbortSignal): Promise<void> => {
  const { host, port, source, tlsFiles } = settings
  if (port === 0) return
  const isTls = tlsFiles.length > 0
  const url = pageUrl(host, port, isTls)
  if (await waitForPage(host, port, { forMs: PAGE_WITHIN_MS, isTls, signal })) {
    if (process.stderr.isTTY) showFirstPassword(settings.storageDir, say)
    say(`the page is at ${url} (source: ${source}). Ctrl-C stops.`)
  } else if (!signal.aborted)
    say(`the page at ${url} has not answered for ${PAGE_WITHIN_MS / 1000} s, see above`)
}
