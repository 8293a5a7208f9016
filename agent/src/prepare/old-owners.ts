/** Which process holds which socket that is older than the agent: as root found it before us, else as far as we may look. */
import { findSocketOwners } from '../enrich/socket-owners.ts'
import { readMemoryFile } from './inherited-file.ts'

/** Inode of a socket → pid. */
export const oldSocketOwners = async (env: NodeJS.ProcessEnv): Promise<Map<number, number>> => {
  const fd = env['NETSCOPE_SOCKETS_FD']
  if (!fd) return (await findSocketOwners()).pids
  return new Map(JSON.parse(readMemoryFile(Number(fd))) as [number, number][])
}
