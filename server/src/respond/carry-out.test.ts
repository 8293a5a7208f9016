/** Tests of what becomes of actions that overlap, are broken off, or outlast a clock that is set back. */
import { expect, test } from 'vitest'
import type { Action } from './action.ts'
import { bringLimits } from './bring-limits.ts'
import { BY, MINUTE_MS, TARGET, createCarryOutRig } from './carry-out-rig.ts'

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 20))
const reasonOf = (action: Action): string => action.steps.at(-1)?.reason ?? ''

test('one of two blocks of a target is undone: the other one holds, also when it covered it', async () => {
  const { start, denied, now } = createCarryOutRig()
  const { run, carryOut } = start()
  const short = await run('policy:short', 10)
  const long = await run('policy:long', 60)
  expect(denied()).toEqual([['policy:long', long.expiresAtMs]])
  await carryOut.undo(long, '', BY)
  expect(denied()).toEqual([['policy:short', now() + 10 * MINUTE_MS]])
  expect(reasonOf(long)).toMatch(/^it stays blocked by policy:short until/)
  expect(short.inForce).toBe(true)
  await carryOut.undo(short, '', BY)
  expect(denied()).toEqual([])
  expect(reasonOf(short)).toBe('its packets pass again')
})

test('the covered one is undone: the one above holds, and nothing of the other comes back with its end', async () => {
  const { start, denied } = createCarryOutRig()
  const { run, carryOut } = start()
  const short = await run('policy:short', 10)
  const long = await run('policy:long', 60)
  await carryOut.undo(short, '', BY)
  expect(denied()).toEqual([['policy:long', long.expiresAtMs]])
  await carryOut.undo(long, '', BY)
  expect(denied()).toEqual([])
})

test('what a person had on the deny list stands there again after an action that was for longer', async () => {
  const { start, denied, lists, now, pass } = createCarryOutRig()
  const { run, carryOut } = start()
  const own = { reason: 'mine', origin: 'api', author: 'me', createdAtMs: now(), agent: '' }
  const put = () =>
    lists.add('deny', [{ ...own, prefix: TARGET, expiresAtMs: now() + 20 * MINUTE_MS }])
  put()
  const [before] = denied()
  const short = await run('policy:short', 30)
  const long = await run('policy:long', 60)
  await carryOut.undo(short, '', BY)
  await carryOut.undo(long, '', BY)
  expect(denied()).toEqual([before])
  // Not when its own time is over.
  const again = await run('policy:again', 60)
  pass(30 * MINUTE_MS)
  await carryOut.undo(again, '', BY)
  expect(denied()).toEqual([])
})

test('an undo that agents are slow to confirm is one step, though its entry is off the list before', async () => {
  const { start, at } = createCarryOutRig()
  const { run, carryOut } = start()
  const action = await run('policy:p', 10)
  at.hold = settled().then(settled)
  const undone = carryOut.undo(action, 'a mistake', BY)
  await settled()
  for (let i = 0; i < 8; i++) carryOut.tick()
  await undone.then(settled)
  expect([action.steps.length, reasonOf(action)]).toEqual([3, 'a mistake: its packets pass again'])
})

test('who takes an address off the list has undone all that blocked it', async () => {
  const { start, lists } = createCarryOutRig()
  const { run, carryOut } = start()
  const both = [await run('policy:short', 10), await run('policy:long', 60)]
  lists.remove('deny', [TARGET])
  for (let i = 0; i < 4; i++) carryOut.tick()
  await settled()
  expect(both.map(({ state }) => state)).toEqual(['undone', 'undone'])
})

test('an action is undone as soon as it is in force, and only once', async () => {
  const { start, denied, at } = createCarryOutRig()
  const { begin, carryOut } = start()
  const agent = Promise.withResolvers<void>()
  at.hold = agent.promise
  const { action, done } = begin('policy:slow', 10)
  const undone = [1, 2].map(() => carryOut.undo(action, 'a mistake', BY))
  const results = Promise.allSettled(undone)
  await settled()
  expect(denied()).toHaveLength(1)
  agent.resolve()
  await done
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect([action.state, action.inForce, denied()]).toEqual(['undone', false, []])
})

test('the server is killed while a block is put in force: it is in force after the start, and can be undone', async () => {
  const { start, at, denied, store } = createCarryOutRig()
  at.hold = new Promise(() => undefined)
  const { begin } = start()
  const { action } = begin('policy:killed', 10)
  await settled()
  expect([denied().length, action.state]).toEqual([1, 'approved'])
  at.hold = Promise.resolve()
  const { actions, carryOut } = start()
  const found = actions.find(action.id)
  expect(found).toMatchObject({ state: 'in-force', inForce: true })
  await carryOut.undo(found, '', BY)
  expect([store.find(action.id)?.state, denied()]).toEqual(['undone', []])
})

test('the server is killed before that: the action says that it was not done', async () => {
  const { start, denied } = createCarryOutRig()
  const { actions } = start()
  const of = { target: '192.0.2.8', expiresAtMs: 2e12 }
  const { action } = start().begin('policy:killed', 10, of)
  const again = start()
  expect(again.brokenOff.map(({ id }) => id)).toEqual([action.id])
  expect(again.actions.find(action.id)).toMatchObject({ state: 'failed', inForce: false })
  expect([denied(), actions.open.size]).toEqual([[], 0])
})

test('what was in force when the server ended is verified after its start', async () => {
  const { start, sent, pass } = createCarryOutRig()
  await start().run('policy:test', 10)
  const { carryOut } = start()
  pass(11_000)
  carryOut.tick()
  await settled()
  expect(sent.map(({ name }) => name)).toContain('verify')
})

test('a block ends in time also when the clock is set back, and across a start of the server', async () => {
  const { start, denied, pass } = createCarryOutRig()
  const first = start()
  await first.run('policy:test', 10)
  pass(-24 * 60 * MINUTE_MS, 5 * MINUTE_MS)
  first.carryOut.tick()
  await settled()
  expect(denied()).toHaveLength(1)
  pass(0, 6 * MINUTE_MS)
  first.carryOut.tick()
  await settled()
  expect(denied()).toEqual([])

  await first.run('policy:other', 10)
  const second = start()
  pass(-24 * 60 * MINUTE_MS, 11 * MINUTE_MS)
  second.carryOut.tick()
  await settled()
  expect(denied()).toEqual([])
})

test('of two limits of a target the one that is left holds when the other ends', async () => {
  const { start, sent } = createCarryOutRig()
  const { run, carryOut } = start()
  const limited = (packetsPerSecond: number) => ({
    do: {
      ...{ block: 'no' as const, at: 'all' as const, terminate: false, captureSeconds: 0 },
      ...{ notify: false, rateLimit: { packetsPerSecond, burst: 5, of: 'syn' as const } },
    },
  })
  const first = await run('policy:first', 60, limited(50))
  const second = await run('policy:second', 10, limited(5))
  await carryOut.undo(second, '', BY)
  expect(sent.slice(-2)).toMatchObject([
    { name: 'limit.remove', prefixes: [TARGET] },
    { name: 'limit.add', limits: [{ prefix: TARGET, packetsPerSecond: 50 }] },
  ])
  await carryOut.undo(first, '', BY)
  expect(sent.at(-1)).toMatchObject({ name: 'limit.remove' })
})

test('an agent that is back loses the limits that were taken back meanwhile, and gets those that hold', async () => {
  const { start, sent, at, agent, commands, enforcement } = createCarryOutRig()
  const { run, actions } = start()
  const rateLimit = { packetsPerSecond: 5, burst: 5, of: 'syn' as const }
  await run('policy:test', 60, {
    do: {
      ...{ block: 'no', at: 'all', terminate: false, captureSeconds: 0, notify: false, rateLimit },
    },
  })
  at.held = [
    { prefix: '192.0.2.9', origin: 'policy:gone' },
    { prefix: '192.0.2.10', origin: 'api' },
  ]
  sent.length = 0
  await bringLimits(agent, { commands, enforcement, open: () => actions.open.values() })
  expect(sent).toMatchObject([
    { name: 'limit.get' },
    { name: 'limit.remove', prefixes: ['192.0.2.9'] },
    { name: 'limit.add', limits: [{ prefix: TARGET }] },
  ])
})

test('a target was answered before by what was in force, not by questions nor by what somebody took back', async () => {
  const { start, store, now } = createCarryOutRig()
  const { run, actions, carryOut, begin } = start()
  const { action, done } = begin('policy:asked', 10)
  await done
  const repeats = () => store.repeats(TARGET, now() - MINUTE_MS)
  expect(repeats()).toBe(1)
  await carryOut.undo(action, 'a mistake', BY)
  expect(repeats()).toBe(0)
  const ended = await run('policy:asked', 10)
  actions.step(ended, 'expired', '', BY)
  expect(repeats()).toBe(1)
  const { steps: _s, id: _i, createdAtMs: _c, state: _st, inForce: _f, ...of } = ended
  const asked = actions.begin({ ...of, latencyMs: null }, 'asked', '', BY)
  actions.step(asked, 'expired', 'nobody answered', BY)
  expect(repeats()).toBe(1)
})

test('a block that is undone while an agent is away says that this one learns it later; what is over all have ended', async () => {
  const { start, outcome, pass } = createCarryOutRig()
  const { run, carryOut } = start()
  const undone = await run('policy:test', 10)
  outcome.pending = ['b']
  await carryOut.undo(undone, '', BY)
  expect(reasonOf(undone)).toBe('its packets pass again; b as soon as it can')
  const over = await run('policy:test', 10)
  pass(11 * MINUTE_MS)
  carryOut.tick()
  await settled()
  expect(reasonOf(over)).toBe('its time is over: its packets pass again')
})
