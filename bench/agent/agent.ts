/** What the running agent and server need: memory with many flows, CPU when idle, time from start to the first flow. */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeFlowCapture } from '../peers/capture.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { createCpuAccount, shareOfCore } from '../rig/cpu-account.ts'
import { sleep, startLineProcess } from '../rig/line-process.ts'
import { memoryOf } from '../rig/memory.ts'
import { createCable, type Cable } from '../rig/namespaces.ts'
import { getJson, startNetscope, type Netscope } from '../rig/netscope.ts'
import { startProcess } from '../rig/process.ts'
import { median, minimum } from '../rig/statistics.ts'
import { atMost, figure, type Row, type Table } from '../rig/table.ts'
import { createUndo, type Undo } from '../rig/undo.ts'

const FIRST_FLOW = join(import.meta.dirname, 'first-flow.ts')
const LAUNCHER = join(import.meta.dirname, '../../bin/netscope')
/** Every flow gets a packet about this often. */
const LOOP_MS = 3000

interface FlowPage {
  total: number
}

const flowCount = async (netscope: Netscope): Promise<number> =>
  (await getJson<FlowPage>(netscope, '/api/v1/flows?limit=1&state=live')).total

const sendFlows = (flows: number, { a }: Cable, setting: Setting, undo: Undo) => {
  const { path, packets } = writeFlowCapture(flows, setting.folder)
  const words = [
    'tcpreplay',
    '-q',
    '-i',
    a.device,
    '-K',
    `--pps=${Math.round((packets * 1000) / LOOP_MS)}`,
    '--loop=0',
    path,
  ]
  return startProcess(a.inside(...words), undo)
}

const cacheOf = ({ folder }: Setting) => join(folder, 'compile-cache')

/** One start and stop before anything is measured: compiled code is there from then on, as after any first start. */
const warmUp = async (setting: Setting): Promise<void> => {
  const { start, forget } = await prepare(setting, 'warm-up')
  const netscope = await start()
  await sleep(3000)
  await netscope.agent.end()
  await netscope.server.end()
  forget()
}

const prepare = async (setting: Setting, name: string) => {
  const undo = createUndo()
  const forget = setting.undo.add(() => undo.all())
  const cable = createCable(undo)
  const folder = join(setting.folder, name)
  mkdirSync(folder)
  const accounts = { agent: createCpuAccount(undo), server: createCpuAccount(undo) }
  const start = () => startNetscope(cable.b, { folder, accounts, cache: cacheOf(setting) }, undo)
  return { cable, folder, accounts, start, undo, forget }
}

const measureMemory = async (flows: number, limit: number, setting: Setting): Promise<Row[]> => {
  setting.say(`memory with ${flows} flows`)
  const { cable, start, undo, forget } = await prepare(setting, `memory-${flows}`)
  const netscope = await start()
  const sender = sendFlows(flows, cable, setting, undo)
  await sleep(setting.quick ? 8000 : 30_000)
  const seen = await flowCount(netscope)
  const [agent, server] = [memoryOf(netscope.agent.pid), memoryOf(netscope.server.pid)]
  await sender.end()
  await netscope.agent.end()
  await netscope.server.end()
  forget()
  return [
    {
      name: `agent, resident at ${flows} flows, MiB`,
      cells: [
        figure(agent.resident),
        `${figure(agent.own)} its own, ${figure(agent.mapped)} kernel tables; ${seen} flows in the API`,
      ],
      goal: atMost(agent.resident, limit, ' MB'),
    },
    {
      name: `server, resident at ${flows} flows, MiB`,
      cells: [figure(server.resident), `${figure(server.own)} its own`],
    },
  ]
}

/** Nothing is sent; after it has settled. */
const measureIdle = async (setting: Setting): Promise<Row[]> => {
  setting.say('idle')
  const { accounts, start, forget } = await prepare(setting, 'idle')
  const netscope = await start()
  await sleep(setting.quick ? 3000 : 15_000)
  const samples: { agent: number; server: number }[] = []
  for (let i = 0; i < (setting.quick ? 1 : 6); i++) {
    const [agent, server] = await Promise.all([
      shareOfCore(accounts.agent, 5),
      shareOfCore(accounts.server, 5),
    ])
    samples.push({ agent, server })
  }
  const memory = memoryOf(netscope.agent.pid)
  await netscope.agent.end()
  await netscope.server.end()
  forget()
  const agent = samples.map((one) => one.agent)
  const server = samples.map((one) => one.server)
  return [
    {
      name: 'agent, CPU when idle, % of a core',
      cells: [figure(median(agent)), `least ${figure(minimum(agent))}`],
      goal: atMost(median(agent), 1, ' %'),
    },
    {
      name: 'server, CPU when idle, % of a core',
      cells: [figure(median(server)), `least ${figure(minimum(server))}`],
    },
    {
      name: 'agent, resident without flows, MiB',
      cells: [figure(memory.resident), `${figure(memory.own)} its own`],
    },
  ]
}

/** `netscope up` where it has run before, traffic running: until the API shows a flow. */
const measureStart = async (setting: Setting): Promise<Row> => {
  const samples: number[] = []
  const folder = join(setting.folder, 'up')
  mkdirSync(folder)
  // Agent and server run as users of their own, below this folder.
  for (const path of [setting.folder, folder]) chmodSync(path, 0o711)
  const env = { ...process.env, NETSCOPE_RUN_DIR: join(folder, 'run') }
  for (let round = 0; round < (setting.quick ? 2 : 8); round++) {
    setting.say(`netscope up, round ${round + 1}`)
    const { cable, undo, forget } = await prepare(setting, `start-${round}`)
    const sender = startProcess(cable.a.inside('ping', '-i', '0.05', cable.b.address), undo)
    const watcher = startLineProcess(
      cable.b.inside(process.execPath, FIRST_FLOW, env.NETSCOPE_RUN_DIR),
      undo,
    )
    await watcher.next()
    const began = performance.now()
    const flags = [
      `--network-interfaces=${cable.b.device}`,
      `--persistence-path=${join(folder, 'data/lists.json')}`,
      `--storage-path=${join(folder, 'data/server')}`,
    ]
    const up = startProcess(cable.b.inside(LAUNCHER, 'up', ...flags), undo, { env })
    await Promise.race([watcher.ask('watch'), up.printed(/(?!)/)])
    // The first one fills the caches.
    if (round > 0) samples.push((performance.now() - began) / 1000)
    await up.end()
    await sender.end()
    forget()
  }
  return {
    name: '`netscope up` → a flow in the API, s',
    cells: [figure(median(samples)), `least ${figure(minimum(samples))}`],
    goal: atMost(median(samples), 3, ' s'),
  }
}

export const agentBenchmark: Benchmark = {
  name: 'agent',
  description: 'memory at 10,000 and 100,000 flows, CPU when idle, start to first flow',
  run: async (setting): Promise<Table[]> => {
    await warmUp(setting)
    const rows = [
      ...(await measureMemory(10_000, 90, setting)),
      ...(await measureMemory(100_000, 120, setting)),
      ...(await measureIdle(setting)),
      await measureStart(setting),
    ]
    return [
      {
        title: 'The agent, with the default table of 131,072 flows',
        columns: ['median', 'more'],
        rows,
        notes: [
          'Resident memory holds the mapped kernel tables and what of the program file of Node is in use.',
        ],
      },
    ]
  },
}
