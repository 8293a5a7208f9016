/** Tests of what the lists hold and put in force. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createListsRig, entry } from './lists-rig.ts'

let rig: ReturnType<typeof createListsRig>
beforeEach(() => {
  rig = createListsRig()
})
afterEach(() => rig.close())

test('an entry is in force when the answer comes, and again after a restart', async () => {
  const { lists, inForce } = await rig.open()
  const answer = await lists.add('deny', [
    entry('192.0.2.77/24', { reason: 'scan' }),
    entry('2001:DB8::1'),
  ])
  expect(answer.added).toBe(2)
  expect(answer.entries.map(({ prefix }) => prefix)).toEqual(['192.0.2.0/24', '2001:db8::1'])
  expect(inForce('deny')).toEqual(['192.0.2.0/24', '2001:db8::1'])
  expect(inForce('allow')).toEqual([])

  const again = await rig.reopen()
  expect(again.inForce('deny')).toEqual(['192.0.2.0/24', '2001:db8::1'])
  const { entries, total } = await again.lists.get('deny', 0, 10, '')
  expect(total).toBe(2)
  expect(entries[1]).toEqual({
    ...entry('192.0.2.0/24', { reason: 'scan' }),
    createdAtMs: 1_000_000,
  })
})

test('an entry that is removed is out of force; removing it again removes nothing', async () => {
  const { lists, inForce } = await rig.open()
  await lists.add('deny', [entry('192.0.2.1'), entry('192.0.2.2')])
  expect(await lists.remove('deny', ['192.0.2.1/32'])).toEqual({ removed: 1 })
  expect(await lists.remove('deny', ['192.0.2.1'])).toEqual({ removed: 0 })
  expect(inForce('deny')).toEqual(['192.0.2.2'])
  expect((await rig.reopen()).inForce('deny')).toEqual(['192.0.2.2'])
})

test('the same prefix again changes reason and expiry, not its age', async () => {
  const { lists } = await rig.open()
  await lists.add('deny', [entry('192.0.2.1', { reason: 'a' })])
  rig.clock.nowMs += 5
  expect(
    (await lists.add('deny', [entry('192.0.2.1', { reason: 'b', expiresAtMs: 2_000_000 })])).added,
  ).toBe(0)
  const { entries } = await lists.get('deny', 0, 10, '')
  expect(entries).toEqual([
    { ...entry('192.0.2.1', { reason: 'b', expiresAtMs: 2_000_000 }), createdAtMs: 1_000_000 },
  ])
})

test.each([
  ['deny', '0.0.0.0/0', 'list.covers-everything'],
  ['deny', '::/0', 'list.covers-everything'],
  ['deny', '1.2.3', 'list.prefix-invalid'],
  ['deny', 5, 'list.prefix-invalid'],
] as const)('refuses %s of %s whole with %s', async (list, prefix, code) => {
  const { lists, inForce } = await rig.open()
  await expect(lists.add(list, [entry('192.0.2.1'), { prefix }])).rejects.toMatchObject({ code })
  expect(inForce(list)).toEqual([])
})

test('the allow list takes every address', async () => {
  const { lists, inForce } = await rig.open()
  await lists.add('allow', [entry('0.0.0.0/0')])
  expect(inForce('allow')).toEqual(['0.0.0.0/0'])
})

test('refuses what does not fit, whole, and an entry that it has already still can be changed', async () => {
  const { lists, inForce } = await rig.open(3)
  await lists.add('deny', [entry('192.0.2.1'), entry('192.0.2.2')])
  await expect(lists.add('deny', [entry('192.0.2.3'), entry('192.0.2.4')])).rejects.toMatchObject({
    code: 'list.full',
  })
  expect(inForce('deny')).toEqual(['192.0.2.1', '192.0.2.2'])
  await lists.add('deny', [entry('192.0.2.3'), entry('192.0.2.1', { reason: 'x' })])
})

test('when the kernel refuses, nothing of the command stays', async () => {
  const { lists, table, inForce } = await rig.open()
  table.add = () => {
    throw new Error('adding to the deny list: ENOMEM')
  }
  await expect(lists.add('deny', [entry('192.0.2.1')])).rejects.toThrow(/ENOMEM/)
  expect(inForce('deny')).toEqual([])
  expect((await lists.get('deny', 0, 10, '')).total).toBe(0)
  expect((await rig.reopen()).inForce('deny')).toEqual([])
})

test('a refused command leaves alone what others have changed between its slices', async () => {
  const { lists, table, inForce } = await rig.open(5000)
  const add = table.add
  table.add = (list, prefixes, count) => {
    table.add = () => {
      throw new Error('adding to the deny list: ENOMEM')
    }
    add(list, prefixes, count)
  }
  const many = Array.from({ length: 1500 }, (_, i) => entry(`10.0.${i >> 8}.${i & 255}`))
  const added = lists.add('deny', many)
  const removed = lists.remove('deny', ['10.0.0.7'])
  await expect(added).rejects.toThrow(/ENOMEM/)
  await removed
  expect(inForce('deny')).toEqual([])
  expect(lists.sizes().deny.entries).toBe(0)
  table.add = add
  await lists.add('deny', [entry('192.0.2.1'), entry('192.0.2.2')])
  expect((await lists.get('deny', 0, 10, '')).entries).toHaveLength(2)
})

test('entries expire on time, also while the agent is away', async () => {
  const { lists, inForce } = await rig.open()
  await lists.add('deny', [
    entry('192.0.2.1', { expiresAtMs: rig.clock.nowMs + 30 }),
    entry('192.0.2.2', { expiresAtMs: rig.clock.nowMs + 1e10 }),
    entry('192.0.2.3', { expiresAtMs: rig.clock.nowMs + 60 }),
  ])
  await lists.add('deny', [entry('192.0.2.3')])
  rig.clock.nowMs += 100
  await vi.waitFor(() => expect(inForce('deny')).toEqual(['192.0.2.2', '192.0.2.3']), 15_000)
  rig.clock.nowMs += 2e10
  expect((await rig.reopen()).inForce('deny')).toEqual(['192.0.2.3'])
})

test('pages are newest first; a search finds texts and the prefixes that hold an address', async () => {
  const { lists } = await rig.open()
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
