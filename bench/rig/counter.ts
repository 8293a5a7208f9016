/**
 * A process that counts on one interface as the agent does: kernel program, lists, flow engine; records
 * are accepted and thrown away. Commands: on N (prefixes on the deny list), off.
 */
import { createFakeProcesses } from '@netscope/agent/enrich/fake-processes.ts'
import { createInterface } from 'node:readline'
import { createFlowEngine } from '@netscope/agent/flows/flow-engine.ts'
import { createObservationPump } from '@netscope/agent/observe/observation-pump.ts'
import { createKernelSource } from '@netscope/agent/kernel/kernel-source.ts'
import { defaultFlowSettings } from './flow-settings.ts'
import { makePrefixes } from './prefixes.ts'

const [device = ''] = process.argv.slice(2)
const TICK_MS = 1000

let stop = async (): Promise<void> => undefined

const start = async (prefixes: number): Promise<void> => {
  const flows = { ...defaultFlowSettings(), condenseAbove: 0 }
  const source = createKernelSource({
    interfaces: [device],
    exclude: [],
    attach: 'auto',
    sshPorts: [22],
    tableSize: flows.tableSize,
    listEntries: 1_000_000,
    quietPort: 0,
  })
  if (prefixes) source.lists.add('deny', makePrefixes(prefixes), prefixes)
  await source.start()
  const none = { entries: 0, capacity: 1_000_000 }
  const engine = createFlowEngine(
    { flows, ipWindowMaxAddresses: 16384, hopAddresses: 3 },
    {
      source,
      onRecords: () => true,
      processes: createFakeProcesses(),
      onObservation: () => undefined,
      pidOfInode: () => undefined,
      eventsWatched: () => false,
      lists: () => ({ allow: none, deny: none }),
      uplink: () => ({ connected: true, droppedRecords: 0, queuedBytes: 0 }),
      programs: source.programs,
      degraded: () => [],
    },
  )
  const observed = createObservationPump(
    { enabled: true, httpHost: false, maxPerSecond: 5000, hopsPerSecond: 400 },
    { ring: source.observations, take: engine.observe },
  )
  observed.start()
  const timer = setInterval(() => void engine.tick(), TICK_MS)
  stop = async () => {
    clearInterval(timer)
    observed.stop()
    await engine.tick()
    await source.stop()
    stop = async () => undefined
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, prefixes] = line.split(' ')
  await stop()
  if (command === 'on') await start(Number(prefixes))
  console.log('done')
}
await stop()
