/** Tests of what feeds put on the deny list: by difference, without what people put there, and until it is there. */
import type { ListGroup } from '@netscope/core/wire.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFeedBlocks, differenceOf } from './feed-blocks.ts'

let wanted: Map<string, string[]>
/** Prefixes and their origins. */
let there: Map<string, string>
let changes: { add: readonly ListGroup[]; remove: readonly string[] }[]
/** What the agents say to a change. */
let answer: () => Promise<void>

beforeEach(() => {
  ;[wanted, there, changes] = [new Map(), new Map(), []]
  answer = async () => undefined
})
afterEach(() => void vi.useRealTimers())

const byOrigin = () => {
  const found = new Map<string, string[]>()
  for (const [prefix, origin] of there) found.set(origin, [...(found.get(origin) ?? []), prefix])
  return found
}

const create = () =>
  createFeedBlocks({
    wanted: () => wanted,
    lists: { origins: () => byOrigin() },
    sync: {
      change: async (_list, change) => {
        changes.push(change)
        await answer()
        for (const { prefixes, origin } of change.add)
          for (const prefix of prefixes) there.set(prefix, origin)
        for (const prefix of change.remove) there.delete(prefix)
        return { confirmed: [], pending: [] }
      },
    },
    log: pino({ level: 'silent' }),
  })

test('only what differs is changed: new ones by their feed, those that moved to another feed, and those that went', () => {
  const difference = differenceOf(
    new Map([
      ['a', ['1.1.1.1', '4.4.4.4', '7.7.7.7']],
      ['b', ['2.2.2.2', '3.3.3.3', '7.7.7.7']],
    ]),
    new Map([
      ['feed a', ['1.1.1.1', '3.3.3.3', '7.7.7.7']],
      ['feed b', ['5.5.5.5']],
      ['api', ['4.4.4.4']],
      ['cli', ['6.6.6.6']],
    ]),
  )
  expect([...difference.add]).toEqual([['b', ['2.2.2.2', '3.3.3.3']]])
  expect([difference.remove, difference.theirs]).toEqual([['5.5.5.5'], 1])
})

test('each entry says of which feed it is, and nothing is done where nothing differs', async () => {
  const blocks = create()
  wanted.set('a', ['1.1.1.1']).set('b', ['2.2.2.0/24'])
  blocks.update()
  await blocks.settled()
  expect(changes[0]?.add.map(({ prefixes, reason, origin }) => [prefixes, reason, origin])).toEqual(
    [
      [['1.1.1.1'], 'on feed a', 'feed a'],
      [['2.2.2.0/24'], 'on feed b', 'feed b'],
    ],
  )
  blocks.update()
  await blocks.settled()
  expect(changes).toHaveLength(1)
})

test('what changes while the agents are told is brought afterwards, once', async () => {
  let go = (): void => undefined
  answer = () => new Promise((resolve) => (go = resolve))
  const blocks = create()
  wanted.set('a', ['1.1.1.1'])
  blocks.update()
  await vi.waitFor(() => expect(changes).toHaveLength(1), 15_000)
  wanted.set('a', ['2.2.2.2'])
  blocks.update()
  blocks.update()
  answer = async () => undefined
  go()
  await blocks.settled()
  expect(changes).toHaveLength(2)
  expect([...there.keys()]).toEqual(['2.2.2.2'])
})

test('says why it failed, and no more when it has worked', async () => {
  answer = () => Promise.reject(new Error('The deny list is full.'))
  const blocks = create()
  wanted.set('a', ['1.1.1.1'])
  blocks.update()
  await blocks.settled()
  expect(blocks.problem).toBe('The deny list is full.')
  answer = async () => undefined
  blocks.update()
  await blocks.settled()
  expect([blocks.problem, there.get('1.1.1.1')]).toEqual(['', 'feed a'])
})

test('an entry by hand stays as it is, and the one of the feed comes when it has gone', async () => {
  vi.useFakeTimers()
  there.set('1.1.1.1', 'api')
  const blocks = create()
  wanted.set('a', ['1.1.1.1'])
  blocks.update()
  await blocks.settled()
  expect([changes.length, there.get('1.1.1.1')]).toEqual([0, 'api'])
  there.delete('1.1.1.1')
  await vi.advanceTimersByTimeAsync(60_000)
  await blocks.settled()
  expect(there.get('1.1.1.1')).toBe('feed a')
  there.set('2.2.2.2', 'api')
  wanted.set('a', ['1.1.1.1', '2.2.2.2'])
  blocks.update()
  await blocks.settled()
  blocks.stop()
  there.delete('2.2.2.2')
  await vi.advanceTimersByTimeAsync(120_000)
  expect(there.has('2.2.2.2')).toBe(false)
})
