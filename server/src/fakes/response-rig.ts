/** For tests of answers to alerts: a server, and an agent that answers as a kernel would. */
import type { Detection } from '@netscope/detect/detection.ts'
import { fakeStatus } from './fake-status.ts'
import type { FakeAgent } from './fake-agent.ts'
import { flowRecord } from './flow-record.ts'
import { startServer, until } from './running-server.ts'
import type { RunningServer } from './running-server.ts'

type Json = Record<string, unknown>
interface Shown extends Json {
  id: string
  state: string
  inForce: boolean
  steps: { state: string; reason: string; by: string }[]
}

export const SCANNER = '192.0.2.7'
export const LIFELINES = {
  ...{ sshPeers: ['192.0.2.50'], own: ['10.0.0.9'], gateways: ['10.0.0.1'], dnsServers: [] },
  ...{ servers: [], pinned: 0, problems: [] },
}

const POLICY = {
  name: 'scanners',
  when: 'detector = tcp-scan and severity >= 40 and confidence >= 80',
  do: { block: 'address', terminate: true },
  for: '1h',
}
export const startResponse = async (rest: Parameters<typeof startServer>[3] = {}) => {
  const respond = { verifySeconds: 1, ...rest.respond }
  const running: RunningServer = await startServer({}, {}, {}, { ...rest, respond })
  const take = (detection: Detection): void => running.server.alerts.take(detection)
  const kernel = { passedPackets: 0, sshPackets: 0, canPin: true }
  const agent: FakeAgent = running.agent()
  agent.answer = (command) => {
    if (command.name === 'terminate')
      return {
        ok: true,
        result: { ended: 2, failed: [], forwarded: { connections: 0, fate: '' } },
      }
    if (command.name === 'list.get') return { ok: true, result: { total: 0, entries: [] } }
    if (command.name === 'verify') {
      const times = { sinceMs: Date.now() - 1000, nowMs: Date.now() }
      return {
        ok: true,
        result: {
          ...{ prefix: command.prefix, ...times, droppedPackets: 7 },
          ...{ passedPackets: kernel.passedPackets, sshPackets: kernel.sshPackets },
        },
      }
    }
    if (command.name === 'pin.set' && !kernel.canPin)
      return { ok: false, code: 'request.invalid', message: 'no room' }
    return { ok: true, result: {} }
  }
  await agent.start()
  agent.status(fakeStatus({ lifelines: LIFELINES }))

  const ask = async (method: string, path: string, body?: object, headers?: object) => {
    const response = await running.server.app.inject({
      ...{ method: method as 'GET', url: `/api/v1${path}` },
      ...(body && { payload: body }),
      ...(headers && { headers: headers as Record<string, string> }),
    })
    const isJson = String(response.headers['content-type']).includes('json')
    return {
      status: response.statusCode,
      text: response.body,
      headers: response.headers,
      body: isJson ? response.json<Json>() : {},
    }
  }
  const protectedNow = async () => (await ask('GET', '/protected')).body['protected'] as Json[]
  const actions = async (query = '') =>
    (await ask('GET', `/actions${query}`)).body['actions'] as Shown[]
  const only = (state: string) =>
    until(async () => (await actions()).find((action) => action.state === state))

  const addPolicy = (given: object = {}) => ask('POST', '/policies', { ...POLICY, ...given })

  /** Of a connection whose handshake shows that the scanner is there. */
  const prove = async (src = SCANNER) => {
    const record = { src, dst: '10.0.0.9', synAck: 1, srcPackets: 5, dstPackets: 4, end: 2 }
    agent.flows([flowRecord({ ...record, lastNs: Date.now() * 1e6 })])
    await until(
      async () => ((await ask('GET', `/flows?ip=${src}&state=all`)).body['total'] as number) > 0,
    )
  }
  const denied = async () =>
    (await running.server.app.inject('/blacklist')).json<{
      entries: { prefix: string; origin: string; expiresAtMs: number }[]
    }>().entries

  await until(async () => (await protectedNow()).some(({ kind }) => kind === 'gateway'))
  const stop = async () => {
    await agent.stop()
    await running.stop()
  }
  return { running, agent, kernel, take, ask, actions, only, addPolicy, prove, denied, stop }
}
export type Response = Awaited<ReturnType<typeof startResponse>>
