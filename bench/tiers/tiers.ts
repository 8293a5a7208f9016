/** What each tier of the kernel side takes from throughput and from the rate of connections. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { createCgroup } from '../rig/cpu-account.ts'
import { startLineProcess, type LineProcess } from '../rig/line-process.ts'
import { createCable } from '../rig/namespaces.ts'
import { median, pairedRatio, quartiles, type Samples } from '../rig/statistics.ts'
import { atLeast, figure, type Row, type Table } from '../rig/table.ts'
import { LEVELS, type Attached, type Level } from './level.ts'
import { createExchangeLoad, createIperfLoad, type Load } from './loads.ts'
import { measureCosts } from './program-costs.ts'

const ATTACHER = join(import.meta.dirname, 'attacher.ts')
const COUNTER = join(import.meta.dirname, '../rig/counter.ts')

/**
 * `read`: all tiers, and the agent's flow engine reads them every second. `oneEnd`: all tiers, the socket programs at the
 * server's end only, as on a host whose peers are elsewhere.
 */
const CASES = [...LEVELS, 'read', 'oneEnd'] as const
type Case = (typeof CASES)[number]

const ROW_NAMES: Record<Case, string> = {
  nothing: 'nothing attached',
  flows: 'tier A, tc programs (flows, observations)',
  sockets: '+ tier A, socket programs',
  tracing: '+ tier B, tracing',
  read: '+ tables read every second',
  oneEnd: 'all tiers, sockets of one end',
}

interface Processes {
  attacher: LineProcess
  counter: LineProcess
}

/** Fills as many entries as the measured load needs, which then uses them again. */
const WARM_UP_SECONDS = 2

/** The client may take a 5-tuple again within a round: its flow is the same. */
const LEAST_FLOWS = 0.9

/** A level that was not really there, or was full, must not make a figure. */
const check = (level: Level, found: Attached, connections: number, ends: number): void => {
  const has = (name: Level) => LEVELS.indexOf(level) >= LEVELS.indexOf(name)
  const problem =
    found.overflow > 0
      ? `${found.overflow} packets or sockets found no room`
      : has('flows') && found.flows < LEAST_FLOWS * connections
        ? `${found.flows} flows of ${connections} connections`
        : has('sockets') && found.sockets < ends * connections
          ? `${found.sockets} sockets of ${connections} connections`
          : has('tracing') && found.hooks.length === 0
            ? 'no tracing program got in'
            : ''
  if (problem) throw new Error(`${level}: ${problem}`)
}

const runCase = async (
  name: Case,
  load: Load,
  { attacher, counter }: Processes,
  seconds: number,
): Promise<{ perSecond: number; hooks: string[] }> => {
  if (name === 'read') {
    await counter.ask('on 0')
    await load.run(WARM_UP_SECONDS)
    const { perSecond } = await load.run(seconds)
    await counter.ask('off')
    return { perSecond, hooks: [] }
  }
  const level = name === 'oneEnd' ? 'tracing' : name
  await attacher.ask(`on ${level}${name === 'oneEnd' ? ' one-end' : ''}`)
  await load.run(WARM_UP_SECONDS)
  await attacher.ask('again')
  const { perSecond, pieces } = await load.run(seconds)
  const found = JSON.parse(await attacher.ask('off')) as Attached
  check(level, found, load.piece === 'connection' ? pieces : 1, name === 'oneEnd' ? 1 : 2)
  return { perSecond, hooks: found.hooks }
}

/** Forwards and backwards from each case in turn: none has the same place or neighbours always. */
const orderOf = (round: number): Case[] => {
  const cases = round % 2 ? CASES.toReversed() : CASES
  const first = (round >> 1) % CASES.length
  return [...cases.slice(first), ...cases.slice(0, first)]
}

const rowOf = (name: Case, rates: Samples<Case>, goal: number): Row => {
  const nothing = rates.nothing
  const mine = rates[name]
  if (name === 'nothing') {
    const [low, high] = quartiles(mine)
    return {
      name: ROW_NAMES[name],
      cells: [figure(median(mine)), '', `${figure(low)} … ${figure(high)}`, ''],
    }
  }
  const ratio = pairedRatio(mine, nothing)
  const [low, high] = quartiles(mine.map((rate, i) => rate / nothing[i]!))
  const before = rates[CASES[CASES.indexOf(name) - 1]!]
  const own = median(mine.map((rate, i) => (before[i]! - rate) / nothing[i]!))
  return {
    name: ROW_NAMES[name],
    cells: [
      figure(median(mine)),
      ratio.toFixed(3),
      `${low.toFixed(3)} … ${high.toFixed(3)}`,
      name === 'oneEnd' ? '' : `${(own * 100).toFixed(1)} %`,
    ],
    ...(name === 'flows' || name === 'sockets' ? {} : { goal: atLeast(ratio, goal, '') }),
  }
}

const measureRates = async (load: Load, processes: Processes, setting: Setting): Promise<Table> => {
  const rounds = setting.quick ? 2 : 2 * CASES.length
  const seconds = setting.quick ? 1 : 2
  const rates = Object.fromEntries(CASES.map((name) => [name, [] as number[]])) as Samples<Case>
  let hooks: string[] = []
  // Fills the server's table of old connections, and the machine's caches.
  await load.run(setting.quick ? 1 : 8)
  for (let round = 0; round < rounds; round++) {
    for (const name of orderOf(round)) {
      const result = await runCase(name, load, processes, seconds)
      rates[name].push(result.perSecond)
      if (name === 'tracing') hooks = result.hooks
    }
    const ratio = rates.tracing[round]! / rates.nothing[round]!
    setting.say(`${load.name}: round ${round + 1} of ${rounds}, all tiers ${figure(ratio)}`)
  }
  return {
    title: `${load.name}: ${rounds} rounds of ${seconds} s in turn`,
    columns: [load.unit, 'ratio (paired)', 'half of the rounds', 'own share'],
    rows: CASES.map((name) => rowOf(name, rates, load.goal)),
    notes: [
      `Tracing that got in: ${hooks.join(', ')}.`,
      'Both ends of every connection are on this machine: socket programs and tracing run for both, the tc programs at one.',
    ],
  }
}

export const tiersBenchmark: Benchmark = {
  name: 'tiers',
  description:
    "throughput and connections per second with each tier attached, programs' ns per run",
  run: async (setting) => {
    const cable = createCable(setting.undo)
    const cgroup = createCgroup(setting.undo)
    const start = (file: string, ...fds: number[]) =>
      startLineProcess(cable.b.inside(process.execPath, file, cable.b.device), setting.undo, fds)
    // ip netns exec mounts a /sys without cgroups: the folder is handed on.
    const folder = openSync(cgroup.folder, 'r')
    const processes = { attacher: start(ATTACHER, folder), counter: start(COUNTER) }
    closeSync(folder)
    const loads = [
      createIperfLoad(cable, cgroup, setting),
      await createExchangeLoad(cable, cgroup, setting),
    ]
    const tables: Table[] = []
    for (const load of loads) tables.push(await measureRates(load, processes, setting))
    for (const load of loads) tables.push(await measureCosts(load, processes.attacher, setting))
    return tables
  },
}
