/** `netscope agent` and `netscope server`: this process becomes the one that the command names. */
import type { Command } from 'commander'
import { fileURLToPath } from 'node:url'
import { formatConfigFlags } from '@netscope/core/config/flags.ts'
import { PROCESS_SECTIONS } from '@netscope/core/config/sections.ts'
import { addConfigOptions, configFlagsOf } from './config/options.ts'
import { withSystemFolders } from './search-path.ts'
import { nodeEnvironment, nodeFlags } from './node-flags.ts'

export type EntryName = 'agent' | 'server'

/** File to run; by path, because the CLI imports neither package. */
const entryPath = (name: EntryName): string =>
  fileURLToPath(new URL(`../../${name}/src/main.ts`, import.meta.url))

/** Replaces this process, so that signals, exit code and process id are those of the agent or server. */
const become = (name: EntryName, command: Command): void => {
  const { execPath, env } = process
  const args = [
    execPath,
    ...nodeFlags(name),
    entryPath(name),
    ...formatConfigFlags(configFlagsOf(command)),
  ]
  process.execve!(execPath, args, withSystemFolders({ ...env, ...nodeEnvironment(name) }))
}

const DESCRIPTIONS = {
  agent: 'Count packets on this machine and report to the server (needs root or capabilities)',
  server: 'Serve the web page and the API for the agent (needs no privileges)',
} as const

export const registerEntry = (name: EntryName, program: Command): void => {
  addConfigOptions(
    program.command(name).description(DESCRIPTIONS[name]),
    Object.keys(PROCESS_SECTIONS[name]),
  ).action((_options, command: Command) => become(name, command))
}
