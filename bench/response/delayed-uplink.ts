/** A line of 20 ms there and back between this host, where the server runs, and the agent's namespace, for an uplink over TLS. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { compileC } from '../rig/compile.ts'
import type { Side } from '../rig/namespaces.ts'
import { startProcess } from '../rig/process.ts'
import type { Undo } from '../rig/undo.ts'

export const ROUND_TRIP_MS = 20
const SERVER = '198.19.255.1'
const AGENT = '198.19.255.2'
const DEVICE = 'uplink0'

export interface DelayedUplink {
  /** Where the server listens, and the agent reaches it. */
  address: string
  /** In the agent's namespace. */
  device: string
  /** As a ping finds it, before anything else is on the line. */
  roundTripMs: number
}

export const createDelayedUplink = async (
  { namespace, run }: Side,
  folder: string,
  undo: Undo,
): Promise<DelayedUplink> => {
  const program = compileC(join(import.meta.dirname, 'delay-line.c'), folder, [])
  const ours = `nsbench${process.pid}`
  const delayUs = String((ROUND_TRIP_MS / 2) * 1000)
  const ends = [ours, '/proc/self/ns/net', DEVICE, `/var/run/netns/${namespace}`]
  const line = startProcess([program, delayUs, ...ends], undo)
  await line.printed(/ready/)
  execFileSync('ip', ['address', 'add', SERVER, 'peer', AGENT, 'dev', ours])
  execFileSync('ip', ['link', 'set', ours, 'up'])
  run('ip', 'address', 'add', AGENT, 'peer', SERVER, 'dev', DEVICE)
  run('ip', 'link', 'set', DEVICE, 'up')
  const told = run('ping', '-q', '-c', '10', '-i', '0.1', SERVER)
  const [, average = ''] = /= [\d.]+\/([\d.]+)\//.exec(told) ?? []
  // The kernel would give the port to nobody else: it is on an address of our own.
  return { address: `${SERVER}:8087`, device: DEVICE, roundTripMs: Number(average) }
}
