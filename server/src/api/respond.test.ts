/** Tests of policies over HTTP: what is refused, what they do, and what becomes of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { SCANNER, startResponse } from '../fakes/response-rig.ts'
import type { Response } from '../fakes/response-rig.ts'
import { until } from '../fakes/running-server.ts'

let rig: Response
beforeEach(async () => {
  rig = await startResponse()
})
afterEach(() => rig.stop())

describe('a policy', () => {
  test('is made, shown, changed and removed, each in the audit log', async () => {
    const { status, body } = await rig.addPolicy({ description: 'port scans' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ mode: 'observe', modeNow: 'observe', trial: 'none', for: '1h' })
    expect((await rig.addPolicy()).body).toMatchObject({ code: 'policy.exists' })
    const changed = await rig.ask('PATCH', '/policies/scanners', { enabled: false })
    expect(changed.body).toMatchObject({ enabled: false })
    expect((await rig.ask('DELETE', '/policies/scanners')).status).toBe(204)
    expect((await rig.ask('GET', '/policies/scanners')).body).toMatchObject({
      code: 'policy.unknown',
    })
    const { entries } = (await rig.ask('GET', '/audit')).body as { entries: { action: string }[] }
    expect(entries.map(({ action }) => action)).toEqual([
      'policy.remove',
      'policy.change',
      'policy.add',
      'user.create',
    ])
  })

  test.each([
    [{ when: 'nonsense = 1' }, 'when'],
    [{ when: 'severity >= 0' }, 'when'],
    [{ for: 'soon' }, 'for'],
    [{ do: {} }, 'do'],
    [{ do: { webhook: 'ftp://x' } }, 'do.webhook'],
  ])('that is wrong is refused with its place: %j', async (given, place) => {
    const { status, body } = await rig.addPolicy(given)
    expect([status, body['code']]).toEqual([400, 'policy.invalid'])
    expect(body['detail']).toContain(`wrong at ${place}:`)
  })

  test('that would block the gateway or the operator is refused', async () => {
    const gateway = await rig.addPolicy({ mode: 'enforce', when: 'src = 10.0.0.1' })
    expect(gateway.body).toMatchObject({ code: 'policy.protected' })
    expect(gateway.body['detail']).toContain('10.0.0.1, which is protected: gateway')
    rig.take(madeUpDetection({ source: { ip: '192.0.2.50' }, lastMs: Date.now() }))
    await until(async () => (await rig.ask('GET', '/alerts')).body['total'] === 1)
    const operator = await rig.addPolicy({ mode: 'enforce' })
    expect(operator.body['detail']).toContain('192.0.2.50, which is protected: operator')
  })

  test('its webhook is a secret', async () => {
    const { text } = await rig.addPolicy({ do: { webhook: 'https://hooks.example/s3cret' } })
    expect(text).not.toContain('s3cret')
    expect((await rig.ask('GET', '/audit')).text).not.toContain('s3cret')
  })
})

describe('a policy that observes', () => {
  test('notes once what it would do, and does nothing', async () => {
    await rig.addPolicy()
    for (let i = 0; i < 3; i++) {
      rig.take(madeUpDetection({ count: 30 + i }))
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    const [action, ...more] = await rig.actions()
    expect(more).toEqual([])
    expect(action).toMatchObject({ state: 'observed', inForce: false, target: SCANNER })
    expect(await rig.denied()).toEqual([])
  })
})

describe('a policy that enforces', () => {
  test('blocks, ends connections, verifies, and can be undone', async () => {
    await rig.prove()
    await rig.addPolicy({ mode: 'enforce' })
    rig.take(madeUpDetection())
    const action = await rig.only('verified')
    expect(action).toMatchObject({ inForce: true, terminated: 2, origin: 'policy:scanners' })
    expect(action.steps.map(({ state }) => state)).toEqual([
      'approved',
      'in-force',
      'note',
      'verified',
    ])
    expect(action.steps.at(-1)?.reason).toContain('0 packets passed')
    expect(await rig.denied()).toMatchObject([{ prefix: SCANNER, origin: 'policy:scanners' }])
    const undone = await rig.ask('POST', `/actions/${action.id}/undo`, { reason: 'ours' })
    expect(undone.body).toMatchObject({ state: 'undone', inForce: false })
    expect(await rig.denied()).toEqual([])
    expect((await rig.ask('POST', `/actions/${action.id}/undo`)).body['code']).toBe('action.over')
    const { entries } = (await rig.ask('GET', '/audit')).body as { entries: { action: string }[] }
    expect(entries.map((entry) => entry.action).toReversed()).toEqual([
      'user.create',
      'policy.add',
      'action.approved',
      'action.in-force',
      'action.note',
      'action.verified',
      'action.undone',
    ])
    // A person has decided about this alert.
    rig.take(madeUpDetection({ count: 99 }))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await rig.denied()).toEqual([])
  })

  test('says so when packets still pass', async () => {
    await rig.prove()
    rig.kernel.passedPackets = 3
    await rig.addPolicy({ mode: 'enforce' })
    rig.take(madeUpDetection())
    expect((await rig.only('failed')).steps.at(-1)?.reason).toContain('3 packets passed')
  })

  test('says what passed at SSH ports, which no block closes', async () => {
    await rig.prove()
    rig.kernel.sshPackets = 12
    await rig.addPolicy({ mode: 'enforce' })
    rig.take(madeUpDetection())
    const { verification, steps } = await rig.only('verified')
    expect(verification).toMatchObject({ passedPackets: 0, sshPackets: 12 })
    expect(steps.at(-1)?.reason).toContain('12 to or from SSH ports, which are never dropped')
  })

  test('blocks a source that may be forged for a minute at most', async () => {
    await rig.addPolicy({ mode: 'enforce' })
    rig.take(madeUpDetection())
    const action = await until(async () => (await rig.actions('?inForce=true'))[0])
    expect(action).toMatchObject({ forSeconds: 60, isSpoofable: true })
    const [entry] = await rig.denied()
    expect(entry!.expiresAtMs - Date.now()).toBeLessThanOrEqual(60_000)
  })

  test('ends by itself', async () => {
    await rig.prove()
    await rig.addPolicy({ mode: 'enforce', for: '2s' })
    rig.take(madeUpDetection())
    await rig.only('expired')
    expect(await rig.denied()).toEqual([])
    expect(
      rig.agent.commands.some((of) => of.name === 'lists.change' && of.remove[0] === SCANNER),
    ).toBe(true)
  })

  test('refuses what is protected, and names it', async () => {
    await rig.addPolicy({ mode: 'enforce' })
    rig.take(madeUpDetection({ source: { ip: '10.0.0.1' } }))
    const action = await rig.only('refused')
    expect(action.steps[0]?.reason).toContain('10.0.0.1, which is protected: gateway')
    expect(await rig.denied()).toEqual([])
  })

  test('goes back when nobody confirms it in time', async () => {
    await rig.prove()
    expect((await rig.addPolicy({ mode: 'enforce', trial: '5s' })).body).toMatchObject({
      trial: 'running',
    })
    rig.take(madeUpDetection())
    await until(async () => (await rig.denied()).length === 1)
    const policy = () => rig.ask('GET', '/policies/scanners')
    await until(async () => (await policy()).body['trial'] === 'reverted')
    expect((await policy()).body).toMatchObject({ mode: 'enforce', modeNow: 'observe' })
    await until(async () => (await rig.denied()).length === 0)
    const confirmed = await rig.ask('POST', '/policies/scanners/confirm')
    expect(confirmed.body).toMatchObject({ code: 'policy.no-trial' })
  })

  test('goes on once it is confirmed', async () => {
    await rig.addPolicy({ mode: 'enforce', trial: '2s' })
    const confirmed = await rig.ask('POST', '/policies/scanners/confirm')
    expect(confirmed.body).toMatchObject({ trial: 'confirmed', modeNow: 'enforce' })
    await new Promise((resolve) => setTimeout(resolve, 2600))
    expect((await rig.ask('GET', '/policies/scanners')).body['modeNow']).toBe('enforce')
  })

  test('takes back what it did when the alert is a false positive', async () => {
    await rig.prove()
    await rig.addPolicy({ mode: 'enforce' })
    rig.take(madeUpDetection())
    await until(async () => (await rig.denied()).length === 1)
    await rig.ask('POST', '/alerts/scan-1/false-positive', { reason: 'our scanner' })
    await until(async () => (await rig.denied()).length === 0)
  })
})
