/** Tests of what becomes of actions that overlap, are broken off, or outlast a clock that is set back. */
import { expect, test } from 'vitest'
import { createAudit } from '../auth/audit.ts'
import type { Agent } from '../agents.ts'
import type { CommandBody } from '../commands.ts'
import { createDesiredLists } from '../fleet/desired-lists.ts'
import { openState } from '../state/open-state.ts'
import type { Action } from './action.ts'
import { createActionStore } from './action-store.ts'
import { createActions, policyActor } from './actions.ts'
import { bringLimits } from './bring-limits.ts'
import { createCarryOut } from './carry-out.ts'
import { createEnforcement } from './enforcement.ts'

const MINUTE_MS = 60_000
const TARGET = '192.0.2.7'
const BY = policyActor('test')

const world = () => {
  const clock = { nowMs: 1e12, elapsedMs: 0 }
  const now = () => clock.nowMs
  const state = openState({ path: ':memory:' })
  const lists = createDesiredLists({ state, now })
  const sent: CommandBody[] = []
  const at = { hold: Promise.resolve(), held: [] as { prefix: string; origin: string }[] }
  const agent = { name: 'a', link: {} } as Agent
  const commands = {
    send: async (_agent: Agent, body: CommandBody): Promise<Record<string, unknown>> => {
      sent.push(body)
      return body.name === 'limit.get' ? { limits: at.held } : {}
    },
  }
  const outcome = { confirmed: ['a'], pending: [] }
  const enforcement = createEnforcement({
    lists,
    listSync: {
      add: async (list, entry) => {
        lists.add(list, [entry])
        await at.hold
        return outcome
      },
      remove: (list, prefix, of) => {
        const removed = lists.remove(list, [prefix], of)
        return at.hold.then(() => ({ ...outcome, removed }))
      },
    },
    agents: { all: [agent], connected: [agent] } as never,
    commands,
  })
  const store = createActionStore(state)
  /** As a server that has just started. */
  const start = () => {
    const actions = createActions({ store, state, audit: createAudit(state, now), now })
    const carryOut = createCarryOut(
      { verifySeconds: 10 },
      {
        ...{ actions, enforcement, now, elapsedMs: () => clock.elapsedMs },
        protected: { hit: () => undefined },
        pins: { ensure: async () => ({ within: [], refusal: '' }) },
        extras: () => undefined,
        log: { warn: () => undefined },
      },
    )
    const brokenOff = actions.load()
    carryOut.resume([...actions.open.values()], brokenOff)
    /** Begins one; `done` when it is in force or refused. */
    const begin = (origin: string, minutes: number, given: Partial<Action> = {}) => {
      const action = actions.begin(
        {
          ...{ policy: origin, mode: 'enforce', alert: 'x', title: '', target: TARGET, agent: '' },
          do: {
            ...{ block: 'address', at: 'all', rateLimit: null, terminate: false },
            ...{ captureSeconds: 0, notify: false },
          },
          ...{ expiresAtMs: now() + minutes * MINUTE_MS, forSeconds: minutes * 60 },
          ...{ isSpoofable: false, reason: '', author: 'x', preview: null, verification: null },
          ...{ terminated: null, latencyMs: null, origin, ...given },
        },
        ...(['approved', '', BY] as const),
      )
      return { action, done: carryOut.run(action, BY, now()) }
    }
    const run = async (...of: Parameters<typeof begin>): Promise<Action> => {
      const { action, done } = begin(...of)
      await done
      return action
    }
    return { actions, carryOut, begin, run, brokenOff }
  }
  const denied = () =>
    lists.entriesOf('deny', TARGET).map(({ origin, expiresAtMs }) => [origin, expiresAtMs])
  const pass = (ms: number, elapsedMs = ms) => {
    clock.nowMs += ms
    clock.elapsedMs += elapsedMs
  }
  return { lists, sent, at, agent, commands, enforcement, store, start, denied, pass, now }
}
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 20))
const reasonOf = (action: Action): string => action.steps.at(-1)?.reason ?? ''

test('one of two blocks of a target is undone: the other one holds, also when it covered it', async () => {
  const { start, denied, now } = world()
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
  const { start, denied } = world()
  const { run, carryOut } = start()
  const short = await run('policy:short', 10)
  const long = await run('policy:long', 60)
  await carryOut.undo(short, '', BY)
  expect(denied()).toEqual([['policy:long', long.expiresAtMs]])
  await carryOut.undo(long, '', BY)
  expect(denied()).toEqual([])
})

test('what a person had on the deny list stands there again after an action that was for longer', async () => {
  const { start, denied, lists, now, pass } = world()
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
  const { start, at } = world()
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
  const { start, lists } = world()
  const { run, carryOut } = start()
  const both = [await run('policy:short', 10), await run('policy:long', 60)]
  lists.remove('deny', [TARGET])
  for (let i = 0; i < 4; i++) carryOut.tick()
  await settled()
  expect(both.map(({ state }) => state)).toEqual(['undone', 'undone'])
})

test('an action is undone as soon as it is in force, and only once', async () => {
  const { start, denied, at } = world()
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
  const { start, at, denied, store } = world()
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
  const { start, denied } = world()
  const { actions } = start()
  const of = { target: '192.0.2.8', expiresAtMs: 2e12 }
  const { action } = start().begin('policy:killed', 10, of)
  const again = start()
  expect(again.brokenOff.map(({ id }) => id)).toEqual([action.id])
  expect(again.actions.find(action.id)).toMatchObject({ state: 'failed', inForce: false })
  expect([denied(), actions.open.size]).toEqual([[], 0])
})

test('what was in force when the server ended is verified after its start', async () => {
  const { start, sent, pass } = world()
  await start().run('policy:test', 10)
  const { carryOut } = start()
  pass(11_000)
  carryOut.tick()
  await settled()
  expect(sent.map(({ name }) => name)).toContain('verify')
})

test('a block ends in time also when the clock is set back, and across a start of the server', async () => {
  const { start, denied, pass } = world()
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
  const { start, sent } = world()
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
  const { start, sent, at, agent, commands, enforcement } = world()
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
  const { start, store, now } = world()
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
