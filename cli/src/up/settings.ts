/** What `netscope up` was asked to do: configuration, folders, and the flags that agent and server get. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { formatConfigFlags, type ConfigFlags } from '@netscope/core/config/flags.ts'
import { loadConfig } from '@netscope/core/config/load-config.ts'
import { runDirOf } from './folders.ts'
import type { Say } from './program.ts'

export interface Settings {
  /** ebpf or mock. */
  source: string
  host: string
  port: number
  /** server.tlsCertFile and server.tlsKeyFile, where they are set. */
  tlsFiles: string[]
  /** Files that the agent reads, and folders of its own beside dataDir. */
  agentFiles: string[]
  agentFolders: string[]
  /** Of the agent. */
  dataDir: string
  /** Of the server. */
  storageDir: string
  runDir: string
  /** Folder of the Unix socket; runDir unless the configuration names another. */
  socketDir: string
  /** Absolute path of the configuration file, if there is one. */
  configFile?: string
  /** Environment of the agent beside ours: what others must not read in the list of processes. */
  secrets: Partial<Record<'agent' | 'server', Record<string, string>>>
  /** Arguments for both processes: everything that was given here, with absolute paths. */
  flags: string[]
}

export interface Asked {
  /** What the command line says. */
  given: ConfigFlags
  env: NodeJS.ProcessEnv
  cwd: string
  isRoot: boolean
}

/** Settings from flags, environment and config.yaml; throws ConfigError with everything that is wrong. */
export const loadSettings = async (
  { given, env, cwd, isRoot }: Asked,
  say: Say,
): Promise<Settings> => {
  const readFile = (path: string): string => readFileSync(path, 'utf8')
  const inputs = {
    process: 'up',
    flags: given.flags,
    env,
    cwd,
    hostname: hostname(),
    readFile,
  } as const
  const { config, sources, file, warnings } = await loadConfig(
    given.file === undefined ? inputs : { ...inputs, file: given.file },
  )
  warnings.forEach(say)
  const dataDir = dirname(config.persistence.path)
  const runDir = resolve(cwd, runDirOf(env, isRoot, dataDir))
  const isDefault = sources['uplink.socket']?.from === 'default'
  const socket = isDefault ? join(runDir, 'uplink.sock') : config.uplink.socket
  const source = sourceFor(config.agent.source, isRoot, say)
  const { 'uplink.token': _secret, ...open } = given.flags
  const { token, ca, certificate, key, credential, spoolPath } = config.uplink
  const configFile = file === undefined ? undefined : resolve(cwd, file)
  const { tlsCertFile, tlsKeyFile } = config.server
  const { outputsFile } = config.export
  const isGiven = (path: string): boolean => path !== ''
  const tlsFiles = [tlsCertFile, tlsKeyFile, certificate, key].filter(isGiven)
  const agentFolders = [spoolPath, credential && dirname(credential)].filter(isGiven)
  const fixed = {
    ...(tlsCertFile && { 'server.tlsCertFile': tlsCertFile }),
    ...(tlsKeyFile && { 'server.tlsKeyFile': tlsKeyFile }),
    'persistence.path': config.persistence.path,
    'storage.path': config.storage.path,
    'uplink.socket': socket,
    ...(ca && { 'uplink.ca': ca }),
    ...(certificate && { 'uplink.certificate': certificate }),
    ...(key && { 'uplink.key': key }),
    ...(credential && { 'uplink.credential': credential }),
    ...(spoolPath && { 'uplink.spoolPath': spoolPath }),
    ...(outputsFile && { 'export.outputsFile': outputsFile }),
    'agent.source': source,
  }
  return {
    source,
    host: config.server.host,
    port: config.server.port,
    tlsFiles,
    agentFiles: [ca].filter(isGiven),
    agentFolders,
    dataDir,
    storageDir: config.storage.path,
    runDir,
    socketDir: dirname(socket),
    ...(configFile !== undefined && { configFile }),
    secrets: token === '' ? {} : { agent: { NETSCOPE_UPLINK_TOKEN: token } },
    flags: formatConfigFlags({
      ...(configFile !== undefined && { file: configFile }),
      flags: { ...open, ...fixed },
    }),
  }
}

const sourceFor = (wanted: string, isRoot: boolean, say: Say): string => {
  if (wanted !== 'ebpf' || isRoot) return wanted
  say(
    "not root, so the kernel's packets are out of reach: showing the made-up network of --source mock",
  )
  return 'mock'
}
