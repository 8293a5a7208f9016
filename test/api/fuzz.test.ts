/**
 * Requests made of the OpenAPI document, over real HTTP: none ends with 5xx, none hangs, and every good answer is of
 * the form that the document says. NETSCOPE_API_REQUESTS says how many; `npm run test:fuzz` sends 100,000.
 */
import { Agent, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { Compile } from 'typebox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeStatus } from '../../server/src/fakes/fake-status.ts'
import { flowRecord } from '../../server/src/fakes/flow-record.ts'
import { startServer } from '../../server/src/fakes/running-server.ts'
import type { RunningServer } from '../../server/src/fakes/running-server.ts'
import type { FakeAgent } from '../../server/src/fakes/fake-agent.ts'
import type { OpenapiDocument } from './client-source.ts'
import { createRandom } from './random-value.ts'
import { operationsOf, randomRequest } from './random-request.ts'
import type { KnownNames, OperationAt, RandomRequest } from './random-request.ts'

const REQUESTS = Number(process.env['NETSCOPE_API_REQUESTS'] ?? 2000)
const SEED = Number(process.env['NETSCOPE_SEED'] ?? 1)
const AT_A_TIME = 16
/** Long, because other tests share the machine, and a backup is one of the answers. */
const ANSWER_WITHIN_MS = 30_000

/** Answers that go on for as long as somebody reads. */
const STREAMS = new Set([
  'streamAlerts',
  'streamEvents',
  'streamFlows',
  'streamStatus',
  'startCapture',
])

/** Puts the components in the place of their references. */
const withoutReferences = (document: OpenapiDocument): OpenapiDocument => {
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const { $ref } = value as { $ref?: string }
    if ($ref !== undefined)
      return resolve(document.components.schemas[$ref.split('/').at(-1) ?? ''])
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, resolve(of)]))
  }
  return resolve(document) as OpenapiDocument
}

/** So many of each kind, since made-up requests also remove them. */
const THINGS = 40

const post = async (path: string, payload: object): Promise<string> => {
  const { body } = await running.server.app.inject({ method: 'POST', url: path, payload })
  const { id, name } = JSON.parse(body) as { id?: string; name?: string }
  return id ?? name ?? ''
}

/** What requests can be about, beside users and tokens, of which our own is one. */
const makeThings = async (): Promise<KnownNames> => {
  const kinds = ['alerts', 'incidents', 'channels', 'devices', 'policies', 'actions'] as const
  const made = Object.fromEntries(kinds.map((kind) => [kind, [] as string[]])) as Record<
    (typeof kinds)[number],
    string[]
  >
  for (let i = 0; i < THINGS; i++) {
    const ip = `192.0.2.${100 + i}`
    const alert = await post('/api/v1/alerts', { title: `alert ${i}`, ip, source: `test ${i}` })
    made.alerts.push(alert)
    made.incidents.push(alert)
    made.devices.push(await post('/api/v1/devices', { agent_id: 'other', ip }))
    made.actions.push(await post('/api/v1/actions', { ip: `198.51.100.${i}` }))
    const settings = { url: 'https://192.0.2.1/hook' }
    made.channels.push(await post('/api/v1/channels', { name: `c${i}`, kind: 'webhook', settings }))
    const policy = { name: `p${i}`, when: 'severity >= 60', do: { notify: true } }
    made.policies.push(await post('/api/v1/policies', policy))
  }
  return made
}

let running: RunningServer
let agent: FakeAgent
let operations: OperationAt[]
let known: KnownNames
let speaking: NodeJS.Timeout
const keepAlive = new Agent({ keepAlive: true, maxSockets: AT_A_TIME })
beforeAll(async () => {
  running = await startServer({}, { prometheusUrl: '' })
  agent = running.agent()
  agent.answer = (command) =>
    command.name === 'capture.start'
      ? { ok: false, code: 'capture.busy', message: 'Another capture is running.' }
      : { ok: true, result: { removed: 1, added: 1, total: 0, entries: [] } }
  await agent.start()
  agent.status(fakeStatus())
  // An agent that says nothing for 15 s is taken for gone.
  speaking = setInterval(() => agent.status(fakeStatus()), 1000)
  agent.flows(Array.from({ length: 50 }, (_, slot) => flowRecord({ slot, end: slot % 3 })))
  // The lists of countries and networks are read when they are first asked for.
  await running.server.app.inject('/api/v1/addresses/192.0.2.1')
  const { body } = await running.server.app.inject('/api/v1/openapi.json')
  operations = operationsOf(withoutReferences(JSON.parse(body) as OpenapiDocument))
  known = await makeThings()
})
afterAll(async () => {
  clearInterval(speaking)
  keepAlive.destroy()
  await agent.stop()
  await running.stop()
})

interface Answer {
  status: number
  type: string
  body: string
}

const send = ({ operationId, method, path, headers, body }: RandomRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const isStream = STREAMS.has(operationId)
    const sent = httpRequest(
      new URL(path, running.server.url()),
      {
        method,
        agent: isStream ? false : keepAlive,
        headers: { ...headers, authorization: `Bearer ${running.token}` },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      },
      (response) => {
        const { statusCode: status = 0 } = response
        const type = response.headers['content-type'] ?? ''
        if (isStream && status === 200) {
          response.destroy()
          resolve({ status, type, body: '' })
        } else text(response).then((body) => resolve({ status, type, body }), reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })

const checks = new Map<string, ReturnType<typeof Compile>>()

/** What is wrong with an answer, in words. */
const problemOf = (
  { operation }: OperationAt,
  { status, type, body }: Answer,
): string | undefined => {
  if (status === 0 || status >= 500) return 'it is none'
  if (status >= 400)
    return type.startsWith('application/problem+json') && /"code":"[a-z]+\.[a-z-]+"/.test(body)
      ? undefined
      : 'it is no problem document'
  const schema = operation.responses[status]?.content?.['application/json']?.schema
  if (!schema)
    return type.startsWith('application/json')
      ? `status ${status} is not in the document`
      : undefined
  const key = `${operation.operationId} ${status}`
  const check = checks.get(key) ?? Compile(schema as never)
  checks.set(key, check)
  const value: unknown = JSON.parse(body)
  if (check.Check(value)) return undefined
  const [, errors] = check.Errors(value)
  return `${errors[0]?.instancePath} ${errors[0]?.message}`
}

/** No Prometheus is configured; a stream that was left a moment ago may still be counted. */
const isExpected = ({ body }: Answer): boolean =>
  body.includes('"metrics.no-prometheus"') || body.includes('"stream.too-many"')

test(
  `${REQUESTS} requests made of the document get answers that it knows`,
  async () => {
    const random = createRandom(SEED)
    const wrong: string[] = []
    const seen = new Map<string, Set<number>>()
    let left = REQUESTS
    const work = async (): Promise<void> => {
      while (left-- > 0) {
        const at = operations[random(operations.length)] as OperationAt
        const request = randomRequest(random, at, known)
        const answer = await send(request).catch((error: Error) => ({
          status: 0,
          type: '',
          body: error.message,
        }))
        const statuses = seen.get(request.operationId) ?? new Set()
        seen.set(request.operationId, statuses.add(answer.status))
        const problem = isExpected(answer) ? undefined : problemOf(at, answer)
        if (problem !== undefined && wrong.length < 20)
          wrong.push(JSON.stringify({ problem, answer, request }).slice(0, 1500))
      }
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, work))
    const failures = running.logged.filter(({ level }) => Number(level) >= 50)
    const words = failures.map((line) => JSON.stringify(line))
    // As one text, so that all of it is shown.
    expect([...wrong, ...words].join('\n')).toBe('')
    // The requests are good for something: more than half of the operations were done at least once.
    const done = [...seen.values()].filter((statuses) =>
      [...statuses].some((of) => of < 300 && of > 0),
    )
    expect(done.length).toBeGreaterThan(operations.length * 0.5)
    expect((await running.fetch('/health')).status).toBe(200)
  },
  REQUESTS * 50 + 30_000,
)
