/** How many connections of programs that live for milliseconds carry the right command and process id. */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Flow } from '@netscope/core/flow.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { sleep } from '../rig/line-process.ts'
import { createCable, type Side } from '../rig/namespaces.ts'
import { startProcess } from '../rig/process.ts'
import { median } from '../rig/statistics.ts'
import { atLeast, figure, type Row } from '../rig/table.ts'
import { authorizedCurl } from '../../test/authorized-curl.ts'
import { createShortLived, keyOf, PORTS, type Connection, type ShortLived } from './short-lived.ts'

const LAUNCHER = join(import.meta.dirname, '../../bin/netscope')
const API = 'http://127.0.0.1:8086'
const GOAL_PERCENT = 99.5
const SHORT_MS = 5
const START_MS = 90_000
const FLOWS_MS = 20_000

type Owner = Pick<Connection, 'command' | 'pid'>
/** By 5-tuple, which two connections may have one after the other. */
type Owners = ReadonlyMap<string, Owner[]>

const byTuple = (all: readonly (readonly [string, Owner])[]): Owners => {
  const owners = new Map<string, Owner[]>()
  for (const [key, owner] of all) owners.set(key, [...(owners.get(key) ?? []), owner])
  return owners
}

const get = (side: Side, { folder }: Setting, path: string): string => {
  const curl = authorizedCurl(join(folder, 'up/run'))
  try {
    return side.run('sh', '-c', `${curl} -s -m 10 '${API}${path}'`)
  } catch {
    return '' // not up yet
  }
}

const flowsOf = (side: Side, setting: Setting, port: number): Flow[] => {
  const text = get(side, setting, `/api/v1/flows?state=all&limit=1000&port=${port}`)
  return (JSON.parse(text) as { flows: Flow[] }).flows
}

/** Waits until the agent has told of all of them and that they are over. */
const readFlows = async (side: Side, setting: Setting, expected: number): Promise<Flow[]> => {
  const until = Date.now() + FLOWS_MS
  for (;;) {
    const flows = PORTS.flatMap((port) => flowsOf(side, setting, port))
    if (flows.filter(({ end }) => end !== '').length >= expected) return flows
    if (Date.now() > until) return flows
    await sleep(1000)
  }
}

const startUp = async (side: Side, setting: Setting) => {
  const { folder, undo } = setting
  const own = join(folder, 'up')
  mkdirSync(own)
  // Agent and server run as users of their own, below this folder.
  for (const path of [folder, own]) chmodSync(path, 0o711)
  const env = { ...process.env, NETSCOPE_RUN_DIR: join(own, 'run') }
  const flags = [
    `--network-interfaces=${side.device}`,
    `--persistence-path=${join(own, 'data/lists.json')}`,
    `--storage-path=${join(own, 'data/server')}`,
  ]
  const up = startProcess(side.inside(LAUNCHER, 'up', ...flags), undo, { env })
  const until = Date.now() + START_MS
  while (!get(side, setting, '/ready').includes('"ready":true')) {
    if (Date.now() > until) throw new Error(`netscope up did not get ready:\n${up.output()}`)
    await sleep(200)
  }
  return up
}

const withNetscope = async (side: Side, programs: ShortLived, setting: Setting) => {
  setting.say('netscope up')
  const up = await startUp(side, setting)
  setting.say('programs that live for milliseconds')
  const connections = programs.run()
  const flows = await readFlows(side, setting, connections.length)
  await up.end()
  const owners = byTuple(
    flows.map((flow) => [keyOf(flow), { command: flow.srcProcess, pid: flow.srcPid }] as const),
  )
  return { connections, owners }
}

/** `users:(("curl",pid=7,fd=5))` */
const SS_LINE = /:(\d+)\s+\S+:(\d+)\s+users:\(\("([^"]+)",pid=(\d+)/

/** What one sees who looks again and again. */
const withSs = async (side: Side, programs: ShortLived, { undo, say }: Setting) => {
  say('the same beside ss in a loop')
  const loop = 'while :; do ss -Htnp state all; done'
  const looking = startProcess(side.inside('sh', '-c', loop), undo)
  const connections = programs.run()
  await looking.end()
  const seen = looking
    .output()
    .split('\n')
    .map((line) => {
      const [, srcPort = 0, dstPort = 0, command = '', pid = 0] = SS_LINE.exec(line) ?? []
      const key = keyOf({ srcPort: Number(srcPort), dstPort: Number(dstPort) })
      return [key, { command, pid: Number(pid) }] as const
    })
  return { connections, owners: byTuple(seen) }
}

interface Seen {
  connections: readonly Connection[]
  owners: Owners
}

type Verdict = 'not seen' | 'without owner' | 'wrong' | 'right'

const judge = (one: Connection, owners: Owners): Verdict => {
  const named = owners.get(keyOf(one))?.filter(({ pid }) => pid > 0)
  if (!named) return 'not seen'
  if (named.length === 0) return 'without owner'
  const isRight = named.some(({ command, pid }) => command === one.command && pid === one.pid)
  return isRight ? 'right' : 'wrong'
}

const rowOf = (name: string, seen: Seen): Row => {
  const { connections, owners } = seen
  const verdicts = connections.map((one) => judge(one, owners))
  const count = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length
  const share = (100 * count('right')) / connections.length
  return {
    name,
    cells: [
      String(connections.length),
      String(count('not seen')),
      String(count('without owner')),
      String(count('wrong')),
      `${share.toFixed(2)} %`,
    ],
    ...(name.startsWith('NetScope') && { goal: atLeast(share, GOAL_PERCENT, ' %') }),
  }
}

const SHOWN = 5

/** Some of those that got another owner than theirs. */
const describeWrong = ({ connections, owners }: Seen): string[] =>
  connections
    .filter((one) => judge(one, owners) === 'wrong')
    .slice(0, SHOWN)
    .map((one) => {
      const taken = owners.get(keyOf(one))?.map(({ command, pid }) => `${command} (${pid})`)
      const others = connections.filter((other) => keyOf(other) === keyOf(one)).length - 1
      return `Port ${one.srcPort}, ${figure(one.lifetimeMs)} ms: ${one.command} (${one.pid}), taken for ${taken?.join(', ')}; ${others} others had its 5-tuple.`
    })

const describeLifetimes = ({ connections }: Seen): string => {
  const lifetimes = connections.map(({ lifetimeMs }) => lifetimeMs)
  const short = lifetimes.filter((ms) => ms < SHORT_MS).length
  const longest = Math.max(...lifetimes)
  const again = connections.length - new Set(connections.map(keyOf)).size
  return `From socket() to close(): median ${figure(median(lifetimes))} ms, longest ${figure(longest)} ms, ${short} of ${lifetimes.length} below ${SHORT_MS} ms. ${again} had a 5-tuple for the second time.`
}

export const attributionBenchmark: Benchmark = {
  name: 'attribution',
  description: 'share of short-lived connections with the right command and process id',
  run: async (setting) => {
    const cable = createCable(setting.undo)
    const programs = await createShortLived(cable, setting)
    const ours = await withNetscope(cable.b, programs, setting)
    const theirs = await withSs(cable.b, programs, setting)
    return [
      {
        title: 'Programs that live for one request, twenty names, one after the other',
        columns: [
          'connections',
          'not seen',
          'without owner',
          'wrong owner',
          'command and pid right',
        ],
        rows: [rowOf('NetScope', ours), rowOf('ss -tnp in a loop', theirs)],
        notes: [describeLifetimes(ours), ...describeWrong(ours)],
      },
    ]
  },
}
