/** Tests of the commands by which the server answers attacks. */
import { expect, test } from 'vitest'
import { createResponseCommands } from './response-commands.ts'

const create = () => {
  const calls: unknown[] = []
  const note =
    <T>(name: string, result: T) =>
    (...args: unknown[]): T => {
      calls.push([name, ...args])
      return result
    }
  const commands = createResponseCommands({
    limits: { add: note('add', 1), remove: note('remove', 1), get: note('get', []) },
    pins: { setNamed: note('pins', undefined) },
    verifications: {
      begin: note('begin', undefined),
      verify: note('verify', { passedPackets: 0 } as never),
      forget: () => undefined,
    },
    termination: { terminate: note('terminate', Promise.resolve({ ended: 1 } as never)) },
  })
  return { calls, run: (name: string, args: object) => commands[name]!(args as never) }
}

test('arguments are checked and made canonical', async () => {
  const { calls, run } = create()
  expect(await run('terminate', { prefix: '192.0.2.7/32', port: 80, protocol: 6 })).toEqual({
    ended: 1,
  })
  expect(await run('verify', { prefix: '192.0.2.7/24' })).toEqual({ passedPackets: 0 })
  expect(await run('limit.add', { limits: [{ prefix: '192.0.2.9/24' }] })).toEqual({ added: 1 })
  expect(await run('limit.remove', { prefixes: ['192.0.2.9/24'] })).toEqual({ removed: 1 })
  expect(await run('limit.get', {})).toEqual({ limits: [] })
  expect(await run('pin.set', { pinned: [], except: ['10.0.0.1'] })).toEqual({})
  expect(await run('pin.set', { pinned: [] })).toEqual({})
  expect(calls).toEqual([
    ['terminate', { prefix: '192.0.2.7', port: 80, protocol: 6 }],
    ['verify', '192.0.2.0/24'],
    ['add', [{ prefix: '192.0.2.9/24' }]],
    ['begin', ['192.0.2.0/24']],
    ['remove', ['192.0.2.0/24']],
    ['get'],
    ['pins', [], ['10.0.0.1']],
    ['pins', [], []],
  ])
})

test.each([
  ['terminate', { prefix: '0.0.0.0/0' }],
  ['terminate', { prefix: '192.0.2.7', port: 0 }],
  ['terminate', { prefix: '192.0.2.7', port: 1.5 }],
  ['terminate', { prefix: '192.0.2.7', protocol: 1 }],
  ['terminate', {}],
  ['verify', { prefix: 'x' }],
  ['limit.add', { limits: {} }],
  ['limit.remove', {}],
  ['pin.set', { pinned: 'all' }],
  ['pin.set', { pinned: [], except: 1 }],
])('%s refuses %j', async (name, args) => {
  const { calls, run } = create()
  await expect(run(name, args)).rejects.toThrow()
  expect(calls).toEqual([])
})
