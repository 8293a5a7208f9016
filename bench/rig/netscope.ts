/** Our own agent in a namespace and our own server on this host, joined by a Unix socket, as users run them. */
import { join } from 'node:path'
import { readLocalToken } from '@netscope/cli/client/local-token.ts'
import { nodeFlags } from '@netscope/cli/node-flags.ts'
import type { CpuAccount } from './cpu-account.ts'
import type { Side } from './namespaces.ts'
import { startProcess, type RunningProcess } from './process.ts'
import type { Undo } from './undo.ts'

const MAIN = (part: string) => join(import.meta.dirname, '../..', part, 'src/main.ts')

export interface NetscopeOptions {
  folder: string
  /** Configuration flags on top, for both. */
  flags?: readonly string[]
  accounts?: { agent: CpuAccount; server: CpuAccount }
  /** Compiled code is kept here, as `netscope up` does; the first start fills it. */
  cache?: string
  /** Joins them over TLS: where the server listens and the agent reaches it, and the agent's interface on that line. */
  uplink?: { address: string; device: string }
}

export interface Netscope {
  agent: RunningProcess
  server: RunningProcess
  url: string
  /** Header of its local token: an admin's. */
  headers: { authorization: string }
}

/** The server first: it offers the socket. Resolves when the agent counts and is connected. */
export const startNetscope = async (
  side: Side,
  options: NetscopeOptions,
  undo: Undo,
): Promise<Netscope> => {
  const { folder, flags = [], accounts, uplink, cache = join(folder, 'compile-cache') } = options
  const env = { ...process.env, NETSCOPE_RUN_DIR: folder, NODE_COMPILE_CACHE: cache }
  const common = [
    `--uplink-socket=${join(folder, 'uplink.sock')}`,
    `--persistence-path=${join(folder, 'lists.json')}`,
    `--storage-path=${join(folder, 'server')}`,
    ...flags,
  ]
  const command = (part: 'agent' | 'server', ...own: string[]) => [
    process.execPath,
    ...nodeFlags(part),
    MAIN(part),
    ...common,
    ...own,
  ]
  const plain = { inside: (words: readonly string[]) => [...words] }
  const server = startProcess(
    (accounts?.server ?? plain).inside(command('server', '--server-port=0', ...listen(uplink))),
    undo,
    { env },
  )
  const [, url = ''] = await server.printed(/"url":"([^"]+)"/)
  const headers = headersOf(folder)
  const joining = uplink ? await joinFlags({ url, headers }, uplink) : []
  const interfaces = [side.device, ...(uplink ? [uplink.device] : [])].join(',')
  const agentCommand = side.inside(
    ...command('agent', `--network-interfaces=${interfaces}`, ...joining),
  )
  const agent = startProcess((accounts?.agent ?? plain).inside(agentCommand), undo, { env })
  await agent.printed(/"counting"/)
  await agent.printed(/connected to the server/)
  return { agent, server, url, headers }
}

const listen = (uplink: NetscopeOptions['uplink']): string[] =>
  uplink ? [`--uplink-listen=${uplink.address}`, `--uplink-address=${uplink.address}`] : []

/** Of an agent that joins as one on another machine does. */
const joinFlags = async (
  { url, headers }: Pick<Netscope, 'url' | 'headers'>,
  { address }: NonNullable<NetscopeOptions['uplink']>,
): Promise<string[]> => {
  const invite = new URL('/api/v1/agents/invite', url)
  const response = await fetch(invite, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{}',
  })
  if (!response.ok) throw new Error(`POST ${invite.pathname}: ${response.status}`)
  const { token } = (await response.json()) as { token: string }
  return [`--uplink-server=${address}`, `--uplink-token=${token}`]
}

const headersOf = (folder: string): { authorization: string } => {
  const local = readLocalToken(folder)
  if (!local) throw new Error(`no local token in ${folder}`)
  return { authorization: `Bearer ${local.token}` }
}

/** GET of JSON. */
export const getJson = async <T>(netscope: Netscope, path: string): Promise<T> => {
  const response = await fetch(new URL(path, netscope.url), { headers: netscope.headers })
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
