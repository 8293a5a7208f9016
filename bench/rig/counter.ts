/**
 * A process that counts on one interface as the agent does: kernel program, lists, flow tracker, window
 * per address; records are accepted and thrown away. Commands: on N (prefixes on the deny list), off,
 * state, flush.
 */
import { createInterface } from 'node:readline'
import { defaultFlowSettings } from './flow-settings.ts'
import { createFlowTracker, type FlowTracker } from '@netscope/agent/flows/flow-tracker.ts'
import { createIpWindow } from '@netscope/agent/flows/ip-window.ts'
import { Totals } from '@netscope/agent/flows/totals.ts'
import { createKernelSource, type KernelSource } from '@netscope/agent/kernel/kernel-source.ts'
import { makePrefixes } from './prefixes.ts'

const [device = '', tableSize = '262144'] = process.argv.slice(2)
const TICK_MS = 1000

interface Running {
  source: KernelSource
  tracker: FlowTracker
  totals: Totals
  timer: NodeJS.Timeout
}

let running: Running | undefined
let records = 0

const on = async (prefixes: number): Promise<void> => {
  const capacity = Number(tableSize)
  const source = createKernelSource({
    interfaces: [device],
    exclude: [],
    attach: 'auto',
    sshPorts: [22],
    tableSize: capacity,
    listEntries: 1_000_000,
    quietPort: 0,
  })
  if (prefixes) source.lists.add('deny', makePrefixes(prefixes), prefixes)
  const totals = new Totals()
  const { slots } = source.table
  const window = createIpWindow({ maxAddresses: 16384 }, new Uint32Array(slots.buffer, slots.byteOffset), capacity)
  const tracker = createFlowTracker(defaultFlowSettings(), {
    table: source.table,
    totals,
    onActivity: (activity) => window.take(activity),
    onForget: (slot) => window.forget(slot),
    onRecords: (_, count) => {
      records += count
      return true
    },
    grace: () => new Promise((resolve) => setTimeout(resolve, 20)),
  })
  await source.start()
  const timer = setInterval(() => void tick(running!), TICK_MS)
  running = { source, tracker, totals, timer }
}

const tick = async ({ source, tracker, totals }: Running) => {
  await tracker.tick(source.nowNs())
  totals.fold(TICK_MS / 1000, source.overflow())
}

const off = async (): Promise<void> => {
  if (!running) return
  clearInterval(running.timer)
  await running.tracker.tick(running.source.nowNs())
  await running.source.stop()
  running = undefined
}

const state = () => {
  const { user, system } = process.cpuUsage()
  const { packets, bytes } = running?.totals.sum() ?? { packets: 0, bytes: 0 }
  return { userSeconds: user / 1e6, systemSeconds: system / 1e6, rss: process.memoryUsage.rss(), packets, bytes, records }
}

const answer = async (line: string): Promise<unknown> => {
  const [command, argument] = line.split(' ')
  if (command === 'on') await off().then(() => on(Number(argument)))
  else if (command === 'off') await off()
  else if (command === 'flush' && running) {
    await running.tracker.flush(running.source.nowNs())
    await tick(running)
  }
  return state()
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(line)))
}
await off()
