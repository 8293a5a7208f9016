/** Tests of what people decide over HTTP: approvals, links, blocks by hand. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { fakeStatus } from '../fakes/fake-status.ts'
import { LIFELINES, SCANNER, startResponse } from '../fakes/response-rig.ts'
import type { Response } from '../fakes/response-rig.ts'
import { until } from '../fakes/running-server.ts'

let rig: Response
beforeEach(async () => {
  rig = await startResponse()
})
afterEach(() => rig.stop())

describe('a policy that asks', () => {
  const question = async () => {
    await rig.addPolicy({ mode: 'ask' })
    rig.take(madeUpDetection())
    return rig.only('asked')
  }

  test('waits for a person, who approves once', async () => {
    const { id } = await question()
    expect(await rig.denied()).toEqual([])
    const approved = await rig.ask('POST', `/actions/${id}/approve`)
    expect(approved.body).toMatchObject({ inForce: true })
    expect(await rig.denied()).toHaveLength(1)
    expect((await rig.ask('POST', `/actions/${id}/approve`)).body['code']).toBe('action.not-asked')
  })

  test('does nothing when it is rejected', async () => {
    const { id } = await question()
    expect((await rig.ask('POST', `/actions/${id}/reject`)).body).toMatchObject({
      state: 'rejected',
    })
    expect(await rig.denied()).toEqual([])
  })

  test('is answered by a link once; looking at it decides nothing', async () => {
    const { id } = await question()
    const { path } = (await rig.ask('POST', `/actions/${id}/link`)).body as { path: string }
    const url = path.replace('/api/v1', '')
    const stranger = { authorization: '' }
    for (let i = 0; i < 2; i++) {
      const shown = await rig.ask('GET', url, undefined, stranger)
      expect([shown.status, shown.headers['referrer-policy']]).toEqual([200, 'same-origin'])
      expect(shown.text).toContain(`Block ${SCANNER}?`)
      // As programs do that look where a link leads.
      expect((await rig.ask('HEAD', url, undefined, stranger)).status).toBe(200)
    }
    expect((await rig.actions())[0]?.state).toBe('asked')
    const decided = await rig.ask('POST', url, { decision: 'approve' }, stranger)
    expect([decided.status, (await rig.denied()).length]).toEqual([200, 1])
    // What was done, not what the last note says.
    expect(decided.text).toContain(`${SCANNER}: in-force, `)
    expect((await rig.ask('POST', url, { decision: 'approve' }, stranger)).status).toBe(410)
    expect((await rig.ask('GET', '/approvals/nsa_x', undefined, stranger)).status).toBe(410)
    const browser = { ...stranger, accept: 'text/html,application/xhtml+xml' }
    const gone = await rig.ask('POST', url, { decision: 'approve' }, browser)
    expect([gone.status, gone.headers['content-type']]).toEqual([410, 'text/html; charset=utf-8'])
    expect(gone.text).toContain('This link does nothing')
    const { entries } = (await rig.ask('GET', '/audit?action=action.approved')).body as {
      entries: { principal: { name: string } }[]
    }
    expect(entries[0]?.principal.name).toBe('approval link')
  })

  test('no secret of a link stands in the answers about actions', async () => {
    const { id } = await question()
    const { path } = (await rig.ask('POST', `/actions/${id}/link`)).body as { path: string }
    expect((await rig.ask('GET', '/actions')).text).not.toContain(path.split('/').at(-1)!)
  })
})

describe('a block by hand', () => {
  test('is in force at once, says what it would have met, and is undone', async () => {
    const made = await rig.ask('POST', '/actions', {
      ip: SCANNER,
      reason: 'x',
      expiresInSeconds: 60,
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ state: 'in-force', inForce: true, terminated: 2, policy: '' })
    expect(await rig.denied()).toMatchObject([{ prefix: SCANNER, origin: 'api' }])
    expect(
      (await rig.ask('POST', '/actions', { ip: SCANNER, expiresInSeconds: 30 })).body['code'],
    ).toBe('block.present')
    await rig.ask('POST', `/actions/${String(made.body['id'])}/undo`)
    expect(await rig.denied()).toEqual([])
  })

  test('of what is protected is refused; an admin can insist, but never on the gateway', async () => {
    const gateway = await rig.ask('POST', '/actions', { ip: '10.0.0.1', override: true })
    expect(gateway.body).toMatchObject({ code: 'block.protected' })
    const ssh = await rig.ask('POST', '/actions', { ip: '192.0.2.50' })
    expect(ssh.body['detail']).toContain('SSH session to host-a')
    const listed = await rig.running.server.app.inject({
      ...{ method: 'POST', url: '/blacklist', payload: { ip: '192.0.2.50' } },
    })
    expect(listed.json()).toMatchObject({ code: 'block.protected' })
    const insisted = await rig.ask('POST', '/actions', { ip: '192.0.2.50', override: true })
    expect(insisted.status).toBe(201)
    const pins = () => rig.agent.commands.findLast((of) => of.name === 'pin.set')
    expect(pins()).toMatchObject({ except: ['192.0.2.50'] })
    expect(pins()?.pinned.map(({ prefix }) => prefix)).not.toContain('192.0.2.50')
    await rig.ask('POST', `/actions/${String(insisted.body['id'])}/undo`)
    await until(() => pins()?.pinned.some(({ prefix }) => prefix === '192.0.2.50'))
  })

  test('of a prefix leaves what is protected in it reachable, by pins that the agent has confirmed before', async () => {
    const listed = await rig.running.server.app.inject({
      ...{ method: 'POST', url: '/blacklist', payload: { ip: '192.0.2.0/24' } },
    })
    expect(listed.json()).toEqual({ ok: true, ip: '192.0.2.0/24' })
    expect(listed.headers['netscope-reachable']).toBe('192.0.2.50')
    const made = await rig.ask('POST', '/actions', { ip: '10.0.0.0/28' })
    expect(made.body).toMatchObject({ inForce: true, reachable: ['10.0.0.9', '10.0.0.1'] })
    const names = rig.agent.commands.map(({ name }) => name)
    expect(names.indexOf('pin.set')).toBeLessThan(names.indexOf('lists.change'))
    const preview = await rig.ask('GET', '/actions/preview?ip=10.0.0.0/24')
    expect(preview.body).toMatchObject({ protected: [], reachable: ['10.0.0.9', '10.0.0.1'] })
  })

  test('of a prefix is refused while an agent does not take pins, also on the deny list and by policies', async () => {
    rig.kernel.canPin = false
    // Somebody new, so that there is something to tell.
    const lifelines = { ...LIFELINES, sshPeers: ['192.0.2.50', '192.0.2.51'] }
    rig.agent.status(fakeStatus({ lifelines }))
    const refused = await until(async () => {
      const { body } = await rig.ask('POST', '/actions', { ip: '192.0.2.0/24' })
      if (body['code'] === 'block.unpinned') return body
      await rig.ask('POST', `/actions/${String(body['id'])}/undo`)
      return undefined
    })
    expect(refused['detail']).toMatch(
      /192\.0\.2\.5[01] is protected and within it, and host-a does not/,
    )
    const listed = await rig.running.server.app.inject({
      ...{ method: 'POST', url: '/blacklist', payload: { ip: '192.0.2.0/24' } },
    })
    expect(listed.json()).toMatchObject({ code: 'block.unpinned' })
    await rig.prove()
    await rig.addPolicy({ mode: 'enforce', do: { block: 'prefix' } })
    rig.take(madeUpDetection())
    const action = await rig.only('refused')
    expect(action.steps.at(-1)?.reason).toMatch('does not keep it reachable: no room')
    expect(await rig.denied()).toEqual([])
  })

  test('is looked at before: what it would have met', async () => {
    await rig.prove()
    const record = flowRecord({ src: SCANNER, dst: '10.0.0.8', end: 2, lastNs: Date.now() * 1e6 })
    rig.agent.spooled(1, 1, { wallOffsetMs: 0, interfaces: [], texts: [], processes: [] }, [record])
    const preview = await until(async () => {
      const { body } = await rig.ask('GET', `/actions/preview?ip=${SCANNER}`)
      return Number(body['flows']) >= 1 ? body : undefined
    })
    expect(preview['text']).toMatch(/would have met \d flows? of the last 7 days/)
  })
})

test('what is protected is pinned in the kernel of every agent', async () => {
  await until(() =>
    rig.agent.commands.some(
      (of) => of.name === 'pin.set' && of.pinned.some(({ prefix }) => prefix === '192.0.2.50'),
    ),
  )
})
