/** Tests of the lists that the server wants, on lists on a real disk. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDesiredLists } from './desired-lists.ts'
import { createLists } from './lists.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-desired-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const quiet = { info: () => undefined, warn: () => undefined }
const create = async () => {
  const table = { capacity: 100, add: () => undefined, remove: () => undefined }
  const lists = createLists(
    { path: join(folder, 'lists.json') },
    { table, now: () => 1000, log: quiet },
  )
  lists.load()
  lists.apply()
  await lists.start()
  const desired = createDesiredLists({ path: join(folder, 'lists.state') }, { lists, log: quiet })
  const prefixes = async (list: 'deny' | 'allow' = 'deny') =>
    (await lists.get(list, 0, 1000, '')).entries.map(({ prefix }) => prefix).toSorted()
  return { lists, desired, prefixes }
}
const entries = (...prefixes: string[]) => prefixes.map((prefix) => ({ prefix }))
const at = (revision: number, server = 's') => ({ server, revision })

test('takes the lists whole: what no page held goes, the rest stays in force all the time', async () => {
  const { lists, desired, prefixes } = await create()
  await lists.add('deny', entries('192.0.2.1', '192.0.2.2'))
  await lists.add('allow', entries('192.0.2.9'))
  desired.begin()
  await desired.page('deny', entries('192.0.2.2'))
  expect(await prefixes()).toEqual(['192.0.2.1', '192.0.2.2'])
  await desired.page('deny', entries('192.0.2.3'))
  expect(await desired.end(at(7))).toEqual({ state: at(7), deny: 2, allow: 0 })
  expect([await prefixes(), await prefixes('allow')]).toEqual([['192.0.2.2', '192.0.2.3'], []])
  await lists.stop()
})

test('remembers which state it has, over a restart', async () => {
  const first = await create()
  expect(first.desired.state()).toBeUndefined()
  first.desired.begin()
  await first.desired.page('deny', entries('192.0.2.1'))
  await first.desired.end(at(3))
  await first.lists.stop()
  const second = await create()
  expect([second.desired.state(), await second.prefixes()]).toEqual([at(3), ['192.0.2.1']])
  await second.lists.stop()
})

test('takes a change only from the state that it has', async () => {
  const { lists, desired, prefixes } = await create()
  desired.begin()
  await desired.end(at(1))
  const change = { add: entries('192.0.2.1'), remove: [] }
  await desired.change('deny', change, 1, at(2))
  await expect(desired.change('deny', change, 1, at(2))).rejects.toThrow('another revision')
  await expect(desired.change('deny', change, 2, at(3, 'other'))).rejects.toThrow()
  await desired.change('deny', { add: [], remove: ['192.0.2.1'] }, 2, at(3))
  expect([await prefixes(), desired.state()]).toEqual([[], at(3)])
  await lists.stop()
})

test('a state that cannot be read is none: the server sends everything', async () => {
  writeFileSync(join(folder, 'lists.state'), '{"server":')
  const { lists, desired } = await create()
  expect(desired.state()).toBeUndefined()
  await expect(desired.page('deny', [])).rejects.toThrow('lists.begin')
  await expect(desired.end(at(1))).rejects.toThrow('lists.begin')
  await lists.stop()
})

test('more than a page of entries that are no longer wanted go as well', async () => {
  const table = { capacity: 50_000, add: () => undefined, remove: () => undefined }
  const lists = createLists({ path: join(folder, 'l.json') }, { table, now: () => 1, log: quiet })
  lists.load()
  await lists.start()
  const many = Array.from({ length: 25_000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`)
  await lists.add('deny', entries(...many))
  const desired = createDesiredLists({ path: join(folder, 's') }, { lists, log: quiet })
  desired.begin()
  await desired.page('deny', entries(many[5]!, many[24_000]!))
  expect(await desired.end(at(1))).toMatchObject({ deny: 2 })
  await lists.stop()
})
