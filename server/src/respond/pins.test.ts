/** Tests of what agents are told to keep reachable. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { expect, test } from 'vitest'
import type { Agent } from '../agents.ts'
import type { CommandBody } from '../commands.ts'
import { createPins, pinnedOf } from './pins.ts'
import type { ProtectedAddress } from './protected.ts'

const of = (prefix: string, given: Partial<ProtectedAddress> = {}): ProtectedAddress => ({
  ...{ prefix, kind: 'operator', reason: 'SSH', agent: 'a', lastSeenMs: 0, canOverride: true },
  ...given,
})
const GATEWAY = of('10.0.0.1', { kind: 'gateway', canOverride: false })

const create = (all: ProtectedAddress[], names = ['a']) => {
  const sent: { agent: string; body: CommandBody }[] = []
  const world = { answer: async (): Promise<object> => ({}), isComplete: true, nowMs: 0 }
  const connected = names.map((name) => ({ name, link: {} }) as Agent)
  const pins = createPins({
    protected: {
      all: () => all,
      within: () => all,
      isComplete: () => world.isComplete,
    },
    agents: { all: connected, connected } as never,
    commands: {
      send: (agent, body) => {
        sent.push({ agent: agent.name, body })
        return world.answer() as Promise<Record<string, unknown>>
      },
    },
    insisted: () => [],
    now: () => world.nowMs,
  })
  const ensure = (prefix: string, agent = '') => pins.ensure(parsePrefix(prefix), agent)
  return { pins, sent, world, connected, ensure }
}

test('each prefix is pinned once, without what an admin insists on, but never without a gateway', () => {
  const all = [GATEWAY, of('10.0.0.7'), of('10.0.0.7', { agent: 'b' })]
  expect(pinnedOf(all, [])).toEqual([
    { prefix: '10.0.0.1', why: 'gateway: SSH' },
    { prefix: '10.0.0.7', why: 'operator: SSH' },
  ])
  expect(pinnedOf(all, ['10.0.0.0/24']).map(({ prefix }) => prefix)).toEqual(['10.0.0.1'])
})

test('an agent is told once, and again when something changes or it has not taken it for a while', async () => {
  const all = [GATEWAY]
  const { pins, sent, world } = create(all)
  pins.tell()
  pins.tell()
  expect(sent).toHaveLength(1)
  world.answer = () => Promise.reject(new Error('no room'))
  all.push(of('10.0.0.7'))
  pins.tell()
  await new Promise(setImmediate)
  pins.tell()
  expect(sent).toHaveLength(2)
  world.nowMs = 60_000
  pins.tell()
  expect(sent).toHaveLength(3)
})

test('before a block every agent confirms; only the one that is asked for, if one is', async () => {
  const { sent, ensure } = create([GATEWAY], ['a', 'b'])
  expect((await ensure('10.0.0.0/24', 'b')).refusal).toBe('')
  expect(sent.map(({ agent }) => agent)).toEqual(['b'])
  expect(await ensure('10.0.0.0/24')).toEqual({ within: [GATEWAY], refusal: '' })
  expect(sent.map(({ agent }) => agent)).toEqual(['b', 'a'])
})

test('what an agent does not take is the reason of a refusal; one that has gone meanwhile is none', async () => {
  const { world, connected, ensure } = create([GATEWAY])
  world.answer = () => Promise.reject(new Error('no room'))
  expect((await ensure('10.0.0.0/24')).refusal).toBe(
    '10.0.0.1 is protected and within it, and a does not keep it reachable: no room',
  )
  connected[0]!.link = undefined
  expect((await ensure('10.0.0.0/24')).refusal).toBe('')
})

test('more than an agent can pin is refused, and so is what is no longer known whole', async () => {
  const many = Array.from({ length: 4097 }, (_, i) => of(`10.1.${i >> 8}.${i & 255}`))
  const { world, ensure } = create(many)
  expect((await ensure('10.1.0.0/16')).refusal).toMatch('it pins 4096 addresses already')
  world.isComplete = false
  expect((await ensure('10.1.0.0/16')).refusal).toMatch('more addresses are protected')
})
