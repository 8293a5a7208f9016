/** How agent and server are started: as whom, with which capabilities, in which view of the file system. */
import { release } from 'node:os'
import { join } from 'node:path'
import { ensureAccounts, type Account, type Accounts } from './accounts.ts'
import { AGENT_CAPABILITIES, lacking, spell, type Capability } from './capabilities.ts'
import { makeFolder, makeOwnFolder } from './folders.ts'
import { asAccount, asSelf, withLockedMemory } from './privileges.ts'
import { viewFor, type Need } from './private-view.ts'
import type { Program, Say } from './program.ts'
import type { Run } from './run.ts'
import type { Settings } from './settings.ts'
import { UpError } from './up-error.ts'
import { nodeEnvironment, nodeFlags } from '../node-flags.ts'

export interface Place {
  /** Folder of the checkout. */
  root: string
  /** The Node that runs us, and both processes. */
  node: string
  env: NodeJS.ProcessEnv
}

interface Deps {
  run: Run
  say: Say
  /** Text of /proc/self/status. */
  status: string
}

export type Part = 'agent' | 'server'

/** The server first, because it offers the socket. */
export const BOTH_PARTS: readonly Part[] = ['server', 'agent']

/** The agent's files are its own; the server's socket is open to the group, in which the agent is. */
const UMASK = { agent: 0o027, server: 0o007 } as const

const mainOf = (part: Part, { root }: Place): string => join(root, part, 'src', 'main.ts')

const programOf = (
  name: Part,
  command: Program['command'],
  settings: Settings,
  place: Place,
  cacheDir: Record<string, string> = {},
): Program => ({
  name,
  command,
  env: {
    ...envFor(name, place.env),
    ...nodeEnvironment(name),
    ...settings.secrets[name],
    ...cacheDir,
    NETSCOPE_RUN_DIR: settings.runDir,
  },
  cwd: settings.runDir,
  umask: UMASK[name],
})

/** The password of the first admin is the server's business alone. */
const envFor = (name: Part, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  if (name === 'server') return env
  const { NETSCOPE_ADMIN_PASSWORD: _, ...rest } = env
  return rest
}

const nodeCommand = (part: Part, settings: Settings, place: Place): string[] => [
  place.node,
  ...nodeFlags(part),
  mainOf(part, place),
  ...settings.flags,
]

/** As the user that we are. */
export const ownPrograms = (
  settings: Settings,
  place: Place,
  parts: readonly Part[] = BOTH_PARTS,
): Program[] => {
  const { dataDir, storageDir, runDir, socketDir, agentFolders } = settings
  const folders = { agent: [dataDir, ...agentFolders], server: [storageDir] }
  for (const path of [...parts.flatMap((part) => folders[part]), runDir, socketDir])
    makeOwnFolder(path)
  return parts.map((part) =>
    programOf(part, asSelf(nodeCommand(part, settings, place)), settings, place),
  )
}

/** As two system users: the agent keeps three capabilities, the server none. For root. */
export const separatedPrograms = (
  settings: Settings,
  place: Place,
  deps: Deps,
  parts: readonly Part[] = BOTH_PARTS,
): Program[] => {
  ensureCanSeparate(deps.status)
  const accounts = ensureAccounts(deps.run, deps.say)
  makeDataFolders(settings, place, accounts, parts)
  makeFolder(settings.runDir, 0o750, accounts.server, settings.runDir === '/run/netscope')
  makeFolder(join(settings.runDir, 'compile-cache'), 0o700, accounts.server, true)
  if (settings.socketDir !== settings.runDir)
    makeFolder(settings.socketDir, 0o750, accounts.server, false)
  const shared: Need[] = [
    { path: place.root, access: 'ro' },
    { path: place.node, access: 'ro' },
    { path: settings.runDir, access: 'rw' },
    { path: settings.socketDir, access: 'rw' },
    ...(settings.configFile === undefined
      ? []
      : [{ path: settings.configFile, access: 'ro' } as const]),
  ]
  const ofServer: Need[] = [
    { path: settings.storageDir, access: 'rw' },
    ...settings.tlsFiles.map((path) => ({ path, access: 'ro' }) as const),
  ]
  const build = (part: Part, capabilities: Capability[], needs: Need[]): Program => {
    const wrap = viewFor(accounts[part], needs, deps.run)
    const drop = (command: string[]) => wrap(asAccount(accounts[part], capabilities, command))
    const { configFile, tlsFiles, agentFiles } = settings
    const own = part === 'server' ? tlsFiles : agentFiles
    const files = [...(configFile ? [configFile] : []), ...own]
    ensureReadable(accounts[part], mainOf(part, place), files, drop, deps.run)
    const command = withLockedMemory(drop(nodeCommand(part, settings, place)), release())
    const cache = compileCache(part, settings)
    if (part === 'server' || settings.source !== 'ebpf')
      return programOf(part, command, settings, place, cache)
    // Root must not run code from a folder that the agent writes to: the cache is for what comes after.
    const withCache = Object.entries(cache).map(([name, value]) => `${name}=${value}`)
    return programOf(part, prepare([...withCache, ...command], place), settings, place)
  }
  const programs = {
    server: () => build('server', [], [...shared, ...ofServer]),
    agent: () =>
      build('agent', agentCapabilities(settings, deps), [
        ...shared,
        ...[settings.dataDir, ...settings.agentFolders].map(
          (path) => ({ path, access: 'rw' }) as const,
        ),
        ...settings.agentFiles.map((path) => ({ path, access: 'ro' }) as const),
      ]),
  }
  return parts.map((part) => programs[part]())
}

/** The server's may lie in the agent's: then the group may pass through that, but not look around. */
const makeDataFolders = (
  { dataDir, storageDir, agentFolders }: Settings,
  { root }: Place,
  { agent, server }: Accounts,
  parts: readonly Part[],
): void => {
  const mode = storageDir.startsWith(`${dataDir}/`) ? 0o710 : 0o700
  const ours = join(root, 'data')
  if (parts.includes('agent')) {
    makeFolder(dataDir, mode, agent, dataDir === ours)
    for (const path of agentFolders) if (path !== dataDir) makeFolder(path, 0o700, agent, false)
  }
  if (parts.includes('server'))
    makeFolder(storageDir, 0o700, server, storageDir === join(ours, 'server'))
}

/** Does what only root can do, then becomes the command, which env(1) starts. */
const prepare = (command: string[], { node, root }: Place): [string, ...string[]] => [
  node,
  ...nodeFlags('agent'),
  join(root, 'agent', 'src', 'prepare', 'main.ts'),
  '--',
  ...command,
]

/** Compiled code goes where only its reader can write, because it is trusted as the source is. */
const compileCache = (part: Part, { dataDir, runDir }: Settings): Record<string, string> => ({
  NODE_COMPILE_CACHE: join(part === 'agent' ? dataDir : runDir, 'compile-cache'),
})

const ensureCanSeparate = (status: string): void => {
  const missing = lacking(['setuid', 'setgid', 'setpcap'], status)
  if (missing.length === 0) return
  throw new UpError(
    `root may not give up its privileges here: ${spell(missing)} is missing. ` +
      'In a container add it (docker run --cap-add …), or start NetScope as another user with --source mock.',
  )
}

const agentCapabilities = ({ source }: Settings, { status, say }: Deps): Capability[] => {
  if (source !== 'ebpf') return []
  const missing = lacking(AGENT_CAPABILITIES, status)
  if (missing.length > 0)
    say(`root has no ${spell(missing)} here (a container?); add it to see the kernel's packets`)
  return AGENT_CAPABILITIES.filter((name) => !missing.includes(name))
}

const FIRST_UNREADABLE = 'for file; do [ -r "$file" ] || { printf %s "$file"; exit 0; }; done'

const ensureReadable = (
  { user }: Account,
  main: string,
  own: readonly string[],
  drop: (command: string[]) => [string, ...string[]],
  run: Run,
): void => {
  const { ok, output, error } = run(drop(['sh', '-c', FIRST_UNREADABLE, 'sh', main, ...own]))
  if (!ok)
    throw new UpError(
      `cannot become the user ${user} (${error}). setpriv of util-linux 2.33 or newer is needed.`,
    )
  if (own.includes(output)) {
    throw new UpError(
      `the user ${user} can't read ${output}. Allow it: chgrp netscope ${output}; chmod 640 ${output}`,
    )
  }
  if (output !== '')
    throw new UpError(
      `the user ${user} can't read ${output}. Allow it: chmod -R go+rX on the checkout`,
    )
}
