/** Tests of the uplink's server side with an agent on a real Unix socket. */
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import { FRAME } from '@netscope/core/wire.ts'
import type { Hello } from '@netscope/core/wire.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { batch, flowRecord } from '../fakes/flow-record.ts'
import { FAKE_DIAGNOSIS } from '../fakes/fake-diagnosis.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import type { Agent, AgentLink } from '../agents.ts'
import { createFakeAgent } from '../fakes/fake-agent.ts'
import type { Pipeline } from '../pipeline.ts'
import { createIngest } from './ingest.ts'
import type { Admission } from './serve-agent.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer({ republishMs: 60 })
})
afterEach(() => running.stop())

const flowsNow = async () => {
  const { body } = await running.server.app.inject('/api/v1/flows?sort=srcBytes&state=all')
  return JSON.parse(body) as { total: number; flows: Record<string, unknown>[] }
}
const srcBytes = async () => (await flowsNow()).flows.map((flow) => flow['srcBytes'])

test('takes in flows, acknowledges them, and moves ended ones', async () => {
  const agent = running.agent()
  await agent.start()
  agent.flows([flowRecord({ slot: 1, srcBytes: 1 }), flowRecord({ slot: 2, srcBytes: 2 })])
  const seq = agent.flows([flowRecord({ slot: 1, srcBytes: 3, end: 2 })])
  await until(() => agent.acked >= seq)
  expect((await flowsNow()).flows).toMatchObject([
    { srcBytes: 2, end: '', agent: 'host-a', stale: false },
    { srcBytes: 3, end: 'closed', agent: 'host-a', stale: false },
  ])
  await agent.stop()
})

test('skips what an agent repeats after a reconnect, and acknowledges it', async () => {
  const agent = running.agent()
  await agent.start()
  const ended = flowRecord({ slot: 1, srcBytes: 1, end: 1 })
  const seq = agent.flows([ended])
  await until(() => agent.acked >= seq)
  await agent.stop()
  await agent.start()
  agent.frame(FRAME.flows, seq, batch([ended]))
  const next = agent.flows([flowRecord({ slot: 2, srcBytes: 2, end: 1 })])
  await until(() => agent.acked >= next)
  expect(await srcBytes()).toEqual([1, 2])
  await agent.stop()
})

test('a new run of an agent counts its frames anew', async () => {
  const [first, second] = [running.agent({ startedAtMs: 1 }), running.agent({ startedAtMs: 2 })]
  await first.start()
  const before = first.flows([flowRecord({ slot: 1, srcBytes: 1, end: 1 })])
  await until(() => first.acked >= before)
  await first.stop()
  await second.start()
  const seq = second.flows([flowRecord({ slot: 1, srcBytes: 2, end: 1 })])
  await until(() => second.acked >= seq)
  expect(await srcBytes()).toContain(2)
  await second.stop()
})

test('flows of an agent that is away stay as stale; those it does not republish are dropped', async () => {
  const agent = running.agent()
  await agent.start()
  const seq = agent.flows([
    flowRecord({ slot: 1, srcBytes: 1 }),
    flowRecord({ slot: 2, srcBytes: 2 }),
  ])
  await until(() => agent.acked >= seq)
  await agent.stop()
  await until(async () => (await flowsNow()).flows.every((flow) => flow['stale']))
  expect(await srcBytes()).toEqual([1, 2])
  await agent.start()
  agent.flows([flowRecord({ slot: 2, srcBytes: 20 })])
  await until(async () => (await flowsNow()).total === 1)
  expect((await flowsNow()).flows).toMatchObject([{ srcBytes: 20, stale: false }])
  await agent.stop()
})

test('shows names and owners by the dictionary of the run that counted the flow', async () => {
  const names = (flows: Record<string, unknown>[]) =>
    flows.map((flow) => [flow['srcProcess'], flow['dstName'], flow['srcContainer']])
  const agent = running.agent()
  await agent.start()
  const container = { runtime: 'docker', id: '0123456789abcdef' } as const
  const curl = { pid: 7, command: 'curl', uid: 0, container }
  agent.dictionary({ texts: [[1, 'one.example']], processes: [[2, curl]] })
  agent.flows([
    flowRecord({ slot: 1, srcBytes: 1, srcProcess: 2, dstName: 1 }),
    flowRecord({ slot: 2, srcBytes: 2, srcProcess: 2, dstName: 1, end: 2 }),
  ])
  await until(async () => (await flowsNow()).total === 2)
  const before = ['curl', 'one.example', 'docker:0123456789ab']
  expect(names((await flowsNow()).flows)).toEqual([before, before])
  await agent.stop()
  const next = running.agent({ startedAtMs: 2000 })
  await next.start()
  next.dictionary({ texts: [[1, 'two.example']] })
  next.flows([flowRecord({ slot: 1, srcBytes: 3, srcProcess: 2, dstName: 1 })])
  await until(async () => (await flowsNow()).flows.at(-1)?.['srcBytes'] === 3)
  expect(names((await flowsNow()).flows)).toEqual([before, ['', 'two.example', '']])
  await next.stop()
})

test('shows what the agent found out about its machine, until a new run tells anew', async () => {
  const told = async () =>
    (await running.server.app.inject('/api/v1/diagnosis')).json() as { agents: object[] }
  const agent = running.agent()
  await agent.start()
  const seq = agent.diagnosis(FAKE_DIAGNOSIS)
  await until(() => agent.acked >= seq)
  expect(await told()).toEqual({ agents: [{ agent: 'host-a', diagnosis: FAKE_DIAGNOSIS }] })
  const status = (await running.server.app.inject('/api/v1/status')).json()
  expect(status).not.toHaveProperty('diagnosis')
  await agent.stop()
  const next = running.agent({ startedAtMs: 2000 })
  await next.start()
  await until(async () => !('diagnosis' in (await told()).agents[0]!))
  await next.stop()
})

test('keeps the flows of several agents apart', async () => {
  const [a, b] = [running.agent({ agent: 'a' }), running.agent({ agent: 'b' })]
  await Promise.all([a.start(), b.start()])
  a.flows([flowRecord({ slot: 1, srcBytes: 1 })])
  b.flows([flowRecord({ slot: 1, srcBytes: 2 })])
  await until(async () => (await flowsNow()).total === 2)
  expect((await flowsNow()).flows.map((flow) => flow['agent'])).toEqual(['a', 'b'])
  await Promise.all([a.stop(), b.stop()])
})

test('the newer connection of an agent replaces the older one', async () => {
  const [older, newer] = [running.agent(), running.agent()]
  await older.start()
  const seq = older.flows([flowRecord({ slot: 1 })])
  await until(() => older.acked >= seq)
  await newer.start()
  await until(() => older.closed)
  const { body } = await running.server.app.inject('/api/v1/status')
  expect(JSON.parse(body)).toMatchObject({ agentConnected: true })
  await newer.stop()
})

test('survives random bytes after a good hello', async () => {
  let seed = 7
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8
  for (let round = 0; round < 60; round++) {
    const agent = running.agent({ agent: `fuzz-${round % 4}` })
    await agent.start()
    const type = 2 + (round % 6)
    const bytes =
      type === FRAME.flows ? batch([flowRecord()]) : Buffer.alloc(16 + EVENT_BYTES * (round % 3))
    for (let i = 0; i < 6; i++) bytes[random() % bytes.length] = random() & 255
    agent.frame(type, 1, bytes)
    await agent.stop()
  }
  expect((await running.server.app.inject('/api/v1/flows?state=all&limit=1000')).statusCode).toBe(
    200,
  )
  expect((await running.server.app.inject('/metrics')).statusCode).toBe(200)
})

test('skips a frame of a type that it does not know', async () => {
  const agent = running.agent()
  await agent.start()
  agent.frame(99, 1, Buffer.from('from a newer agent'))
  await until(() => agent.acked >= 1)
  await agent.stop()
})

const pipeline = {} as Pipeline
const log = pino({ level: 'silent' })
const admission: Admission = {
  admit: () => undefined,
  join: ({ agent }) => ({ agent, credential: '' }),
}

test('closes the connection of an agent that does not read what it is sent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-ingest-'))
  const socket = join(folder, 'uplink.sock')
  let link: AgentLink | undefined
  const logged: Record<string, unknown>[] = []
  const fake = {
    connected: (_hello: Hello, given: AgentLink) => {
      link = given
      return {} as Agent
    },
    disconnected: () => undefined,
  } as unknown as Pipeline
  const notes = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const ingest = createIngest({ socket }, { pipeline: fake, admission, log: notes })
  await ingest.start()
  const agent = createFakeAgent(socket)
  await agent.start()
  agent.pause()
  const sending = await until(() => link)
  for (let i = 0; i < 8; i++) sending.send(FRAME.command, 'x'.repeat(1 << 20))
  const reasons = logged.filter(({ level }) => level === 40).map(({ reason }) => reason)
  expect(reasons).toEqual(['it does not read what it is sent'])
  await agent.stop()
  await ingest.stop()
  rmSync(folder, { recursive: true })
})

test('opens its socket to owner and group only, and removes what a killed server left', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-ingest-'))
  const socket = join(folder, 'sub', 'uplink.sock')
  const killed = createIngest({ socket }, { pipeline, admission, log })
  await killed.start()
  expect(statSync(socket).mode & 0o777).toBe(0o660)
  await expect(createIngest({ socket }, { pipeline, admission, log }).start()).rejects.toThrow(
    /another server/,
  )
  await killed.stop()
  expect(existsSync(socket)).toBe(false)

  await leaveStaleSocket(socket)
  const next = createIngest({ socket }, { pipeline, admission, log })
  await next.start()
  await next.stop()
  rmSync(folder, { recursive: true })
})

/** A socket file that nobody listens on: the listener's file is renamed before it closes. */
const leaveStaleSocket = async (socket: string) => {
  const server = createSocketServer()
  await new Promise<void>((resolve) => server.listen(`${socket}.tmp`, resolve))
  renameSync(`${socket}.tmp`, socket)
  await new Promise((resolve) => server.close(resolve))
  expect(existsSync(socket)).toBe(true)
}

test('does not touch another file at the place of its socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-ingest-'))
  const socket = join(folder, 'notes.txt')
  writeFileSync(socket, 'mine')
  await expect(createIngest({ socket }, { pipeline, admission, log }).start()).rejects.toThrow(
    /notes.txt/,
  )
  expect(existsSync(socket)).toBe(true)
  rmSync(folder, { recursive: true })
})
