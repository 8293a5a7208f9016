/** What each tier of the kernel side takes from throughput and from the rate of connections. */
import { join } from 'node:path'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { startLineProcess, type LineProcess } from '../rig/line-process.ts'
import { createCable } from '../rig/namespaces.ts'
import { median, pairedRatio, quartiles, type Samples } from '../rig/statistics.ts'
import { atLeast, figure, type Row, type Table } from '../rig/table.ts'
import { LEVELS, type Attached, type Level } from './level.ts'
import { createExchangeLoad, createIperfLoad, type Load } from './loads.ts'
import { measureCosts } from './program-costs.ts'

const ATTACHER = join(import.meta.dirname, 'attacher.ts')
const COUNTER = join(import.meta.dirname, '../rig/counter.ts')

/** `read`: all tiers, and the agent's flow engine reads them every second. */
const CASES = [...LEVELS, 'read'] as const
type Case = (typeof CASES)[number]

const ROW_NAMES: Record<Case, string> = {
  nothing: 'nothing attached',
  flows: 'tier A, tc programs (flows, observations)',
  sockets: '+ tier A, socket programs',
  tracing: '+ tier B, tracing',
  read: '+ tables read every second',
}

interface Processes {
  attacher: LineProcess
  counter: LineProcess
}

/** The client may take a 5-tuple again within a round: its flow is the same. */
const LEAST_FLOWS = 0.9

/** A level that was not really there, or was full, must not make a figure. */
const check = (level: Level, found: Attached, connections: number): void => {
  const has = (name: Level) => LEVELS.indexOf(level) >= LEVELS.indexOf(name)
  const problem =
    found.overflow > 0
      ? `${found.overflow} packets or sockets found no room`
      : has('flows') && found.flows < LEAST_FLOWS * connections
        ? `${found.flows} flows of ${connections} connections`
        : has('sockets') && found.sockets < 2 * connections
          ? `${found.sockets} sockets of ${connections} connections with both ends here`
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
    const { perSecond } = await load.run(seconds)
    await counter.ask('off')
    return { perSecond, hooks: [] }
  }
  await attacher.ask(`on ${name}`)
  const { perSecond, pieces } = await load.run(seconds)
  const found = JSON.parse(await attacher.ask('off')) as Attached
  check(name, found, load.piece === 'connection' ? pieces : 1)
  return { perSecond, hooks: found.hooks }
}

/** Each round begins with another case, every second one runs backwards: no case has the same neighbours always. */
const orderOf = (round: number): Case[] => {
  const first = round % CASES.length
  const order = [...CASES.slice(first), ...CASES.slice(0, first)]
  return round % 2 ? order.toReversed() : order
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
      `${(own * 100).toFixed(1)} %`,
    ],
    ...(name === 'tracing' || name === 'read' ? { goal: atLeast(ratio, goal, '') } : {}),
  }
}

const measureRates = async (load: Load, processes: Processes, setting: Setting): Promise<Table> => {
  const rounds = setting.quick ? 2 : 15
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
    notes: [`Tracing that got in: ${hooks.join(', ')}.`],
  }
}

export const tiersBenchmark: Benchmark = {
  name: 'tiers',
  description:
    "throughput and connections per second with each tier attached, programs' ns per run",
  run: async (setting) => {
    const cable = createCable(setting.undo)
    const start = (file: string) =>
      startLineProcess(cable.b.inside(process.execPath, file, cable.b.device), setting.undo)
    const processes = { attacher: start(ATTACHER), counter: start(COUNTER) }
    const loads = [createIperfLoad(cable, setting), await createExchangeLoad(cable, setting)]
    const tables: Table[] = []
    for (const load of loads) tables.push(await measureRates(load, processes, setting))
    for (const load of loads) tables.push(await measureCosts(load, processes.attacher, setting))
    return tables
  },
}
