/**
 * What only root can do for the agent, done before the privileges are dropped: then this process becomes the command
 * behind `--`, which inherits open files. NETSCOPE_CGROUP_FD: the root of cgroup v2. NETSCOPE_SOCKETS_FD: JSON, pairs of
 * socket inode and process id, of sockets that are older than the agent. What fails is left out: the agent says so.
 */
import { flushCompileCache } from 'node:module'
import { findSocketOwners } from '../enrich/socket-owners.ts'
import { openCgroupRoot } from '../kernel/cgroup-root.ts'
import { keepOpen, memoryFile } from './inherited-file.ts'

const attempt = async (work: () => number | Promise<number>): Promise<string> => {
  try {
    return String(await work())
  } catch {
    return ''
  }
}

const command = process.argv.slice(process.argv.indexOf('--') + 1)
const env = {
  ...process.env,
  NETSCOPE_CGROUP_FD: await attempt(() => keepOpen(openCgroupRoot().fd)),
  NETSCOPE_SOCKETS_FD: await attempt(async () =>
    memoryFile(JSON.stringify([...(await findSocketOwners()).pids])),
  ),
}
// Written at a regular exit only, and this is none.
flushCompileCache()
// env finds the command in the PATH.
process.execve!('/usr/bin/env', ['env', ...command], env)
