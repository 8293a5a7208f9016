/** A whole server that exports to a file, a collector of syslog and a web server. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server as HttpServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

/** Other tests share the machine. */
const SECONDS = 30
vi.setConfig({ testTimeout: 120_000 })

let folder: string
let servers: (Server | HttpServer)[]
let running: RunningServer | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-exports-'))
  servers = []
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true })
})

const listen = async (server: Server | HttpServer): Promise<number> => {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const start = async (outputs: object[]): Promise<RunningServer> => {
  const outputsFile = join(folder, 'outputs.yaml')
  // JSON is YAML.
  writeFileSync(outputsFile, JSON.stringify({ outputs }))
  const rest = { export: { outputsFile }, allow: ['127.0.0.1'] }
  // Without detectors: a new device would be an alert more.
  running = await startServer({ kinds: [] }, {}, {}, rest)
  return running
}

const path = () => join(folder, 'out', 'eve.json')
const linesOf = (): { event_type: string; src_ip: string; netscope: { moment?: string } }[] => {
  try {
    const lines = readFileSync(path(), 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as never)
  } catch {
    return []
  }
}
const toFile = (rest: object = {}) => ({
  ...{ name: 'eve', what: ['flows', 'alerts'], format: 'eve', to: { file: { path: path() } } },
  ...rest,
})

const statusOf = async ({ fetch }: RunningServer) =>
  (await (await fetch('/api/v1/exports')).json()) as {
    outputs: { name: string; sent: object; lost: object; waiting: number; error: string }[]
  }

test('flows that ended and alerts reach file, syslog and webhook, each in its format', async () => {
  mkdirSync(join(folder, 'out'))
  const messages: string[] = []
  const posted: { class_uid: number }[] = []
  const tcp = await listen(
    createTcpServer((socket) => void text(socket).then((all) => messages.push(all))),
  )
  const http = await listen(
    createServer((request, response) => {
      void text(request).then((body) => {
        posted.push(...(JSON.parse(body) as typeof posted))
        response.end()
      })
    }),
  )
  const what = ['flows', 'alerts']
  const url = `http://127.0.0.1:${http}/t0ken`
  const server = await start([
    toFile(),
    {
      name: 'log',
      what,
      format: 'ecs',
      to: { syslog: { host: '127.0.0.1', port: tcp, transport: 'tcp' } },
    },
    {
      name: 'hook',
      what,
      format: 'ocsf',
      to: { webhook: { url, secret: 's3cret-s3cret-s3cret' } },
    },
    toFile({
      name: 'ssh',
      when: { flows: 'dstPort = 22', alerts: 'severity >= critical' },
      to: { file: { path: `${path()}.ssh` } },
    }),
  ])
  const agent = server.agent()
  await agent.start()
  agent.dictionary({ texts: [[7, 'www.example.org']] } as never)
  agent.flows([
    flowRecord({ slot: 1, end: 2, src: '10.0.0.1', dstName: 7 }),
    flowRecord({ slot: 2, end: 0, src: '10.0.0.2' }),
    flowRecord({ slot: 3, end: 1, src: '10.0.0.3', dstPort: 22 }),
  ])
  server.server.alerts.take(madeUpDetection({ lastMs: Date.now() }))
  await until(() => linesOf().length === 3, SECONDS)
  const flows = linesOf().filter(({ event_type: type }) => type === 'flow')
  expect(flows.map(({ src_ip: src }) => src)).toEqual(['10.0.0.1', '10.0.0.3'])
  expect(flows[0]).toMatchObject({ host: 'host-a', netscope: { dst_name: 'www.example.org' } })
  expect(linesOf().find(({ event_type: type }) => type === 'alert')).toMatchObject({
    netscope: { moment: 'new', alert_id: 'scan-1' },
  })
  await until(() => posted.length === 3, SECONDS)
  expect(posted.map(({ class_uid: uid }) => uid).toSorted()).toEqual([2004, 4001, 4001])
  await until(() => messages.join('').match(/"kind":"(alert|event)"/g)?.length === 3, SECONDS)
  expect(messages.join('')).toMatch(/^\d+ <\d+>1 \S+ \S+ netscope - (flow|alert) - \{/)

  server.server.alerts.take(madeUpDetection({ lastMs: Date.now(), state: 'ended', count: 99 }))
  await until(() => linesOf().length === 4, SECONDS)
  expect(linesOf().at(-1)).toMatchObject({ netscope: { moment: 'ended', count: 99 } })
  const ssh = readFileSync(`${path()}.ssh`, 'utf8').split('\n').slice(0, -1)
  expect(ssh.map((line) => JSON.parse(line) as object)).toMatchObject([{ src_ip: '10.0.0.3' }])

  const all = { flows: 2, alerts: 2, actions: 0 }
  await until(async () => {
    const { outputs } = await statusOf(server)
    return outputs.slice(0, 3).every(({ sent }) => JSON.stringify(sent) === JSON.stringify(all))
  }, SECONDS)
  const shown = await statusOf(server)
  expect(shown.outputs[0]).toMatchObject({ name: 'eve', lost: { flows: 0, alerts: 0 }, error: '' })
  expect(JSON.stringify(shown)).not.toMatch(/t0ken|s3cret/)
  const metrics = await (await server.fetch('/metrics')).text()
  expect(metrics).toContain('netscope_export_sent_total{output="hook",what="flows"} 2')
  expect(JSON.stringify(server.logged)).not.toMatch(/t0ken|s3cret/)
  await agent.stop()
})

test('a folder that is not there is said, keeps nobody waiting, and what waits is written once it is', async () => {
  const server = await start([toFile()])
  const agent = server.agent()
  await agent.start()
  const sent = agent.flows([flowRecord({ slot: 1, end: 2 })])
  await until(() => agent.acked >= sent, SECONDS)
  await until(async () => (await statusOf(server)).outputs[0]?.error, SECONDS)
  const health = (await (await server.fetch('/health')).json()) as { degraded: string[] }
  expect(health.degraded.join(' ')).toMatch(
    /The export eve to \S+eve\.json fails: .*ENOENT.*1 events wait/,
  )
  mkdirSync(join(folder, 'out'))
  await until(() => linesOf().length === 1, SECONDS)
  await until(async () => (await statusOf(server)).outputs[0]?.error === '', SECONDS)
  expect(server.logged.map(({ msg }) => msg)).toContain('exported again')
  await agent.stop()
})

test('without outputs there is nothing to see, and samples are there all the same', async () => {
  running = await startServer()
  expect(await statusOf(running)).toEqual({ outputs: [] })
  const sample = await running.fetch('/api/v1/exports/samples/ocsf')
  expect(await sample.json()).toMatchObject({
    flow: { class_uid: 4001 },
    alert: { class_uid: 2004 },
    action: { class_uid: 7004 },
  })
  const unknown = await running.fetch('/api/v1/exports/samples/cef')
  expect([unknown.status, await unknown.json()]).toMatchObject([
    404,
    { code: 'export.format', remedy: 'There are eve, ecs, ocsf.' },
  ])
})

test('what waits when the server stops is written', async () => {
  mkdirSync(join(folder, 'out'))
  const server = await start([toFile()])
  const agent = server.agent()
  await agent.start()
  const records = Array.from({ length: 500 }, (_, i) => flowRecord({ slot: i, end: 2 }))
  const sent = agent.flows(records)
  await until(() => agent.acked >= sent, SECONDS)
  await agent.stop()
  await server.stop()
  running = undefined
  expect(linesOf()).toHaveLength(500)
})
