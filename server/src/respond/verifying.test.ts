/** Tests of what is said of a block while one of the agents is away, and once it is back. */
import { expect, test } from 'vitest'
import type { Agent } from '../agents.ts'
import type { CommandBody } from '../commands.ts'
import type { Outcome } from '../fleet/list-sync.ts'
import type { Action } from './action.ts'
import { createEnforcement } from './enforcement.ts'
import { createVerifying } from './verifying.ts'

const SECOND_MS = 1000

const world = () => {
  const clock = { nowMs: 1e12 }
  const now = () => clock.nowMs
  const agents = ['a', 'b'].map((name) => ({ name, link: {} }) as Agent)
  /** Since when an agent counts. */
  const begun = new Map([['a', clock.nowMs]])
  const counts = { passedPackets: 0, droppedPackets: 0 }
  const asked: string[] = []
  const outcome: Outcome = { confirmed: ['a', 'b'], pending: [] }
  const entry = { origin: 'policy:x', expiresAtMs: 0 }
  const enforcement = createEnforcement({
    lists: { entriesOf: () => [{ ...entry, agent: 'a' }] as never },
    listSync: {
      add: async () => outcome,
      remove: async () => ({ ...outcome, removed: [] }),
    },
    agents: {
      all: agents,
      get connected() {
        return agents.filter(({ link }) => link)
      },
    } as never,
    commands: {
      send: async ({ name }: Agent, body: CommandBody): Promise<Record<string, unknown>> => {
        asked.push(`${body.name} ${name}`)
        if (!begun.has(name)) begun.set(name, now())
        return { sinceMs: begun.get(name), nowMs: now(), ...counts }
      },
    },
  })
  const action = {
    ...{
      id: 'x',
      target: '192.0.2.7',
      agent: '',
      policy: 'x',
      inForce: true,
      state: 'in-force',
      reason: '',
    },
    ...{ do: { block: 'address', at: 'all' }, verification: null, steps: [], ...entry },
  } as unknown as Action
  const said: string[] = []
  const verifying = createVerifying(
    { verifySeconds: 10 },
    {
      actions: {
        open: new Map([['x', action]]),
        step: (_action, state, reason) => void said.push(`${state}: ${reason}`),
        save: () => undefined,
      },
      ...{ enforcement, now, actorOf: () => ({}) as never },
    },
  )
  /** As a tick does, after so many seconds. */
  const pass = async (seconds: number): Promise<void> => {
    clock.nowMs += seconds * SECOND_MS
    if (verifying.isDue(action)) await verifying.verify(action)
  }
  return { agents, begun, counts, asked, outcome, enforcement, action, said, verifying, pass }
}

test('who is away when a block is verified is named, and asked when it is back, counting from then', async () => {
  const { agents, said, verifying, action, pass } = world()
  const b = agents[1]!
  b.link = undefined
  verifying.watch(action)
  await pass(10)
  expect(said).toEqual(['verified: 0 packets passed in 10 s, 0 dropped; b could not tell yet'])
  b.link = {} as never
  verifying.returned('b')
  await pass(0)
  expect(said).toHaveLength(1)
  await pass(10)
  expect(said.at(-1)).toBe('verified: 0 packets passed in 20 s, 0 dropped')
  expect(action.verification?.agents).toEqual(['a', 'b'])
})

test('nothing is said twice of who has told before', async () => {
  const { agents, said, verifying, action, pass, begun } = world()
  begun.set('b', 1e12)
  verifying.watch(action)
  await pass(10)
  for (const { name } of agents) verifying.returned(name)
  await pass(0)
  await pass(10)
  expect(said).toEqual(['verified: 0 packets passed in 10 s, 0 dropped'])
})

test('who only begins to count each time is asked three times, and then said not to tell', async () => {
  const { said, verifying, action, pass, begun, asked } = world()
  verifying.watch(action)
  for (let i = 0; i < 6; i++) {
    begun.clear()
    await pass(10)
  }
  expect(asked.filter((one) => one === 'verify a')).toHaveLength(3)
  expect(said).toEqual(['note: no agent could tell whether it holds'])
})

test('a block for one agent is judged by that one alone, whoever else confirms the lists', async () => {
  const { enforcement, action, outcome } = world()
  action.agent = 'a'
  outcome.confirmed = ['b']
  outcome.pending = ['a']
  expect(await enforcement.block(action)).toEqual({ confirmed: [], pending: ['a'] })
  expect(await enforcement.unblock(action, undefined)).toEqual({ confirmed: [], pending: ['a'] })
})

test('a limit names who is away and gets it, or loses it, when it is back', async () => {
  const { enforcement, action, agents } = world()
  action.do.rateLimit = { packetsPerSecond: 5, burst: 5, of: 'syn' }
  agents[1]!.link = undefined
  expect(await enforcement.limit(action)).toEqual({ confirmed: ['a'], pending: ['b'] })
  expect(await enforcement.unlimit(action, [])).toEqual(['b'])
})
