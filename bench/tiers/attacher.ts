/**
 * A process that attaches the kernel side level by level, with the agent's own loaders, and nothing else of the agent:
 * nobody reads the tables. `on LEVEL OPTIONS` is answered by `on`; `off` by Attached as JSON. Options: `timed`, the kernel
 * measures its programs; `one-end`, the socket programs see only the cgroup that is open as descriptor 3.
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
import { LEVELS, type Attached, type Level } from './level.ts'
import { enableRunStats, ownPrograms } from './own-programs.ts'

const [device = ''] = process.argv.slice(2)
/** More than a round makes: every connection gets an entry of its own, as it does where the agent gives entries back. */
const ROOM = 1 << 18
/** What 5000 per second come to on two CPUs (agent/src/kernel/observation-ring.ts). */
const OBSERVED_PER_10MS = 25

const undo = createUndo()
let readings: (() => Partial<Attached>)[] = []
/** By descriptor: the kernel keeps 15 letters. */
const names = new Map<number, string>()

const attachFlows = (): void => {
  const target = listInterfaces().find(({ name }) => name === device)
  if (!target) throw new Error(`there is no interface ${device}`)
  const { object, control, table } = createCountingProgram({ flows: ROOM }, undo)
  control.observe(OBSERVED_PER_10MS, false)
  undo.add(attach(object, { ...target, linkHeaderBytes: 14 }, 'auto').detach)
  readings.push(() => ({
    flows: table.handedOut(),
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
  readings.push(() => ({ sockets: table.handedOut(), overflow: table.overflow() }))
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
  const [command, level = 'nothing', ...options] = line.split(' ')
  if (command === 'on') {
    if (options.includes('timed')) undo.add(enableRunStats())
    if (options.includes('one-end')) narrow()
    const top = LEVELS.indexOf(level as Level)
    for (const name of LEVELS.slice(0, top + 1)) ATTACH[name]()
    console.log('on')
  } else {
    const found = read()
    readings = []
    names.clear()
    undo.all()
    console.log(JSON.stringify(found))
  }
}
undo.all()
