/** The two loads of the benchmark: one connection with as many bytes as go, and as many connections as go. */
import { join } from 'node:path'
import { compileC } from '../rig/compile.ts'
import type { Cgroup } from '../rig/cpu-account.ts'
import { runIperf } from '../rig/iperf.ts'
import { startLineProcess } from '../rig/line-process.ts'
import type { Cable } from '../rig/namespaces.ts'
import type { Setting } from '../rig/benchmark.ts'

export interface Load {
  name: string
  unit: string
  /** Of the throughput with nothing attached. */
  goal: number
  /** What the costs of programs are told by. */
  piece: string
  run(seconds: number): Promise<{ perSecond: number; pieces: number }>
}

const EXCHANGE = join(import.meta.dirname, 'exchange.c')
const PORT = 7000
const THREADS = 8
/**
 * The server, which closes first, keeps each 5-tuple for a minute, or until the client takes it again (RFC 6191). There
 * are as many as a round needs (the client takes even ports, in steps of some nine), and room for all.
 */
const CLIENT_PORTS = '16384 32767'
const TIME_WAIT_ROOM = 524_288
/** As in exchange.c. */
const MORE_ADDRESSES = ['198.18.0.3', '198.18.0.4', '198.18.0.5']

/** The server runs in `cgroup`. */
export const createIperfLoad = (cable: Cable, cgroup: Cgroup, { undo }: Setting): Load => {
  for (const { run, device } of [cable.a, cable.b])
    run('ethtool', '-K', device, 'tso', 'on', 'gso', 'on', 'gro', 'on')
  return {
    name: 'TCP with GSO, one connection (iperf3)',
    unit: 'Gbit/s',
    goal: 0.9,
    piece: 'GByte',
    run: async (seconds) => {
      const { sum_received } = await runIperf(cable, [], seconds, undo, cgroup)
      if (!sum_received) throw new Error('iperf3 received nothing')
      return { perSecond: sum_received.bits_per_second / 1e9, pieces: sum_received.bytes / 1e9 }
    },
  }
}

export const createExchangeLoad = async (
  { a, b }: Cable,
  cgroup: Cgroup,
  setting: Setting,
): Promise<Load> => {
  const { undo, folder } = setting
  const program = compileC(EXCHANGE, folder)
  const words = [String(PORT), String(THREADS)]
  for (const address of MORE_ADDRESSES) b.run('ip', 'address', 'add', address, 'dev', b.device)
  a.run('sysctl', '-qw', `net.ipv4.ip_local_port_range=${CLIENT_PORTS}`)
  b.run('sysctl', '-qw', `net.ipv4.tcp_max_tw_buckets=${TIME_WAIT_ROOM}`)
  const serve = b.inside(program, 'serve', ...words)
  await startLineProcess(cgroup.inside(serve), undo).next()
  return {
    name: 'One request per connection',
    unit: 'connections/s',
    goal: 0.85,
    piece: 'connection',
    run: async (seconds) => {
      const ask = [program, 'ask', ...words, b.address, String(seconds)]
      const client = startLineProcess(a.inside(...ask), undo)
      const [connections = 0, took = 0] = (await client.next()).split(' ').map(Number)
      return { perSecond: connections / took, pieces: connections }
    },
  }
}
