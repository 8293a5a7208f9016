/**
 * A process that attaches the kernel side level by level, with the agent's own loaders, and nothing else of the agent:
 * nobody reads the tables. Commands: `on LEVEL [timed]` (timed: the kernel measures its programs), answered by `on`;
 * `off`, answered by Attached as JSON.
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

const read = (): Attached => {
  const all: Attached = { flows: 0, sockets: 0, overflow: 0, hooks: [], programs: ownPrograms() }
  for (const reading of readings) {
    const { overflow = 0, ...rest } = reading()
    Object.assign(all, rest, { overflow: all.overflow + overflow })
  }
  return all
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, level = 'nothing', timed] = line.split(' ')
  if (command === 'on') {
    if (timed) undo.add(enableRunStats())
    const top = LEVELS.indexOf(level as Level)
    for (const name of LEVELS.slice(0, top + 1)) ATTACH[name]()
    console.log('on')
  } else {
    const found = read()
    readings = []
    undo.all()
    console.log(JSON.stringify(found))
  }
}
undo.all()
