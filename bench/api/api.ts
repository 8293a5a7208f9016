/** The API under load: authenticated requests for devices, and many subscribers of live flows. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFakeAgent } from '@netscope/server/fakes/fake-agent.ts'
import { flowRecord } from '@netscope/server/fakes/flow-record.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { startProcess } from '../rig/process.ts'
import type { RunningProcess } from '../rig/process.ts'
import { figure } from '../rig/table.ts'
import type { Row, Table } from '../rig/table.ts'
import { loadWith } from './requests.ts'
import { subscribe } from './subscribers.ts'
import type { Subscribers } from './subscribers.ts'

const DEVICES = 500
const CONNECTIONS = 32
const REQUESTS_PER_SECOND = 2000
const SUBSCRIBERS = 500
const MESSAGES_PER_SECOND = 100
const SERVER_CPU = '1'

interface Under {
  url: string
  token: string
  socket: string
  process: RunningProcess
}

interface Taken {
  cpuSeconds: number
  rssBytes: number
}

/** Process CPU and memory as the server told them last. */
const taken = ({ process }: Under): Taken => {
  const lines = process.output().trim().split('\n')
  return JSON.parse(lines.at(-1) ?? '{}') as Taken
}

const start = async ({ undo }: Setting): Promise<Under> => {
  const file = new URL('api-server.ts', import.meta.url).pathname
  const words = ['taskset', '-c', SERVER_CPU, process.execPath, file]
  const running = startProcess(words, undo)
  const [line] = await running.printed(/^\{"url".*\}$/m)
  await running.printed(/cpuSeconds/)
  return { ...(JSON.parse(line) as Omit<Under, 'process'>), process: running }
}

const addDevices = async ({ url, token }: Under): Promise<void> => {
  for (let i = 0; i < DEVICES; i++) {
    const body = { agent_id: 'edge', ip: `10.1.${i >> 8}.${i & 255}`, hostname: `host-${i}` }
    const response = await fetch(new URL('/api/v1/devices', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
  }
}

/** A viewer's API token: each request looks it up. */
const makeToken = async ({ url, token }: Under): Promise<string> => {
  const response = await fetch(new URL('/api/v1/tokens', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ name: 'bench', role: 'viewer' }),
  })
  return ((await response.json()) as { secret: string }).secret
}

const requests = async (under: Under, setting: Setting): Promise<Row[]> => {
  const secret = await makeToken(under)
  const rows: Row[] = []
  const cases: [string, string, string][] = [
    ['a page of 100', '/api/v1/devices', ''],
    ['all 500', '/api/v1/devices?limit=500', ''],
    ['all 500, If-None-Match', '/api/v1/devices?limit=500', 'If-None-Match: *\r\n'],
    ['/health, nothing to do', '/health', ''],
  ]
  for (const [name, path, more] of cases) {
    setting.say(name)
    const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${secret}\r\n${more}\r\n`
    await loadWith(under.url, head, { connections: CONNECTIONS, seconds: 1 })
    await sleep(1000)
    const before = taken(under)
    const seconds = setting.quick ? 2 : 10
    const load = await loadWith(under.url, head, { connections: CONNECTIONS, seconds })
    await sleep(1000)
    const cpuSeconds = taken(under).cpuSeconds - before.cpuSeconds
    const perSecond = load.answered / load.seconds
    const perCore = load.answered / cpuSeconds
    const isGoal = path.startsWith('/api')
    rows.push({
      name,
      cells: [
        figure(perSecond),
        figure((cpuSeconds / load.answered) * 1e6),
        figure(perCore),
        figure(load.latencies[Math.floor(load.latencies.length / 2)] ?? 0),
        figure(load.latencies[Math.floor(load.latencies.length * 0.99)] ?? 0),
        figure(load.bytes / load.answered),
      ],
      ...(isGoal && {
        goal: {
          text: `≥ ${REQUESTS_PER_SECOND} per core`,
          reached: perCore >= REQUESTS_PER_SECOND,
        },
      }),
    })
  }
  return rows
}

/** What is under way still arrives. */
const drain = async (all: Subscribers): Promise<void> => {
  for (let before = -1; all.received() > before; await sleep(1000)) before = all.received()
}

/** Goes on for a minute: memory at its third is compared with that at its end. */
const subscribers = async (under: Under, setting: Setting): Promise<Row[]> => {
  const agent = createFakeAgent(under.socket)
  await agent.start()
  const message = '{"type":"subscribe","payload":{"topic":"flows","filter":"dstPort = 443"}}'
  setting.say(`${SUBSCRIBERS} subscribers`)
  const all = await subscribe(under.url, { count: SUBSCRIBERS, token: under.token, message })
  await sleep(1000)
  const seconds = setting.quick ? 6 : 60
  const records = Array.from({ length: MESSAGES_PER_SECOND / 10 }, (_, slot) =>
    flowRecord({ slot }),
  )
  let sent = 0
  const [receivedBefore, leastBefore] = [all.received(), all.least()]
  const feedingSince = performance.now()
  const feeder = setInterval(() => {
    agent.flows(records)
    sent += records.length
  }, 100)
  await sleep((seconds * 1000) / 3)
  const early = taken(under)
  const began = performance.now()
  await sleep((seconds * 2000) / 3)
  const late = taken(under)
  const tookSeconds = (performance.now() - began) / 1000
  clearInterval(feeder)
  const fedSeconds = (performance.now() - feedingSince) / 1000
  await drain(all)
  const received = all.received() - receivedBefore
  const expected = sent * SUBSCRIBERS
  const growth = (late.rssBytes - early.rssBytes) / 2 ** 20
  const least = (all.least() - leastBefore) / sent
  all.close()
  await agent.stop()
  const cpu = ((late.cpuSeconds - early.cpuSeconds) / tookSeconds) * 100
  return [
    {
      name: `${SUBSCRIBERS} subscribers, one filter`,
      cells: [
        figure(received / fedSeconds),
        figure((received / expected) * 100),
        figure(least * 100),
        figure(cpu),
        figure(early.rssBytes / 2 ** 20),
        figure(growth),
      ],
      goal: {
        text: `${SUBSCRIBERS * MESSAGES_PER_SECOND} messages/s, growth ≤ 16 MiB`,
        reached: received / expected > 0.98 && growth <= 16,
      },
    },
  ]
}

const loadAverage = (): string =>
  readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ')

const run = async (setting: Setting): Promise<Table[]> => {
  const load = loadAverage()
  const under = await start(setting)
  await addDevices(under)
  const byRequests = await requests(under, setting)
  const bySubscribers = await subscribers(under, setting)
  await under.process.end()
  const note = `Server on CPU ${SERVER_CPU} alone, load on the other. Load average before: ${load}; after: ${loadAverage()}.`
  return [
    {
      title: `GET /api/v1/devices with ${DEVICES} devices, an API token, ${CONNECTIONS} connections`,
      columns: ['requests/s', 'CPU µs each', 'per core and s', 'median ms', 'p99 ms', 'bytes'],
      rows: byRequests,
      notes: [
        note,
        '"Per core": what the CPU time of the server would give if it had the core to itself.',
      ],
    },
    {
      title: `Live flows over WebSocket, ${MESSAGES_PER_SECOND} messages a second each`,
      columns: ['messages/s', '% arrived', '% least', 'CPU %', 'MiB at a third', 'MiB growth'],
      rows: bySubscribers,
      notes: [note],
    },
  ]
}

export const apiBenchmark: Benchmark = {
  name: 'api',
  description: 'authenticated requests, and subscribers over WebSocket',
  run,
}
