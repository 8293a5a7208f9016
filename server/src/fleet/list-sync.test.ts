/** Tests of changes of many entries at once: in parts, in order, with what an agent has of its own, and refused ones. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Command, Hello, ListGroup } from '@netscope/core/wire.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAgents } from '../agents.ts'
import { AgentError, createCommands } from '../commands.ts'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { createDesiredLists } from './desired-lists.ts'
import type { DesiredEntry } from './desired-lists.ts'
import { createListSync } from './list-sync.ts'

type Change = Extract<Command, { name: 'lists.change' }>

let state: State
beforeEach(() => {
  state = openState({ path: ':memory:' })
})
afterEach(() => state.close())

/** A server with agents that do what they are told, unless `refuse` says why not. */
const create = () => {
  const lists = createDesiredLists({ state, now: () => 1000 })
  const agents = createAgents()
  const commands = createCommands({ timeoutMs: 5000 }, { agents })
  const sync = createListSync({ lists, agents, commands, log: pino({ level: 'silent' }) })
  const told: { agent: string; command: Change }[] = []
  const has = new Map<string, Set<string>>()
  const refuse: { with?: Error } = {}

  const take = (agent: string, command: Command): void => {
    const mine = has.get(agent)!
    if (command.name === 'lists.page') for (const { prefix } of command.entries) mine.add(prefix)
    if (command.name !== 'lists.change') return
    told.push({ agent, command })
    for (const of of command.add)
      for (const prefix of 'prefixes' in of ? of.prefixes : [of.prefix]) mine.add(prefix)
    for (const prefix of command.remove) mine.delete(prefix)
  }
  /** One that has the lists whole. */
  const connect = async (name: string) => {
    has.set(name, new Set())
    const hello = {
      ...{ protocol: 2 as const, agent: name, hostname: name, version: '1', source: 'mock' },
      ...{ flowCapacity: 64, startedAtMs: 1, epoch: 1 },
    }
    const link = {
      send: (_type: number, value: unknown) => {
        const command = value as Command
        const { id } = command
        const isRefused = command.name === 'lists.change' && command.add.length > 0 && refuse.with
        queueMicrotask(() => {
          if (!isRefused) take(name, command)
          const { code, message } = (refuse.with ?? new Error('none')) as AgentError
          const result = command.name === 'list.get' ? { total: 0, entries: [] } : {}
          commands.reply(
            name,
            isRefused ? { id, ok: false, code, message } : { id, ok: true, result },
          )
        })
      },
      close: () => undefined,
    }
    const agent = agents.arrive(hello as Hello, link)!
    sync.connected(agent)
    for (let i = 0; !sync.health(agent).inForce; i++) {
      if (i > 10_000) throw new Error('the agent does not get the lists')
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    return agent
  }
  return {
    lists,
    sync,
    told,
    refuse,
    connect,
    of: (name: string) => [...has.get(name)!].toSorted(),
  }
}

const group = (prefixes: string[], feed = 'a'): ListGroup => ({
  ...{ prefixes, reason: `on feed ${feed}`, origin: `feed ${feed}`, author: 'feeds' },
  expiresAtMs: 0,
})
const single = (prefix: string, given: Partial<DesiredEntry> = {}): DesiredEntry => ({
  ...{ prefix, agent: '', reason: '', origin: 'api', author: 'ann' },
  ...{ createdAtMs: 1, expiresAtMs: 0, ...given },
})
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => `20.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)

test('brings all of it to every agent, in parts, and what is new before what goes', async () => {
  const { sync, told, connect, of, lists } = create()
  await connect('one')
  await connect('two')
  const prefixes = many(40_000)
  expect(await sync.change('deny', { add: [group(prefixes)], remove: [] })).toEqual({
    confirmed: ['one', 'two'],
    pending: [],
  })
  await sync.change('deny', { add: [group(['9.9.9.9'])], remove: prefixes.slice(1) })
  expect([of('one'), of('two')]).toEqual([
    ['20.0.0.0', '9.9.9.9'],
    ['20.0.0.0', '9.9.9.9'],
  ])
  expect(lists.origins('deny').get('feed a')).toEqual(['20.0.0.0', '9.9.9.9'])
  const mine = told.filter(({ agent }) => agent === 'one').map(({ command }) => command)
  expect(mine.length).toBeGreaterThan(4)
  const firstRemoval = mine.findIndex(({ remove }) => remove.length > 0)
  expect(mine.slice(firstRemoval).every(({ add }) => add.length === 0)).toBe(true)
  // Each goes on from where the one before ended: none can be lost without being noticed.
  expect(mine.every(({ from, to }) => to.revision === from + 1)).toBe(true)
})

test('gives another change its turn between the parts', async () => {
  const { sync, told, connect } = create()
  await connect('one')
  const whole = sync.change('deny', { add: [group(many(100_000))], remove: [] })
  const block = sync.add('deny', single('203.0.113.9'))
  await Promise.all([whole, block])
  const at = told.findIndex(({ command }) => command.add.some((of) => 'prefix' in of))
  expect(at).toBeGreaterThanOrEqual(0)
  expect(at).toBeLessThan(told.length - 1)
})

test('leaves an agent the entry that is its own of a prefix that comes, and of one that goes', async () => {
  const { sync, told, connect, of, lists } = create()
  await connect('one')
  await connect('two')
  await sync.add('deny', single('203.0.113.9', { agent: 'one', reason: 'by hand' }))
  told.length = 0
  await sync.change('deny', { add: [group(['203.0.113.9'])], remove: [] })
  const addedTo = (agent: string) =>
    told
      .filter((one) => one.agent === agent)
      .flatMap(({ command }) => command.add as ListGroup[])
      .flatMap(({ prefixes }) => prefixes)
  expect([addedTo('one'), addedTo('two')]).toEqual([[], ['203.0.113.9']])
  await sync.change('deny', { add: [], remove: ['203.0.113.9'] })
  expect([of('one'), of('two')]).toEqual([['203.0.113.9'], []])
  expect(lists.entriesOf('deny', '203.0.113.9').map(({ agent }) => agent)).toEqual(['one'])
})

test('takes back the part that an agent refuses for good, and says why', async () => {
  const { sync, refuse, connect, of, lists } = create()
  await connect('one')
  await sync.change('deny', { add: [group(['1.1.1.1'])], remove: [] })
  refuse.with = new AgentError('list.full', 'The deny list is full.')
  const change = sync.change('deny', { add: [group(['2.2.2.2'])], remove: [] })
  await expect(change).rejects.toThrow('The deny list is full.')
  delete refuse.with
  await sync.change('deny', { add: [], remove: ['3.3.3.3'] })
  expect([of('one'), lists.origins('deny').get('feed a')]).toEqual([['1.1.1.1'], ['1.1.1.1']])
})

test('an agent that is away gets it whole when it comes back', async () => {
  const { sync, connect, of } = create()
  await sync.change('deny', { add: [group(['1.1.1.1', '2.2.2.2'])], remove: [] })
  await connect('one')
  expect(of('one')).toEqual(['1.1.1.1', '2.2.2.2'])
})

test('an agent that does not answer holds up nobody but is told of as not there yet', async () => {
  const { sync, refuse, connect, lists } = create()
  const agent = await connect('one')
  refuse.with = new NetscopeError('agent.timeout', { command: 'lists.change', seconds: 5 })
  const { pending } = await sync.change('deny', { add: [group(['1.1.1.1'])], remove: [] })
  expect(pending).toEqual(['one'])
  expect(sync.health(agent)).toMatchObject({ inForce: false })
  expect(sync.health(agent).problem).not.toBe('')
  expect(lists.origins('deny').get('feed a')).toEqual(['1.1.1.1'])
})
