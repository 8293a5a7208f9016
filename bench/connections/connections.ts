/** What the running agent needs for 10,000 open connections with light traffic: sockets, processes, names and uplink included. */
import { join } from 'node:path'
import type { Flow } from '@netscope/core/flow.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { compileC } from '../rig/compile.ts'
import { createCpuAccount, SENDER_CPU, shareOfCore } from '../rig/cpu-account.ts'
import { sleep, startLineProcess } from '../rig/line-process.ts'
import { memoryOf } from '../rig/memory.ts'
import { createCable, type Cable } from '../rig/namespaces.ts'
import { getJson, startNetscope, type Netscope } from '../rig/netscope.ts'
import { median, minimum } from '../rig/statistics.ts'
import { atMost, figure, type Row } from '../rig/table.ts'

const HOLD = join(import.meta.dirname, 'hold.c')
const PORT = 7000
const BYTES = 100
const CONNECTIONS = 10_000
const RSS_LIMIT_MB = 120
const CPU_LIMIT_PERCENT = 5
const WINDOW_SECONDS = 5
/** A message each second, a look each second, and at most 5000 of the flows reported in one. */
const ACTIVE_MS = 5000
const LEAST_ACTIVE = 0.95
/** MiB → MB */
const MIB = 1.048576

interface FlowPage {
  total: number
  flows: Flow[]
}

/** What the API says of the connections, so that no figure is for an agent that misses them. */
const readFlows = async (netscope: Netscope) => {
  const path = `/api/v1/flows?state=live&limit=1000&port=${PORT}`
  const { total, flows } = await getJson<FlowPage>(netscope, path)
  const whole = flows.filter(
    (flow) => flow.srcPid > 0 && flow.dstPid > 0 && flow.srcRttMs > 0 && flow.dstRttMs > 0,
  )
  const active = flows.filter(({ lastSeen }) => Date.now() - Date.parse(lastSeen) < ACTIVE_MS)
  if (active.length < LEAST_ACTIVE * flows.length)
    throw new Error(`only ${active.length} of ${flows.length} flows are active`)
  return { total, share: `${whole.length} of ${flows.length}` }
}

const openConnections = async (cable: Cable, count: number, { folder, undo }: Setting) => {
  const program = compileC(HOLD, folder)
  const onSender = ['taskset', '-c', SENDER_CPU, program]
  const to = [cable.b.address, String(PORT)]
  await startLineProcess(cable.b.inside(...onSender, 'serve', ...to), undo).next()
  const words = [...onSender, 'open', ...to, String(count), String(BYTES)]
  const holder = startLineProcess(cable.a.inside(...words), undo)
  await holder.next()
  return holder
}

/** One start and stop before: compiled code is there from then on, and its making is no part of the memory. */
const warmUp = async (cable: Cable, { folder, undo, say }: Setting): Promise<void> => {
  say('warm-up')
  const netscope = await startNetscope(cable.b, { folder }, undo)
  await sleep(3000)
  await netscope.agent.end()
  await netscope.server.end()
}

const measure = async (setting: Setting): Promise<{ rows: Row[]; notes: string[] }> => {
  const { quick, undo, folder, say } = setting
  const count = quick ? 1000 : CONNECTIONS
  const cable = createCable(undo)
  await warmUp(cable, setting)
  const accounts = { agent: createCpuAccount(undo), server: createCpuAccount(undo) }
  const netscope = await startNetscope(cable.b, { folder, accounts }, undo)
  say(`${count} connections`)
  const holder = await openConnections(cable, count, setting)
  await sleep(quick ? 5000 : 30_000)
  const samples: { agent: number; server: number; resident: number }[] = []
  for (let i = 0; i < (quick ? 2 : 12); i++) {
    const [agent, server] = await Promise.all([
      shareOfCore(accounts.agent, WINDOW_SECONDS),
      shareOfCore(accounts.server, WINDOW_SECONDS),
    ])
    samples.push({ agent, server, resident: memoryOf(netscope.agent.pid).resident * MIB })
    say(`agent ${figure(agent)} % of a core`)
  }
  const seen = await readFlows(netscope)
  if (seen.total < count) throw new Error(`${seen.total} flows of ${count} connections`)
  const memory = memoryOf(netscope.agent.pid)
  const serverMemory = memoryOf(netscope.server.pid)
  holder.stop()
  await netscope.agent.end()
  await netscope.server.end()
  const values = (name: 'agent' | 'server' | 'resident') => samples.map((one) => one[name])
  const resident = Math.max(...values('resident'))
  const agent = values('agent')
  const server = values('server')
  return {
    rows: [
      {
        name: 'agent, resident, MB',
        cells: [
          figure(resident),
          `${figure(memory.own * MIB)} its own, ${figure(memory.mapped * MIB)} kernel tables`,
        ],
        goal: atMost(resident, RSS_LIMIT_MB, ' MB'),
      },
      {
        name: 'agent, CPU, % of a core',
        cells: [figure(median(agent)), `least ${figure(minimum(agent))}`],
        goal: atMost(median(agent), CPU_LIMIT_PERCENT, ' %'),
      },
      {
        name: 'server, resident, MB',
        cells: [figure(serverMemory.resident * MIB), `${figure(serverMemory.own * MIB)} its own`],
      },
      {
        name: 'server, CPU, % of a core',
        cells: [figure(median(server)), `least ${figure(minimum(server))}`],
      },
    ],
    notes: [
      `${seen.total} flows in the API; ${seen.share} that were looked at have process and round trip time of both sides.`,
      `Both ends are on this machine, so that the agent follows ${2 * count} sockets. Each connection sends ${BYTES} bytes a second and gets them back.`,
    ],
  }
}

export const connectionsBenchmark: Benchmark = {
  name: 'connections',
  description: 'memory and CPU of the agent with 10,000 open connections',
  run: async (setting) => {
    const { rows, notes } = await measure(setting)
    const count = setting.quick ? 1000 : CONNECTIONS
    return [
      {
        title: `${count} open connections, one look at them a second`,
        columns: ['median', 'more'],
        rows,
        notes,
      },
    ]
  },
}
