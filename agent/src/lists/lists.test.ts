/** Tests of the lists on a real file system, with a table that stands for the kernel's. */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListName } from '@netscope/core/wire.ts'
import type { ListTable } from '../source.ts'
import { createLists, type Lists } from './lists.ts'

const createFakeTable = (capacity: number) => {
  const sets = { allow: new Set<string>(), deny: new Set<string>() }
  const each = (prefixes: Uint8Array, count: number, on: (text: string) => void) => {
    for (let i = 0; i < count; i++) on(formatPrefix(prefixes, i * PREFIX_BYTES))
  }
  const table: ListTable = {
    capacity,
    add: (list, prefixes, count) => {
      if (sets[list].size + count > capacity) throw new Error('full')
      each(prefixes, count, (text) => sets[list].add(text))
    },
    remove: (list, prefixes, count) => each(prefixes, count, (text) => sets[list].delete(text)),
  }
  return { table, sets, inForce: (list: ListName) => [...sets[list]].sort() }
}

let folder = ''
let opened: Lists[] = []
let nowMs = 1_000_000
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-lists-'))
  nowMs = 1_000_000
})
afterEach(async () => {
  for (const lists of opened.splice(0)) await lists.stop()
  rmSync(folder, { recursive: true, force: true })
})

const file = (name: string) => join(folder, name)
const open = async (capacity = 1000) => {
  const fake = createFakeTable(capacity)
  const log = { info: () => undefined, warn: () => undefined }
  const lists = createLists({ path: file('lists.json') }, { table: fake.table, now: () => nowMs, log })
  lists.load()
  lists.apply()
  await lists.start()
  opened.push(lists)
  return { ...fake, lists }
}
const reopen = async (capacity?: number) => {
  for (const lists of opened.splice(0)) await lists.stop()
  return open(capacity)
}
const entry = (prefix: string, more: object = {}) => ({ prefix, reason: '', origin: 'api', author: '', expiresAtMs: 0, ...more })
const base = () => JSON.parse(readFileSync(file('lists.json'), 'utf8')) as Record<ListName, { prefix: string }[]>

test('an entry is in force when the answer comes, and again after a restart', async () => {
  const { lists, inForce } = await open()
  const answer = await lists.add('deny', [entry('192.0.2.77/24', { reason: 'scan' }), entry('2001:DB8::1')])
  expect(answer.added).toBe(2)
  expect(answer.entries.map(({ prefix }) => prefix)).toEqual(['192.0.2.0/24', '2001:db8::1'])
  expect(inForce('deny')).toEqual(['192.0.2.0/24', '2001:db8::1'])
  expect(inForce('allow')).toEqual([])

  const again = await reopen()
  expect(again.inForce('deny')).toEqual(['192.0.2.0/24', '2001:db8::1'])
  const { entries, total } = await again.lists.get('deny', 0, 10, '')
  expect(total).toBe(2)
  expect(entries[1]).toEqual({ ...entry('192.0.2.0/24', { reason: 'scan' }), createdAtMs: 1_000_000 })
})

test('what was answered is on disk although nothing was closed', async () => {
  const { lists } = await open()
  await lists.add('deny', [entry('192.0.2.1')])
  await lists.add('allow', [entry('192.0.2.2')])
  await lists.remove('deny', ['192.0.2.1'])
  opened = []
  const { inForce } = await open()
  expect([inForce('deny'), inForce('allow')]).toEqual([[], ['192.0.2.2']])
  await lists.stop()
})

test('an entry that is removed is out of force; removing it again removes nothing', async () => {
  const { lists, inForce } = await open()
  await lists.add('deny', [entry('192.0.2.1'), entry('192.0.2.2')])
  expect(await lists.remove('deny', ['192.0.2.1/32'])).toEqual({ removed: 1 })
  expect(await lists.remove('deny', ['192.0.2.1'])).toEqual({ removed: 0 })
  expect(inForce('deny')).toEqual(['192.0.2.2'])
  expect((await reopen()).inForce('deny')).toEqual(['192.0.2.2'])
})

test('the same prefix again changes reason and expiry, not its age', async () => {
  const { lists } = await open()
  await lists.add('deny', [entry('192.0.2.1', { reason: 'a' })])
  nowMs += 5
  expect((await lists.add('deny', [entry('192.0.2.1', { reason: 'b', expiresAtMs: 2_000_000 })])).added).toBe(0)
  const { entries } = await lists.get('deny', 0, 10, '')
  expect(entries).toEqual([{ ...entry('192.0.2.1', { reason: 'b', expiresAtMs: 2_000_000 }), createdAtMs: 1_000_000 }])
})

test.each([
  ['deny', '0.0.0.0/0', 'list.covers-everything'],
  ['deny', '::/0', 'list.covers-everything'],
  ['deny', '1.2.3', 'list.prefix-invalid'],
  ['deny', 5, 'list.prefix-invalid'],
] as const)('refuses %s of %s whole with %s', async (list, prefix, code) => {
  const { lists, inForce } = await open()
  await expect(lists.add(list, [entry('192.0.2.1'), { prefix }])).rejects.toMatchObject({ code })
  expect(inForce(list)).toEqual([])
})

test('the allow list takes every address', async () => {
  const { lists, inForce } = await open()
  await lists.add('allow', [entry('0.0.0.0/0')])
  expect(inForce('allow')).toEqual(['0.0.0.0/0'])
})

test('refuses what does not fit, whole, and an entry that it has already still can be changed', async () => {
  const { lists, inForce } = await open(3)
  await lists.add('deny', [entry('192.0.2.1'), entry('192.0.2.2')])
  await expect(lists.add('deny', [entry('192.0.2.3'), entry('192.0.2.4')])).rejects.toMatchObject({ code: 'list.full' })
  expect(inForce('deny')).toEqual(['192.0.2.1', '192.0.2.2'])
  await lists.add('deny', [entry('192.0.2.3'), entry('192.0.2.1', { reason: 'x' })])
})

test('a list that is longer than the kernel takes is kept whole and said so', async () => {
  const { lists } = await open()
  await lists.add('deny', Array.from({ length: 50 }, (_, i) => entry(`192.0.2.${i}`)))
  const small = await reopen(10)
  expect(small.inForce('deny')).toHaveLength(10)
  expect(small.lists.degraded().join()).toMatch(/deny list has 50 entries, of which 10 are in force/)
  expect((await reopen()).inForce('deny')).toHaveLength(50)
})

test('when the kernel refuses, nothing of the command stays', async () => {
  const { lists, table, inForce } = await open()
  table.add = () => {
    throw new Error('adding to the deny list: ENOMEM')
  }
  await expect(lists.add('deny', [entry('192.0.2.1')])).rejects.toThrow(/ENOMEM/)
  expect(inForce('deny')).toEqual([])
  expect((await lists.get('deny', 0, 10, '')).total).toBe(0)
  expect((await reopen()).inForce('deny')).toEqual([])
})

test('entries expire on time, also while the agent is away', async () => {
  const { lists, inForce } = await open()
  await lists.add('deny', [
    entry('192.0.2.1', { expiresAtMs: nowMs + 30 }),
    entry('192.0.2.2', { expiresAtMs: nowMs + 1e10 }),
    entry('192.0.2.3', { expiresAtMs: nowMs + 60 }),
  ])
  await lists.add('deny', [entry('192.0.2.3')])
  nowMs += 100
  await vi.waitFor(() => expect(inForce('deny')).toEqual(['192.0.2.2', '192.0.2.3']))
  nowMs += 2e10
  expect((await reopen()).inForce('deny')).toEqual(['192.0.2.3'])
})

test('pages are newest first; a search finds texts and the prefixes that hold an address', async () => {
  const { lists } = await open()
  await lists.add('deny', [
    entry('10.0.0.0/8', { reason: 'Lab' }),
    entry('192.0.2.1', { author: 'anna' }),
    entry('2001:db8::/32'),
  ])
  const prefixes = async (match: string, offset = 0, limit = 10) => {
    const { total, entries } = await lists.get('deny', offset, limit, match)
    return [total, ...entries.map(({ prefix }) => prefix)]
  }
  expect(await prefixes('', 1, 1)).toEqual([3, '192.0.2.1'])
  expect(await prefixes('lab')).toEqual([1, '10.0.0.0/8'])
  expect(await prefixes('ANNA')).toEqual([1, '192.0.2.1'])
  expect(await prefixes('10.1.2.3')).toEqual([1, '10.0.0.0/8'])
  expect(await prefixes('2001:db8:1::/48')).toEqual([1, '2001:db8::/32'])
  expect(await prefixes('0')).toEqual([3, '2001:db8::/32', '192.0.2.1', '10.0.0.0/8'])
  expect(await prefixes('0', 1, 1)).toEqual([3, '192.0.2.1'])
})

test('a torn last line of the journal is no damage', async () => {
  const { lists } = await open()
  await lists.add('deny', [entry('192.0.2.1')])
  appendFileSync(file('lists.journal'), '{"do":"add","list":"deny","prefix":"192.0.')
  const { lists: again, inForce } = await reopen()
  expect(inForce('deny')).toEqual(['192.0.2.1'])
  expect(again.degraded()).toEqual([])
  await again.add('deny', [entry('192.0.2.2')])
  expect((await reopen()).inForce('deny')).toEqual(['192.0.2.1', '192.0.2.2'])
})

test('a damaged line inside the journal is reported and the file kept', async () => {
  writeFileSync(file('lists.journal'), '{"do":"add","list":"deny","prefix":"192.0.2.1"}\n{garbage\n{"do":"add","list":"deny","prefix":"192.0.2.2"}\n')
  const { lists, inForce } = await open()
  expect(inForce('deny')).toEqual(['192.0.2.1', '192.0.2.2'])
  expect(lists.degraded().join()).toMatch(/1 lines of .*lists.journal were damaged.*corrupt-/)
  expect((await reopen()).lists.degraded()).toEqual([])
})

test.each([
  ['cut off', (text: string) => text.slice(0, text.length * 0.6)],
  ['with a damaged line', (text: string) => text.replace(/"192.0.2.7"/, '"192.0.2.7')],
  ['empty', () => ''],
])('a base file that is %s is kept, what can be read is in force, and the journal too', async (_what, damage) => {
  const { lists } = await open()
  await lists.add('deny', Array.from({ length: 20 }, (_, i) => entry(`192.0.2.${i}`)))
  writeFileSync(file('lists.journal'), '')
  writeFileSync(file('lists.json'), damage(formatBase(20)))
  await lists.stop()
  opened = []
  appendFileSync(file('lists.journal'), '{"do":"add","list":"deny","prefix":"198.51.100.1"}\n')
  const { lists: again, inForce } = await open()
  expect(inForce('deny')).toContain('198.51.100.1')
  expect(again.degraded().join()).toMatch(/were damaged/)
  const [kept = ''] = readdirSync(folder).filter((name) => name.includes('lists.json.corrupt-'))
  expect(readFileSync(file(kept), 'utf8')).toBe(damage(formatBase(20)))
  expect(base().deny.map(({ prefix }) => prefix).sort()).toEqual(inForce('deny'))
})

const formatBase = (count: number) =>
  `{"version":1,"deny":[\n${Array.from({ length: count }, (_, i) => `{"prefix":"192.0.2.${i}"}`).join(',\n')}\n],"allow":[\n]}\n`

test('a cut off base file gives back the entries before the cut', async () => {
  writeFileSync(file('lists.json'), formatBase(20).slice(0, 200))
  const { inForce } = await open()
  expect(inForce('deny')).toEqual(['192.0.2.0', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6'])
})

test.each([
  ['the older tool', { blacklist: ['1.2.3.4', '2001:db8::1'], whitelist: ['5.6.7.8'] }],
  ['its empty lists', { blacklist: ['1.2.3.4', '2001:db8::1'], whitelist: null, allow: ['5.6.7.8'] }],
  ['texts instead of entries', { deny: ['1.2.3.4', '2001:db8::1'], allow: ['5.6.7.8'] }],
])('imports the file of %s and writes it in our layout', async (_what, content) => {
  writeFileSync(file('lists.json'), JSON.stringify(content, null, 2))
  const { inForce, lists } = await open()
  expect([inForce('deny'), inForce('allow')]).toEqual([['1.2.3.4', '2001:db8::1'], ['5.6.7.8']])
  expect(lists.degraded()).toEqual([])
  expect(base()).toMatchObject({ version: 1, deny: [{ prefix: '1.2.3.4' }, { prefix: '2001:db8::1' }] })
  expect(readdirSync(folder).some((name) => name.includes('original'))).toBe(true)
  expect((await reopen()).inForce('allow')).toEqual(['5.6.7.8'])
})

test('a plain array is a deny list; wrong entries are reported, the others in force', async () => {
  writeFileSync(file('lists.json'), '["1.2.3.4", "nonsense", "0.0.0.0/0", 7]')
  const { inForce, lists } = await open()
  expect(inForce('deny')).toEqual(['1.2.3.4'])
  expect(lists.degraded().join()).toMatch(/3 list entries on disk are wrong.*nonsense/)
})

test('a file of a newer version is kept and reported', async () => {
  writeFileSync(file('lists.json'), '{"version":2,"deny":[]}')
  const { lists } = await open()
  expect(lists.degraded().join()).toMatch(/version is 2, known is 1/)
})

test('a file that may not be read is never replaced, and changes are refused', async () => {
  mkdirSync(file('lists.json'))
  const { lists } = await open()
  expect(lists.degraded().join()).toMatch(/cannot be read/)
  await expect(lists.add('deny', [entry('192.0.2.1')])).rejects.toMatchObject({ code: 'list.unreadable' })
})

test('a folder that cannot be made: changes are refused with the reason, and work when it can', async () => {
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'a file where the folder should be')
  const { lists } = await open()
  expect(lists.degraded()).not.toEqual([])
  await expect(lists.add('deny', [entry('192.0.2.1')])).rejects.toMatchObject({ code: expect.stringMatching(/list\./) })
  rmSync(folder)
})

test('many adds at once share few writes and are all durable', async () => {
  const { lists } = await open(5000)
  await Promise.all(Array.from({ length: 2000 }, (_, i) => lists.add('deny', [entry(`10.0.${i >> 8}.${i & 255}`)])))
  expect((await reopen(5000)).inForce('deny')).toHaveLength(2000)
})

test('the base is written anew when the journal has grown, with changes going on meanwhile', async () => {
  const { lists } = await open(100_000)
  const prefix = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
  await lists.add('deny', Array.from({ length: 60_000 }, (_, i) => entry(prefix(i), { reason: 'feed' })))
  const changes: Promise<unknown>[] = []
  for (let i = 0; i < 3000; i++) {
    changes.push(lists.remove('deny', [prefix(i)]), lists.add('deny', [entry(prefix(70_000 + i))]))
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(changes)
  await vi.waitFor(() => expect(existsSync(file('lists.json')) && !existsSync(file('lists.journal.next'))).toBe(true), 5000)
  const expected = (await lists.get('deny', 0, 1e6, '')).entries.map(({ prefix: text }) => text).sort()
  const again = await reopen(100_000)
  expect(again.inForce('deny')).toEqual(expected)
  expect(expected).toHaveLength(60_000)
})

test('a crash while the base is written: base, journal and next journal together are the lists', async () => {
  writeFileSync(file('lists.json'), formatBase(3))
  writeFileSync(file('lists.journal'), '{"do":"remove","list":"deny","prefix":"192.0.2.0"}\n{"do":"add","list":"deny","prefix":"192.0.2.9"}\n')
  writeFileSync(file('lists.journal.next'), '{"do":"remove","list":"deny","prefix":"192.0.2.9"}\n{"do":"add","list":"deny","prefix":"192.0.2.0"}\n{"do":"ad')
  writeFileSync(file('lists.json.tmp'), '{"version":1,"deny":[\n{"pre')
  const { inForce, lists } = await open()
  expect(inForce('deny')).toEqual(['192.0.2.0', '192.0.2.1', '192.0.2.2'])
  expect(lists.degraded()).toEqual([])
  expect(readdirSync(folder).sort()).toEqual(['lists.journal', 'lists.json'])
  expect((await reopen()).inForce('deny')).toEqual(['192.0.2.0', '192.0.2.1', '192.0.2.2'])
})
