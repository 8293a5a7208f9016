/** Tests of joining, and of who is let in, over real TLS. */
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { encodeFrame } from '@netscope/core/frame.ts'
import { parseJoinToken } from '@netscope/core/server-address.ts'
import { FRAME } from '@netscope/core/wire.ts'
import type { Joined, Refusal } from '@netscope/core/wire.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectPeer } from '../fakes/fleet-peer.ts'
import type { FleetPeer } from '../fakes/fleet-peer.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
let port: number
const peers: FleetPeer[] = []

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo
      probe.close(() => resolve(free))
    })
  })

beforeEach(async () => {
  port = await freePort()
  running = await startServer({}, {}, { listen: `127.0.0.1:${port}`, address: 'server.test:99' })
})
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close()
  await running.stop()
})

const connect = async (): Promise<FleetPeer> => {
  const peer = await connectPeer(port)
  peers.push(peer)
  return peer
}
const invite = async (body: object = {}) => {
  const url = '/api/v1/agents/invite'
  const response = await running.server.app.inject({ method: 'POST', url, payload: body })
  expect(response.statusCode).toBe(201)
  return parseJoinToken(response.json<{ token: string }>().token)!
}
const join = async (given?: object, body?: object): Promise<Joined> => {
  const { secret } = await invite(body)
  const peer = await connect()
  peer.join(secret, given)
  return (await until(() => peer.got(FRAME.joined)[0])) as Joined
}
const refusalOf = async (peer: FleetPeer): Promise<Refusal> => {
  const refusal = (await until(() => peer.got(FRAME.refused)[0])) as Refusal
  await until(() => peer.closed)
  return refusal
}
const agents = async () =>
  (await running.server.app.inject('/api/v1/agents')).json<{ agents: Record<string, unknown>[] }>()
    .agents

test('a token holds address, fingerprint and a secret by which one agent joins and then connects', async () => {
  const token = await invite()
  expect(token.server).toEqual({ host: 'server.test', port: 99 })
  expect(token.fingerprint).toMatch(/^[0-9a-f]{64}$/)
  const { agent, credential } = await join({ agent: 'far' })
  const peer = await connect()
  peer.hello({ agent, credential })
  await until(
    async () => ((await agents())[0]?.['lists'] as { inForce: boolean } | undefined)?.inForce,
  )
  expect(await agents()).toMatchObject([
    { name: 'far', isLocal: false, from: '127.0.0.1', version: '1', lists: { inForce: true } },
  ])
})

test('a second use of a token is refused, and so is one that nobody made', async () => {
  const { secret } = await invite()
  const first = await connect()
  first.join(secret)
  await until(() => first.got(FRAME.joined)[0])
  for (const [used, reason] of [
    [secret, 'was used by far; it counts once'],
    ['made-up', 'is not known here'],
  ]) {
    const peer = await connect()
    peer.join(used!)
    expect(await refusalOf(peer)).toMatchObject({
      code: 'fleet.token',
      message: `The join token ${reason}.`,
    })
  }
})

test('whoever has no credential, another one, or another name, is told so', async () => {
  const { credential } = await join({ agent: 'far' })
  const cases = [
    [{}, 'fleet.unknown'],
    [{ credential: 'x'.repeat(43) }, 'fleet.unknown'],
    [{ credential, agent: 'near' }, 'fleet.other-name'],
  ] as const
  for (const [hello, code] of cases) {
    const peer = await connect()
    peer.hello(hello)
    expect(await refusalOf(peer)).toMatchObject({ code })
  }
})

test('an agent of another version of the uplink is told which, whatever else it says', async () => {
  for (const protocol of [1, 99]) {
    const peer = await connect()
    peer.hello({ protocol, agent: 7 } as never)
    expect(await refusalOf(peer)).toMatchObject({
      code: 'fleet.protocol',
      message: expect.stringContaining(`version ${protocol} of the uplink`) as string,
    })
  }
})

test('who is removed is cut off and not let in again', async () => {
  const { agent, credential } = await join()
  const peer = await connect()
  peer.hello({ agent, credential })
  await until(async () => (await agents()).length === 1)
  const url = '/api/v1/agents/far'
  const response = await running.server.app.inject({ method: 'DELETE', url })
  expect([response.statusCode, await agents()]).toEqual([200, []])
  await until(() => peer.closed)
  const again = await connect()
  again.hello({ agent, credential })
  expect(await refusalOf(again)).toMatchObject({ code: 'fleet.unknown' })
  expect((await running.server.app.inject({ method: 'DELETE', url })).statusCode).toBe(404)
})

test('two machines with one credential: the one that started later stays', async () => {
  const { agent, credential } = await join()
  const copy = await connect()
  copy.hello({ agent, credential, startedAtMs: 2000 })
  await until(async () => (await agents())[0]?.['state'] === 'connected')
  const original = await connect()
  original.hello({ agent, credential, startedAtMs: 1000 })
  expect(await refusalOf(original)).toMatchObject({ code: 'fleet.twice' })
  expect(copy.closed).toBe(false)
})

test('a local agent and one that has joined do not share a name', async () => {
  const local = running.agent({ agent: 'far' })
  await local.start()
  await until(async () => (await agents()).length === 1)
  expect((await join({ agent: 'far' })).agent).toBe('far-2')
  const other = running.agent({ agent: 'far-2' })
  await other.start()
  await until(() => other.closed)
  await local.stop()
})

test('of a stranger nothing large is taken, and nothing without a hello', async () => {
  const large = await connect()
  large.raw(encodeFrame(FRAME.hello, 0, Buffer.alloc(20_000)))
  await until(() => large.closed)
  const rude = await connect()
  rude.raw(encodeFrame(FRAME.flows, 1))
  await until(() => rude.closed)
})

test('a server that listens for none makes no tokens', async () => {
  const alone = await startServer()
  const url = '/api/v1/agents/invite'
  const response = await alone.server.app.inject({ method: 'POST', url, payload: {} })
  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([409, 'fleet.off'])
  await alone.stop()
})
