/** Tests of the lists in the server's state. */
import { expect, test } from 'vitest'
import { openState } from '../state/open-state.ts'
import { createDesiredLists, type DesiredEntry } from './desired-lists.ts'

const create = () => {
  let nowMs = 1000
  const state = openState({ path: ':memory:' })
  const lists = createDesiredLists({ state, now: () => nowMs })
  return { state, lists, advance: (ms: number) => (nowMs += ms) }
}
const entry = (prefix: string, given: Partial<DesiredEntry> = {}): DesiredEntry => ({
  prefix,
  agent: '',
  reason: '',
  origin: 'api',
  author: 'admin',
  createdAtMs: 1,
  expiresAtMs: 0,
  ...given,
})
const prefixesFor = (lists: ReturnType<typeof create>['lists'], agent: string) =>
  [...lists.pagesFor(agent)].flatMap(({ list, entries }) =>
    entries.map(({ prefix }) => `${list} ${prefix}`),
  )

test('counts every change, and names one server for good', () => {
  const { state, lists } = create()
  const { server, revision } = lists.state()
  expect(server).toMatch(/^[0-9a-f]{32}$/)
  expect(lists.add('deny', [entry('192.0.2.1')])).toEqual({ server, revision: revision + 1 })
  expect(lists.remove('deny', ['192.0.2.9'])).toEqual([])
  expect(lists.state().revision).toBe(revision + 1)
  expect(lists.remove('deny', ['192.0.2.1'])).toHaveLength(1)
  expect(createDesiredLists({ state, now: () => 1 }).state()).toEqual({
    server,
    revision: revision + 2,
  })
})

test('an agent gets what is for all and its own, and nothing that has expired', () => {
  const { lists, advance } = create()
  lists.add('deny', [entry('192.0.2.1'), entry('192.0.2.2', { agent: 'b' })])
  lists.add('allow', [entry('192.0.2.3', { expiresAtMs: 5000 })])
  expect(prefixesFor(lists, 'a')).toEqual(['allow 192.0.2.3', 'deny 192.0.2.1'])
  expect(prefixesFor(lists, 'b')).toContain('deny 192.0.2.2')
  advance(4000)
  expect(prefixesFor(lists, 'a')).toEqual(['deny 192.0.2.1'])
  expect(lists.find('allow', { offset: 0, limit: 10, match: '' }).total).toBe(0)
})

test('tells many in pages, each once', () => {
  const { lists } = create()
  const prefixes = Array.from({ length: 10_000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`)
  lists.add(
    'deny',
    prefixes.map((prefix) => entry(prefix)),
  )
  lists.add('deny', [entry(prefixes[7]!, { agent: 'a', reason: 'its own' })])
  const pages = [...lists.pagesFor('a')]
  expect(Math.max(...pages.map(({ entries }) => entries.length))).toBeLessThanOrEqual(4096)
  const told = pages.flatMap(({ entries }) => entries)
  expect(new Set(told.map(({ prefix }) => prefix)).size).toBe(10_000)
  expect(told.findLast(({ prefix }) => prefix === prefixes[7])!.reason).toBe('its own')
})

test('an entry that is there already keeps when it was made', () => {
  const { lists } = create()
  lists.add('deny', [entry('192.0.2.1', { createdAtMs: 5 })])
  lists.add('deny', [entry('192.0.2.1', { createdAtMs: 9, reason: 'scans' })])
  expect(lists.find('deny', { offset: 0, limit: 10, match: '' }).entries).toMatchObject([
    { createdAtMs: 5, reason: 'scans' },
  ])
})

test.each([
  ['', 3],
  ['SCAN', 1],
  ['10.1', 1],
  ['10.1.2.3', 1],
  ['10.0.0.0/8', 1],
  ['2001:db8::7', 1],
  ['nobody', 0],
])('finds %j by text in any field or by an address that a prefix holds', (match, total) => {
  const { lists } = create()
  lists.add('deny', [
    entry('10.0.0.0/8'),
    entry('192.0.2.1', { reason: 'a scan of 10.1.x' }),
    entry('2001:db8::/32'),
  ])
  expect(lists.find('deny', { offset: 0, limit: 10, match }).total).toBe(total)
})

test('newest first, a page at a time', () => {
  const { lists } = create()
  for (let i = 1; i <= 5; i++) lists.add('allow', [entry(`192.0.2.${i}`, { createdAtMs: i })])
  const page = lists.find('allow', { offset: 1, limit: 2, match: '' })
  expect([page.total, page.entries.map(({ prefix }) => prefix)]).toEqual([
    5,
    ['192.0.2.4', '192.0.2.3'],
  ])
})
