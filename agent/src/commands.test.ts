/** Tests of the commands: whatever comes in, a reply goes out. */
import { expect, test } from 'vitest'
import { NetscopeError } from '@netscope/core/errors.ts'
import { createCommands } from './commands.ts'

const create = () => {
  const calls: unknown[] = []
  const execute = createCommands({
    lists: {
      add: async (...args) => {
        calls.push(['add', ...args])
        return { added: 1, entries: [] }
      },
      remove: async () => {
        throw new NetscopeError('list.not-saved', { path: '/data/lists.json', reason: 'ENOSPC' })
      },
      get: async (...args) => {
        calls.push(['get', ...args])
        return { total: 0, entries: [] }
      },
    },
    desired: {
      begin: () => calls.push(['begin']),
      page: async (...args) => void calls.push(['page', ...args]),
      end: async (state) => ({ state, deny: 1, allow: 0 }),
      change: async (_list, _change, from) => {
        throw new NetscopeError('list.out-of-step', { revision: from })
      },
    },
    denied: (prefixes) => calls.push(['denied', prefixes]),
    more: {},
    forget: (ids) => calls.push(['forget', ids]),
    replaceCredential: (credential) => calls.push(['credential', credential]),
    watch: (on) => calls.push(['watch', on]),
    captures: {
      start: (...args) => void calls.push(['start', ...args]),
      stop: (capture) => {
        throw new NetscopeError('capture.not-found', { capture })
      },
      more: (...args) => void calls.push(['more', ...args]),
    },
    flush: async () => {
      throw new Error('unmapped')
    },
    log: { warn: () => undefined },
  })
  return { calls, execute }
}

test('executes list, watch and page commands with their arguments', async () => {
  const { calls, execute } = create()
  const entries = [{ prefix: '192.0.2.1' }]
  expect(await execute({ id: 1, name: 'list.add', list: 'deny', entries })).toEqual({
    id: 1,
    ok: true,
    result: { added: 1, entries: [] },
  })
  expect(await execute({ id: 2, name: 'events.watch', on: true })).toEqual({
    id: 2,
    ok: true,
    result: {},
  })
  await execute({ id: 3, name: 'list.get', list: 'allow', offset: 5, limit: 1e9, match: 'x' })
  expect(calls).toEqual([
    ['add', 'deny', entries],
    ['watch', true],
    ['get', 'allow', 5, 10_000, 'x'],
  ])
})

test('an error of the catalogue keeps its code, another one is agent.failed', async () => {
  const { execute } = create()
  expect(await execute({ id: 1, name: 'list.remove', list: 'deny', prefixes: [] })).toMatchObject({
    id: 1,
    ok: false,
    code: 'list.not-saved',
  })
  expect(await execute({ id: 2, name: 'flows.flush' })).toEqual({
    id: 2,
    ok: false,
    code: 'agent.failed',
    message: 'The agent could not do flows.flush: unmapped',
  })
})

test.each([
  [undefined, 0, 'request.invalid'],
  [null, 0, 'request.invalid'],
  [[], 0, 'request.invalid'],
  ['list.add', 0, 'request.invalid'],
  [{ id: 7 }, 7, 'request.invalid'],
  [{ id: 7, name: 'toString' }, 7, 'request.invalid'],
  [{ id: 7, name: 'reboot' }, 7, 'request.invalid'],
  [{ id: 7, name: 'list.add', list: 'grey', entries: [] }, 7, 'request.invalid'],
  [{ id: 7, name: 'list.add', list: 'deny', entries: 'all' }, 7, 'request.invalid'],
  [{ id: 7, name: 'list.get', list: 'deny', offset: -1, limit: 1 }, 7, 'request.invalid'],
  [
    { id: 7, name: 'list.get', list: 'deny', offset: 0, limit: 1, match: 'x'.repeat(201) },
    7,
    'request.invalid',
  ],
  [{ id: 7, name: 'events.watch', on: 'yes' }, 7, 'request.invalid'],
])('answers %j with an error', async (command, id, code) => {
  const { calls, execute } = create()
  expect(await execute(command)).toMatchObject({ id, ok: false, code })
  expect(calls).toEqual([])
})

test('captures are started with their checked filter and limits, fed and stopped', async () => {
  const { calls, execute } = create()
  const filter = { ip: '10.0.0.0/8', port: 53 }
  const limits = { seconds: 10, maxBytes: 5000, snapLength: 96 }
  const start = { id: 1, name: 'capture.start', capture: 7, filter, limits }
  expect(await execute(start)).toEqual({ id: 1, ok: true, result: {} })
  await execute({ id: 2, name: 'capture.more', capture: 7, takenBytes: 100 })
  expect(calls).toEqual([
    ['start', 7, filter, limits],
    ['more', 7, 100],
  ])
  expect(await execute({ id: 3, name: 'capture.stop', capture: 8 })).toMatchObject({
    ok: false,
    code: 'capture.not-found',
  })
  expect(await execute({ ...start, limits: { ...limits, seconds: 601 } })).toMatchObject({
    ok: false,
    code: 'request.invalid',
    message: expect.stringContaining('seconds must be') as string,
  })
  expect(calls).toHaveLength(2)
})

test('takes the desired lists whole and refuses a change that does not fit what it has', async () => {
  const { calls, execute } = create()
  const state = { server: 's', revision: 3 }
  const entries = [{ prefix: '192.0.2.1' }]
  await execute({ id: 1, name: 'lists.begin' })
  await execute({ id: 2, name: 'lists.page', list: 'deny', entries })
  expect(await execute({ id: 3, name: 'lists.end', state })).toEqual({
    id: 3,
    ok: true,
    result: { state, deny: 1, allow: 0 },
  })
  const change = { list: 'deny', add: [], remove: ['192.0.2.1'], from: 2, to: state }
  expect(await execute({ id: 4, name: 'lists.change', ...change })).toMatchObject({
    ok: false,
    code: 'list.out-of-step',
  })
  expect(await execute({ id: 5, name: 'lists.end', state: { server: 's' } })).toMatchObject({
    ok: false,
    code: 'request.invalid',
  })
  expect(calls).toEqual([['begin'], ['page', 'deny', entries]])
})

test('forgets ids and takes a new credential, but nothing that is none', async () => {
  const { calls, execute } = create()
  await execute({ id: 1, name: 'dictionary.forget', ids: [1, 'x', 2] })
  await execute({ id: 2, name: 'credential.replace', credential: 'abcdefghijklmnop' })
  for (const credential of ['short', 7, `${'x'.repeat(20)}\n`])
    expect(await execute({ id: 3, name: 'credential.replace', credential })).toMatchObject({
      ok: false,
    })
  expect(calls).toEqual([
    ['forget', [1, 2]],
    ['credential', 'abcdefghijklmnop'],
  ])
})
