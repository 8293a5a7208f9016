/** Tests of policies, actions and approvals over HTTP, with an agent that answers as a kernel would. */
import type { Detection } from '@netscope/detect/detection.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeStatus } from '../fakes/fake-status.ts'
import type { FakeAgent } from '../fakes/fake-agent.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

type Json = Record<string, unknown>
interface Shown extends Json {
  id: string
  state: string
  inForce: boolean
  steps: { state: string; reason: string; by: string }[]
}

const SCANNER = '192.0.2.7'
const LIFELINES = {
  ...{ sshPeers: ['192.0.2.50'], own: ['10.0.0.9'], gateways: ['10.0.0.1'], dnsServers: [] },
  ...{ servers: [], pinned: 0, problems: [] },
}

let running: RunningServer
let agent: FakeAgent
let take: (detection: Detection) => void
let passed = 0
beforeEach(async () => {
  running = await startServer({}, {}, {}, { respond: { verifySeconds: 1 } })
  take = running.server.alerts.take
  passed = 0
  agent = running.agent()
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
        result: { prefix: command.prefix, ...times, passedPackets: passed, droppedPackets: 7 },
      }
    }
    return { ok: true, result: {} }
  }
  await agent.start()
  agent.status(fakeStatus({ lifelines: LIFELINES }))
  await until(async () => (await protectedNow()).some(({ kind }) => kind === 'gateway'))
})
afterEach(async () => {
  await agent.stop()
  await running.stop()
})

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
    body: (isJson ? response.json() : {}) as Json,
  }
}
const protectedNow = async () => (await ask('GET', '/protected')).body['protected'] as Json[]
const actions = async (query = '') =>
  (await ask('GET', `/actions${query}`)).body['actions'] as Shown[]
const only = (state: string) =>
  until(async () => (await actions()).find((action) => action.state === state))

const POLICY = {
  name: 'scanners',
  when: 'detector = tcp-scan and severity >= 40 and confidence >= 80',
  do: { block: 'address', terminate: true },
  for: '1h',
}
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

describe('a policy', () => {
  test('is made, shown, changed and removed, each in the audit log', async () => {
    const { status, body } = await addPolicy({ description: 'port scans' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ mode: 'observe', modeNow: 'observe', trial: 'none', for: '1h' })
    expect((await addPolicy()).body).toMatchObject({ code: 'policy.exists' })
    const changed = await ask('PATCH', '/policies/scanners', { enabled: false })
    expect(changed.body).toMatchObject({ enabled: false })
    expect((await ask('DELETE', '/policies/scanners')).status).toBe(204)
    expect((await ask('GET', '/policies/scanners')).body).toMatchObject({ code: 'policy.unknown' })
    const { entries } = (await ask('GET', '/audit')).body as { entries: { action: string }[] }
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
    const { status, body } = await addPolicy(given)
    expect([status, body['code']]).toEqual([400, 'policy.invalid'])
    expect(body['detail']).toContain(`wrong at ${place}:`)
  })

  test('that would block the gateway or the operator is refused', async () => {
    const gateway = await addPolicy({ mode: 'enforce', when: 'src = 10.0.0.1' })
    expect(gateway.body).toMatchObject({ code: 'policy.protected' })
    expect(gateway.body['detail']).toContain('10.0.0.1, which is protected: gateway')
    take(madeUpDetection({ source: { ip: '192.0.2.50' }, lastMs: Date.now() }))
    await until(async () => (await ask('GET', '/alerts')).body['total'] === 1)
    const operator = await addPolicy({ mode: 'enforce' })
    expect(operator.body['detail']).toContain('192.0.2.50, which is protected: operator')
  })

  test('its webhook is a secret', async () => {
    const { text } = await addPolicy({ do: { webhook: 'https://hooks.example/s3cret' } })
    expect(text).not.toContain('s3cret')
    expect((await ask('GET', '/audit')).text).not.toContain('s3cret')
  })
})

describe('a policy that observes', () => {
  test('notes once what it would do, and does nothing', async () => {
    await addPolicy()
    for (let i = 0; i < 3; i++) {
      take(madeUpDetection({ count: 30 + i }))
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    const [action, ...more] = await actions()
    expect(more).toEqual([])
    expect(action).toMatchObject({ state: 'observed', inForce: false, target: SCANNER })
    expect(await denied()).toEqual([])
  })
})

describe('a policy that enforces', () => {
  test('blocks, ends connections, verifies, and can be undone', async () => {
    await prove()
    await addPolicy({ mode: 'enforce' })
    take(madeUpDetection())
    const action = await only('verified')
    expect(action).toMatchObject({ inForce: true, terminated: 2, origin: 'policy:scanners' })
    expect(action.steps.map(({ state }) => state)).toEqual([
      'approved',
      'in-force',
      'note',
      'verified',
    ])
    expect(action.steps.at(-1)?.reason).toContain('0 packets passed')
    expect(await denied()).toMatchObject([{ prefix: SCANNER, origin: 'policy:scanners' }])
    const undone = await ask('POST', `/actions/${action.id}/undo`, { reason: 'ours' })
    expect(undone.body).toMatchObject({ state: 'undone', inForce: false })
    expect(await denied()).toEqual([])
    expect((await ask('POST', `/actions/${action.id}/undo`)).body['code']).toBe('action.over')
    const { entries } = (await ask('GET', '/audit')).body as { entries: { action: string }[] }
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
    take(madeUpDetection({ count: 99 }))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await denied()).toEqual([])
  })

  test('says so when packets still pass', async () => {
    await prove()
    passed = 3
    await addPolicy({ mode: 'enforce' })
    take(madeUpDetection())
    expect((await only('failed')).steps.at(-1)?.reason).toContain('3 packets passed')
  })

  test('blocks a source that may be forged for a minute at most', async () => {
    await addPolicy({ mode: 'enforce' })
    take(madeUpDetection())
    const action = await until(async () => (await actions('?inForce=true'))[0])
    expect(action).toMatchObject({ forSeconds: 60, isSpoofable: true })
    const [entry] = await denied()
    expect(entry!.expiresAtMs - Date.now()).toBeLessThanOrEqual(60_000)
  })

  test('ends by itself', async () => {
    await prove()
    await addPolicy({ mode: 'enforce', for: '2s' })
    take(madeUpDetection())
    await only('expired')
    expect(await denied()).toEqual([])
    expect(
      agent.commands.some((of) => of.name === 'lists.change' && of.remove[0] === SCANNER),
    ).toBe(true)
  })

  test('refuses what is protected, and names it', async () => {
    await addPolicy({ mode: 'enforce' })
    take(madeUpDetection({ source: { ip: '10.0.0.1' } }))
    const action = await only('refused')
    expect(action.steps[0]?.reason).toContain('10.0.0.1, which is protected: gateway')
    expect(await denied()).toEqual([])
  })

  test('goes back when nobody confirms it in time', async () => {
    await prove()
    expect((await addPolicy({ mode: 'enforce', trial: '3s' })).body).toMatchObject({
      trial: 'running',
    })
    take(madeUpDetection())
    await until(async () => (await denied()).length === 1)
    const policy = () => ask('GET', '/policies/scanners')
    await until(async () => (await policy()).body['trial'] === 'reverted')
    expect((await policy()).body).toMatchObject({ mode: 'enforce', modeNow: 'observe' })
    await until(async () => (await denied()).length === 0)
    const confirmed = await ask('POST', '/policies/scanners/confirm')
    expect(confirmed.body).toMatchObject({ code: 'policy.no-trial' })
  })

  test('goes on once it is confirmed', async () => {
    await addPolicy({ mode: 'enforce', trial: '1s' })
    const confirmed = await ask('POST', '/policies/scanners/confirm')
    expect(confirmed.body).toMatchObject({ trial: 'confirmed', modeNow: 'enforce' })
    await new Promise((resolve) => setTimeout(resolve, 1600))
    expect((await ask('GET', '/policies/scanners')).body['modeNow']).toBe('enforce')
  })

  test('takes back what it did when the alert is a false positive', async () => {
    await prove()
    await addPolicy({ mode: 'enforce' })
    take(madeUpDetection())
    await until(async () => (await denied()).length === 1)
    await ask('POST', '/alerts/scan-1/false-positive', { reason: 'our scanner' })
    await until(async () => (await denied()).length === 0)
  })
})

describe('a policy that asks', () => {
  const question = async () => {
    await addPolicy({ mode: 'ask' })
    take(madeUpDetection())
    return only('asked')
  }

  test('waits for a person, who approves once', async () => {
    const { id } = await question()
    expect(await denied()).toEqual([])
    const approved = await ask('POST', `/actions/${id}/approve`)
    expect(approved.body).toMatchObject({ inForce: true })
    expect(await denied()).toHaveLength(1)
    expect((await ask('POST', `/actions/${id}/approve`)).body['code']).toBe('action.not-asked')
  })

  test('does nothing when it is rejected', async () => {
    const { id } = await question()
    expect((await ask('POST', `/actions/${id}/reject`)).body).toMatchObject({ state: 'rejected' })
    expect(await denied()).toEqual([])
  })

  test('is answered by a link once; looking at it decides nothing', async () => {
    const { id } = await question()
    const { path } = (await ask('POST', `/actions/${id}/link`)).body as { path: string }
    const url = path.replace('/api/v1', '')
    const stranger = { authorization: '' }
    for (let i = 0; i < 2; i++) {
      const shown = await ask('GET', url, undefined, stranger)
      expect([shown.status, shown.headers['referrer-policy']]).toEqual([200, 'same-origin'])
      expect(shown.text).toContain(`Block ${SCANNER}?`)
    }
    expect((await actions())[0]?.state).toBe('asked')
    const decided = await ask('POST', url, { decision: 'approve' }, stranger)
    expect([decided.status, (await denied()).length]).toEqual([200, 1])
    expect((await ask('POST', url, { decision: 'approve' }, stranger)).status).toBe(410)
    expect((await ask('GET', '/approvals/nsa_x', undefined, stranger)).status).toBe(410)
    const { entries } = (await ask('GET', '/audit?action=action.approved')).body as {
      entries: { principal: { name: string } }[]
    }
    expect(entries[0]?.principal.name).toBe('approval link')
  })

  test('no secret of a link stands in the answers about actions', async () => {
    const { id } = await question()
    const { path } = (await ask('POST', `/actions/${id}/link`)).body as { path: string }
    expect((await ask('GET', '/actions')).text).not.toContain(path.split('/').at(-1)!)
  })
})

describe('a block by hand', () => {
  test('is in force at once, says what it would have met, and is undone', async () => {
    const made = await ask('POST', '/actions', { ip: SCANNER, reason: 'x', expiresInSeconds: 60 })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ state: 'in-force', inForce: true, terminated: 2, policy: '' })
    expect(await denied()).toMatchObject([{ prefix: SCANNER, origin: 'api' }])
    expect(
      (await ask('POST', '/actions', { ip: SCANNER, expiresInSeconds: 30 })).body['code'],
    ).toBe('block.present')
    await ask('POST', `/actions/${String(made.body['id'])}/undo`)
    expect(await denied()).toEqual([])
  })

  test('of what is protected is refused; an admin can insist, but never on the gateway', async () => {
    const gateway = await ask('POST', '/actions', { ip: '10.0.0.0/28', override: true })
    expect(gateway.body).toMatchObject({ code: 'block.protected' })
    const ssh = await ask('POST', '/actions', { ip: '192.0.2.50' })
    expect(ssh.body['detail']).toContain('SSH session to host-a')
    const listed = await running.server.app.inject({
      ...{ method: 'POST', url: '/blacklist', payload: { ip: '192.0.2.50' } },
    })
    expect(listed.json()).toMatchObject({ code: 'block.protected' })
    const insisted = await ask('POST', '/actions', { ip: '192.0.2.50', override: true })
    expect(insisted.status).toBe(201)
  })

  test('is looked at before: what it would have met', async () => {
    await prove()
    const record = flowRecord({ src: SCANNER, dst: '10.0.0.8', end: 2, lastNs: Date.now() * 1e6 })
    agent.spooled(1, 1, { wallOffsetMs: 0, interfaces: [], texts: [], processes: [] }, [record])
    const preview = await until(async () => {
      const { body } = await ask('GET', `/actions/preview?ip=${SCANNER}`)
      return Number(body['flows']) >= 1 ? body : undefined
    })
    expect(preview['text']).toMatch(/would have met \d flows? of the last 7 days/)
  })
})

test('what is protected is pinned in the kernel of every agent', async () => {
  await until(() =>
    agent.commands.some(
      (of) => of.name === 'pin.set' && of.pinned.some(({ prefix }) => prefix === '192.0.2.50'),
    ),
  )
})
