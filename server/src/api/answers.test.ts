/** Tests of answers over HTTP where several things meet: alerts of others, two policies, a person, a preview. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeStatus } from '../fakes/fake-status.ts'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { LIFELINES, SCANNER, startResponse } from '../fakes/response-rig.ts'
import type { Response } from '../fakes/response-rig.ts'
import { until } from '../fakes/running-server.ts'

let rig: Response
beforeEach(async () => {
  rig = await startResponse()
})
afterEach(() => rig.stop())

const BANNED = { title: 'sshd: 5 failures', source: 'fail2ban', severity: 70, ip: SCANNER }
const post = (given: object = {}) => rig.ask('POST', '/alerts', { ...BANNED, ...given })
const settled = () => new Promise((resolve) => setTimeout(resolve, 1200))

describe('an alert of another program', () => {
  test('is answered by a policy that names its detector, once, for a minute if its source may be forged', async () => {
    await rig.addPolicy({ mode: 'enforce', when: 'detector = external and severity >= 60' })
    expect((await post()).status).toBe(201)
    const action = await rig.only('verified')
    expect(action).toMatchObject({ target: SCANNER, forSeconds: 60, isSpoofable: true })
    await post()
    await settled()
    expect(await rig.actions()).toHaveLength(1)
  })

  test('for as long as the policy says if it has shown to be there', async () => {
    await rig.prove()
    await rig.addPolicy({ mode: 'enforce', when: 'detector = external' })
    await post()
    expect(await rig.only('verified')).toMatchObject({ forSeconds: 3600, isSpoofable: false })
  })

  test('is not answered by one that does not name it, nor counted by its preview', async () => {
    await rig.addPolicy({ mode: 'enforce', when: 'severity >= 60' })
    await post()
    await settled()
    expect(await rig.actions()).toEqual([])
    expect((await rig.ask('GET', '/policies/scanners/preview')).body).toMatchObject({ alerts: 0 })
    const named = { name: 'named', when: 'detector = external', do: { block: 'address' } }
    expect((await rig.ask('POST', '/policies/preview', named)).body).toMatchObject({ alerts: 1 })
  })

  test('may not have what is protected blocked, nor anything where no agent has seen it', async () => {
    await rig.addPolicy({ mode: 'enforce', when: 'detector = external and severity < 90' })
    const seen = { block: 'address', at: 'seen' }
    const when = 'detector = external and severity >= 90'
    await rig.addPolicy({ name: 'seen', mode: 'enforce', when, do: seen })
    await post({ ip: '10.0.0.1' })
    await post({ severity: 95, title: 'another' })
    const refused = await until(async () => {
      const all = await rig.actions('?state=refused')
      return all.length === 2 ? all : undefined
    })
    const reasons = refused.map(({ steps }) => steps[0]?.reason).toSorted()
    expect(reasons[0]).toContain('10.0.0.1, which is protected: gateway')
    expect(reasons[1]).toContain('no agent has seen it')
    expect(await rig.denied()).toEqual([])
  })
})

describe('two policies that answer the same alert', () => {
  const both = async () => {
    await rig.prove()
    await rig.addPolicy({ name: 'short', mode: 'enforce', for: '10m' })
    await rig.addPolicy({ name: 'long', mode: 'enforce', do: { block: 'prefix' }, for: '1h' })
    rig.take(madeUpDetection())
    return until(async () => {
      const all = await rig.actions('?inForce=true')
      return all.length === 2 ? all : undefined
    })
  }

  test('each act, and each is undone by itself', async () => {
    const actions = await both()
    const prefixes = async () => (await rig.denied()).map(({ prefix }) => prefix).toSorted()
    expect(await prefixes()).toEqual(['192.0.2.0/24', SCANNER])
    const wide = actions.find(({ target }) => target === '192.0.2.0/24')!
    // Who works within it by SSH.
    expect(wide['reachable']).toEqual(['192.0.2.50'])
    await rig.ask('POST', `/actions/${wide.id}/undo`)
    expect(await prefixes()).toEqual([SCANNER])
  })

  test('and what a policy did goes on and can be undone when it is removed', async () => {
    const actions = await both()
    expect((await rig.ask('DELETE', '/policies/short')).status).toBe(204)
    const left = actions.find(({ target }) => target === SCANNER)!
    expect((await rig.ask('GET', `/actions/${left.id}`)).body).toMatchObject({ inForce: true })
    const undone = await rig.ask('POST', `/actions/${left.id}/undo`)
    expect(undone.body).toMatchObject({ state: 'undone' })
  })
})

describe('a block by hand of what a policy blocks', () => {
  test('for longer takes its place, and leaves it where it is undone; for a shorter time it is refused', async () => {
    await rig.prove()
    await rig.addPolicy({ mode: 'enforce', for: '1h' })
    rig.take(madeUpDetection())
    await rig.only('verified')
    const shorter = await rig.ask('POST', '/actions', { ip: SCANNER, expiresInSeconds: 60 })
    expect(shorter.body).toMatchObject({ code: 'block.present' })
    const longer = await rig.ask('POST', '/actions', { ip: SCANNER })
    expect(longer.body).toMatchObject({ inForce: true })
    expect(await rig.denied()).toMatchObject([{ origin: 'api', expiresAtMs: 0 }])
    await rig.ask('POST', `/actions/${String(longer.body['id'])}/undo`)
    expect(await rig.denied()).toMatchObject([{ origin: 'policy:scanners' }])
  })
})

test('an operator who appears behind a block is pinned above it', async () => {
  await rig.prove()
  await rig.addPolicy({ mode: 'enforce' })
  rig.take(madeUpDetection())
  await rig.only('verified')
  rig.agent.status(fakeStatus({ lifelines: { ...LIFELINES, sshPeers: [SCANNER] } }))
  const pinned = () =>
    rig.agent.commands.some(
      (of) => of.name === 'pin.set' && of.pinned.some(({ prefix }) => prefix === SCANNER),
    )
  await until(async () => pinned())
  const [action] = await rig.actions()
  expect(action?.steps.at(-1)?.reason).toMatch(/^it is protected now, so that its packets pass/)
  expect((await rig.ask('POST', '/actions', { ip: SCANNER })).body).toMatchObject({
    code: 'block.protected',
  })
})

test('a webhook that hangs keeps no block from being in force', async () => {
  const hanging = createServer(() => undefined)
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = hanging.address() as AddressInfo
    await rig.prove()
    const what = { block: 'address', webhook: `http://127.0.0.1:${port}/hook` }
    await rig.addPolicy({ mode: 'enforce', do: what })
    rig.take(madeUpDetection())
    expect(await rig.only('verified')).toMatchObject({ inForce: true })
  } finally {
    hanging.closeAllConnections()
    hanging.close()
  }
})

test('a question about what proves to be a false positive is withdrawn', async () => {
  await rig.addPolicy({ mode: 'ask' })
  rig.take(madeUpDetection())
  const { id } = await rig.only('asked')
  await rig.ask('POST', '/alerts/scan-1/false-positive', { reason: 'our scanner' })
  await rig.only('rejected')
  const late = await rig.ask('POST', `/actions/${id}/approve`)
  expect(late.body).toMatchObject({ code: 'action.not-asked' })
})
