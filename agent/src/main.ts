/** The agent's process: configuration, log, signals and exit codes (0 done, 1 failed, 2 configuration, 3 capability). */
import { readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { parseConfigFlags } from '@netscope/core/config/flags.ts'
import { ConfigError } from '@netscope/core/config/config-error.ts'
import { loadConfig } from '@netscope/core/config/load-config.ts'
import type { UpConfig } from '@netscope/core/config/sections.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { pino } from 'pino'
import { createAgent, type Agent } from './agent.ts'
import { createSource } from './create-source.ts'
import { diagnoseApart } from './diagnose/diagnose-apart.ts'
import { createCgroupPaths } from './enrich/cgroup-paths.ts'
import { createProcesses } from './enrich/processes.ts'
import { createUserNames } from './enrich/user-names.ts'
import { createMembership } from './uplink/membership.ts'
import { oldSocketOwners } from './prepare/old-owners.ts'

const FAILED = 1
const WRONG_CONFIG = 2
const MISSING_CAPABILITY = 3
/** Errors of the catalogue whose cause is a setting. */
const CONFIG_CODES: readonly string[] = ['config.invalid', 'kernel.no-interface']

const log = pino(
  { base: { component: 'agent' }, timestamp: pino.stdTimeFunctions.isoTime },
  pino.destination({ dest: 2, sync: true }),
)

const readConfig = async () => {
  const { file, flags } = parseConfigFlags(process.argv.slice(2))
  // All sections: the kernel program has to know the port of our own page.
  const { config, warnings } = await loadConfig({
    process: 'up',
    ...(file !== undefined && { file }),
    flags,
    env: process.env,
    cwd: process.cwd(),
    hostname: hostname(),
    readFile: (path) => readFileSync(path, 'utf8'),
  })
  for (const warning of warnings) log.warn(warning)
  return config
}

/** Whoever started us may have opened the root of cgroup v2 where nobody sees it (agent/src/prepare). */
const cgroupFolder = (): { mount?: string } => {
  const fd = process.env['NETSCOPE_CGROUP_FD']
  return fd ? { mount: `/proc/self/fd/${fd}` } : {}
}

/** What is empty lies beside the lists. */
const withPaths = ({ uplink, persistence }: UpConfig): UpConfig['uplink'] => {
  const folder = dirname(persistence.path)
  return {
    ...uplink,
    credential: uplink.credential || join(folder, 'uplink.json'),
    spoolPath: uplink.spoolPath || join(folder, 'spool'),
  }
}

const version = (): string => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

const exitCodeOf = (error: unknown): number => {
  if (error instanceof ConfigError) return WRONG_CONFIG
  if (!(error instanceof NetscopeError)) return FAILED
  return CONFIG_CODES.includes(error.code) ? WRONG_CONFIG : MISSING_CAPABILITY
}

const fail = (error: unknown): never => {
  if (error instanceof NetscopeError) {
    log.fatal({ code: error.code, remedy: error.remedy, cause: causeOf(error) }, error.message)
  } else log.fatal({ err: error }, error instanceof Error ? error.message : 'the agent failed')
  process.exit(exitCodeOf(error))
}

const causeOf = ({ cause }: Error) => (cause instanceof Error ? cause.message : undefined)

const stopOnSignal = (agent: Agent): void => {
  let stopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(FAILED)
    stopping = true
    log.info({ signal }, 'stopping')
    agent.stop().then(() => process.exit(0), fail)
  }
  // SIGHUP: the terminal has gone; a clsact filter would go on dropping without us.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal)
}

process.on('uncaughtException', fail)

try {
  const config = await readConfig()
  const source = await createSource(config)
  const socketPids =
    config.agent.source === 'ebpf' ? await oldSocketOwners(process.env) : new Map<number, number>()
  const uplink = withPaths(config)
  const agent = createAgent(
    { ...config, uplink },
    {
      membership: createMembership({ ...uplink, credentialPath: uplink.credential }),
      source,
      hostname: hostname(),
      version: version(),
      ownPort: config.server.port,
      sshPorts: config.network.sshPorts,
      operatorPorts: [...new Set([...config.network.sshPorts, ...config.network.operatorPorts])],
      now: () => Date.now(),
      processes: createProcesses(
        {},
        {
          cgroups: createCgroupPaths(cgroupFolder()),
          users: createUserNames(),
          monotonicNs: () => Number(process.hrtime.bigint()),
          wallMs: () => Date.now(),
        },
      ),
      pidOfInode: (inode) => socketPids.get(inode),
      // The made-up network has nothing to diagnose.
      diagnose: async (signal) =>
        config.agent.source === 'ebpf'
          ? diagnoseApart(
              process.argv.slice(2),
              (reason) => log.warn({ reason }, 'no diagnosis'),
              signal,
            )
          : undefined,
      log,
    },
  )
  stopOnSignal(agent)
  await agent.start()
  // Else it is written at a regular exit only, and a start after kill -9 strips all types again.
  flushCompileCache()
} catch (error) {
  fail(error)
}
