/**
 * A process that attaches the kernel side level by level, with the agent's own loaders, and nothing else of the agent:
 * nobody reads the tables. `on LEVEL` is answered by `on`, with `one-end` the socket programs see only the cgroup that is
 * open as descriptor 3; `again`, after a warming load, gives all entries back, with `timed` the kernel measures its programs
 * from then on; `off` is answered by Attached as JSON.
 */
import { createInterface } from 'node:readline'
import { attach } from '@netscope/agent/kernel/attach.ts'
import { readOverflow } from '@netscope/agent/kernel/counters.ts'
import { listInterfaces } from '@netscope/agent/kernel/interfaces.ts'
import { loadSocketPrograms } from '@netscope/agent/kernel/socket-programs.ts'
import { createSocketTable } from '@netscope/agent/kernel/socket-table.ts'
import { createTracing } from '@netscope/agent/kernel/tracing/tracing.ts'
import { createCountingProgram } from '../rig/counting-program.ts'
import { createUndo } from '../rig/undo.ts'
import { flowEntries, socketEntries, type Entries } from './entries.ts'
import { LEVELS, type Attached, type Level } from './level.ts'
import { enableRunStats, ownPrograms } from './own-programs.ts'

const [device = ''] = process.argv.slice(2)
/** More than a round makes: every connection gets an entry of its own, as it does where the agent gives entries back. */
const ROOM = 1 << 18
/** What 5000 per second come to on two CPUs (agent/src/kernel/observation-ring.ts). */
const OBSERVED_PER_10MS = 25
const HOPS_PER_10MS = 2

const undo = createUndo()
let tables: Entries[] = []
let readings: (() => Partial<Attached>)[] = []
/** By descriptor: the kernel keeps 15 letters. */
const names = new Map<number, string>()

const attachFlows = (): void => {
  const target = listInterfaces().find(({ name }) => name === device)
  if (!target) throw new Error(`there is no interface ${device}`)
  const { object, control, table } = createCountingProgram({ flows: ROOM }, undo)
  control.observe(OBSERVED_PER_10MS, false, HOPS_PER_10MS)
  undo.add(attach(object, { ...target, linkHeaderBytes: 14 }, 'auto').detach)
  const entries = flowEntries(table)
  tables.push(entries)
  readings.push(() => ({
    flows: entries.used(),
    overflow: readOverflow(object).reduce((sum, { packets }) => sum + packets, 0),
  }))
}

const attachSockets = (): void => {
  const programs = loadSocketPrograms(ROOM)
  undo.add(programs.close)
  const table = createSocketTable(programs, ROOM)
  undo.add(table.unmap)
  programs.programs.forEach(({ fd, name }) => names.set(fd, name))
  programs.attach()
  const entries = socketEntries(table)
  tables.push(entries)
  readings.push(() => ({ sockets: entries.used(), overflow: table.overflow() }))
}

const attachTracing = (): void => {
  const tracing = createTracing()
  undo.add(tracing.stop)
  const hooks = tracing.start().flatMap(({ name, ok, how }) => (ok ? [`${name} (${how})`] : []))
  readings.push(() => ({ hooks }))
}

const ATTACH: Record<Level, () => void> = {
  nothing: () => undefined,
  flows: attachFlows,
  sockets: attachSockets,
  tracing: attachTracing,
}

/** The loader takes what it inherits for the root of the hierarchy (agent/src/prepare). */
const narrow = (): void => {
  process.env['NETSCOPE_CGROUP_FD'] = '3'
  undo.add(() => delete process.env['NETSCOPE_CGROUP_FD'])
}

const read = (): Attached => {
  const all: Attached = {
    flows: 0,
    sockets: 0,
    overflow: 0,
    hooks: [],
    programs: ownPrograms(names),
  }
  for (const reading of readings) {
    const { overflow = 0, ...rest } = reading()
    Object.assign(all, rest, { overflow: all.overflow + overflow })
  }
  return all
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ')
  if (command === 'on') {
    if (words.includes('one-end')) narrow()
    const top = LEVELS.indexOf(words[0] as Level)
    for (const name of LEVELS.slice(0, top + 1)) ATTACH[name]()
    console.log('on')
  } else if (command === 'again') {
    for (const table of tables) table.giveBack()
    if (words.includes('timed')) undo.add(enableRunStats())
    console.log('again')
  } else {
    const found = read()
    readings = []
    tables = []
    names.clear()
    undo.all()
    console.log(JSON.stringify(found))
  }
}
undo.all()
