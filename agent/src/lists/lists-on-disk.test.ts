/** Tests of the lists on disk: restarts, damage, older layouts, and what a crash leaves. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ListName } from '@netscope/core/wire.ts'
import { createListsRig, entry } from './lists-rig.ts'

let rig: ReturnType<typeof createListsRig>
beforeEach(() => {
  rig = createListsRig()
})
afterEach(() => rig.close())

const base = () =>
  JSON.parse(readFileSync(rig.file('lists.json'), 'utf8')) as Record<ListName, { prefix: string }[]>

test('what was answered is on disk although nothing was closed', async () => {
  const { lists } = await rig.open()
  await lists.add('deny', [entry('192.0.2.1')])
  await lists.add('allow', [entry('192.0.2.2')])
  await lists.remove('deny', ['192.0.2.1'])
  const { inForce } = await rig.open()
  expect([inForce('deny'), inForce('allow')]).toEqual([[], ['192.0.2.2']])
  await lists.stop()
})

test('a list that is longer than the kernel takes is kept whole and said so', async () => {
  const { lists } = await rig.open()
  await lists.add(
    'deny',
    Array.from({ length: 50 }, (_, i) => entry(`192.0.2.${i}`)),
  )
  const small = await rig.reopen(10)
  expect(small.inForce('deny')).toHaveLength(10)
  expect(small.lists.degraded().join()).toMatch(
    /deny list has 50 entries, of which 10 are in force/,
  )
  expect((await rig.reopen()).inForce('deny')).toHaveLength(50)
})

test('a torn last line of the journal is no damage', async () => {
  const { lists } = await rig.open()
  await lists.add('deny', [entry('192.0.2.1')])
  appendFileSync(rig.file('lists.journal'), '{"do":"add","list":"deny","prefix":"192.0.')
  const { lists: again, inForce } = await rig.reopen()
  expect(inForce('deny')).toEqual(['192.0.2.1'])
  expect(again.degraded()).toEqual([])
  await again.add('deny', [entry('192.0.2.2')])
  expect((await rig.reopen()).inForce('deny')).toEqual(['192.0.2.1', '192.0.2.2'])
})

test('a damaged line inside the journal is reported and the file kept', async () => {
  writeFileSync(
    rig.file('lists.journal'),
    '{"do":"add","list":"deny","prefix":"192.0.2.1"}\n{garbage\n{"do":"add","list":"deny","prefix":"192.0.2.2"}\n',
  )
  const { lists, inForce } = await rig.open()
  expect(inForce('deny')).toEqual(['192.0.2.1', '192.0.2.2'])
  expect(lists.degraded().join()).toMatch(/1 lines of .*lists.journal were damaged.*corrupt-/)
  expect((await rig.reopen()).lists.degraded()).toEqual([])
})

test.each([
  ['cut off', (text: string) => text.slice(0, text.length * 0.6)],
  ['with a damaged line', (text: string) => text.replace(/"192.0.2.7"/, '"192.0.2.7')],
  ['empty', () => ''],
])(
  'a base file that is %s is kept, what can be read is in force, and the journal too',
  async (_what, damage) => {
    const { lists } = await rig.open()
    await lists.add(
      'deny',
      Array.from({ length: 20 }, (_, i) => entry(`192.0.2.${i}`)),
    )
    writeFileSync(rig.file('lists.journal'), '')
    writeFileSync(rig.file('lists.json'), damage(formatBase(20)))
    await lists.stop()
    appendFileSync(
      rig.file('lists.journal'),
      '{"do":"add","list":"deny","prefix":"198.51.100.1"}\n',
    )
    const { lists: again, inForce } = await rig.open()
    expect(inForce('deny')).toContain('198.51.100.1')
    expect(again.degraded().join()).toMatch(/were damaged/)
    const [kept = ''] = readdirSync(rig.folder).filter((name) =>
      name.includes('lists.json.corrupt-'),
    )
    expect(readFileSync(rig.file(kept), 'utf8')).toBe(damage(formatBase(20)))
    expect(
      base()
        .deny.map(({ prefix }) => prefix)
        .sort(),
    ).toEqual(inForce('deny'))
  },
)

const formatBase = (count: number) =>
  `{"version":1,"deny":[\n${Array.from({ length: count }, (_, i) => `{"prefix":"192.0.2.${i}"}`).join(',\n')}\n],"allow":[\n]}\n`

test('a cut off base file gives back the entries before the cut', async () => {
  writeFileSync(rig.file('lists.json'), formatBase(20).slice(0, 200))
  const { inForce } = await rig.open()
  expect(inForce('deny')).toEqual([
    '192.0.2.0',
    '192.0.2.1',
    '192.0.2.2',
    '192.0.2.3',
    '192.0.2.4',
    '192.0.2.5',
    '192.0.2.6',
  ])
})

test.each([
  ['the older tool', { blacklist: ['1.2.3.4', '2001:db8::1'], whitelist: ['5.6.7.8'] }],
  [
    'its empty lists',
    { blacklist: ['1.2.3.4', '2001:db8::1'], whitelist: null, allow: ['5.6.7.8'] },
  ],
  ['texts instead of entries', { deny: ['1.2.3.4', '2001:db8::1'], allow: ['5.6.7.8'] }],
])('imports the file of %s and writes it in our layout', async (_what, content) => {
  writeFileSync(rig.file('lists.json'), JSON.stringify(content, null, 2))
  const { inForce, lists } = await rig.open()
  expect([inForce('deny'), inForce('allow')]).toEqual([['1.2.3.4', '2001:db8::1'], ['5.6.7.8']])
  expect(lists.degraded()).toEqual([])
  expect(base()).toMatchObject({
    version: 1,
    deny: [{ prefix: '1.2.3.4' }, { prefix: '2001:db8::1' }],
  })
  expect(readdirSync(rig.folder).some((name) => name.includes('original'))).toBe(true)
  expect((await rig.reopen()).inForce('allow')).toEqual(['5.6.7.8'])
})

test('a plain array is a deny list; wrong entries are reported, the others in force', async () => {
  writeFileSync(rig.file('lists.json'), '["1.2.3.4", "nonsense", "0.0.0.0/0", 7]')
  const { inForce, lists } = await rig.open()
  expect(inForce('deny')).toEqual(['1.2.3.4'])
  expect(lists.degraded().join()).toMatch(/3 list entries on disk are wrong.*nonsense/)
})

test('a file of a newer version is kept and reported', async () => {
  writeFileSync(rig.file('lists.json'), '{"version":2,"deny":[]}')
  const { lists } = await rig.open()
  expect(lists.degraded().join()).toMatch(/version is 2, known is 1/)
})

test('a file that may not be read is never replaced, and changes are refused', async () => {
  mkdirSync(rig.file('lists.json'))
  const { lists } = await rig.open()
  expect(lists.degraded().join()).toMatch(/cannot be read/)
  await expect(lists.add('deny', [entry('192.0.2.1')])).rejects.toMatchObject({
    code: 'list.unreadable',
  })
})

test('a folder that cannot be made: changes are refused with the reason, and work when it can', async () => {
  rmSync(rig.folder, { recursive: true })
  writeFileSync(rig.folder, 'a file where the folder should be')
  const { lists } = await rig.open()
  expect(lists.degraded()).not.toEqual([])
  await expect(lists.add('deny', [entry('192.0.2.1')])).rejects.toMatchObject({
    code: expect.stringMatching(/list\./),
  })
  rmSync(rig.folder)
})

test('many adds at once share few writes and are all durable', async () => {
  const { lists } = await rig.open(5000)
  await Promise.all(
    Array.from({ length: 2000 }, (_, i) => lists.add('deny', [entry(`10.0.${i >> 8}.${i & 255}`)])),
  )
  expect((await rig.reopen(5000)).inForce('deny')).toHaveLength(2000)
})

test('the base is written anew when the journal has grown, with changes going on meanwhile', async () => {
  const { lists } = await rig.open(100_000)
  const prefix = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
  await lists.add(
    'deny',
    Array.from({ length: 60_000 }, (_, i) => entry(prefix(i), { reason: 'feed' })),
  )
  const changes: Promise<unknown>[] = []
  for (let i = 0; i < 3000; i++) {
    changes.push(lists.remove('deny', [prefix(i)]), lists.add('deny', [entry(prefix(70_000 + i))]))
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(changes)
  await vi.waitFor(
    () =>
      expect(
        existsSync(rig.file('lists.json')) && !existsSync(rig.file('lists.journal.next')),
      ).toBe(true),
    30_000,
  )
  const expected = (await lists.get('deny', 0, 1e6, '')).entries
    .map(({ prefix: text }) => text)
    .sort()
  const again = await rig.reopen(100_000)
  expect(again.inForce('deny')).toEqual(expected)
  expect(expected).toHaveLength(60_000)
})

test('a crash while the base is written: base, journal and next journal together are the lists', async () => {
  writeFileSync(rig.file('lists.json'), formatBase(3))
  writeFileSync(
    rig.file('lists.journal'),
    '{"do":"remove","list":"deny","prefix":"192.0.2.0"}\n{"do":"add","list":"deny","prefix":"192.0.2.9"}\n',
  )
  writeFileSync(
    rig.file('lists.journal.next'),
    '{"do":"remove","list":"deny","prefix":"192.0.2.9"}\n{"do":"add","list":"deny","prefix":"192.0.2.0"}\n{"do":"ad',
  )
  writeFileSync(rig.file('lists.json.tmp'), '{"version":1,"deny":[\n{"pre')
  const { inForce, lists } = await rig.open()
  expect(inForce('deny')).toEqual(['192.0.2.0', '192.0.2.1', '192.0.2.2'])
  expect(lists.degraded()).toEqual([])
  expect(readdirSync(rig.folder).sort()).toEqual(['lists.journal', 'lists.json'])
  expect((await rig.reopen()).inForce('deny')).toEqual(['192.0.2.0', '192.0.2.1', '192.0.2.2'])
})

test('a group is taken as its entries, whole or not at all, and is there after a restart with what changed later', async () => {
  const { lists, inForce } = await rig.open()
  const group = { ...entry('', { reason: 'on feed a', origin: 'feed a' }), prefix: undefined }
  await lists.add('deny', [entry('192.0.2.1', { reason: 'by hand' })])
  const prefixes = ['192.0.2.1', '192.0.2.2', '2001:db8::/32', '192.0.2.3', '192.0.2.2']
  expect(await lists.add('deny', [{ ...group, prefixes }, entry('192.0.2.9')])).toMatchObject({
    added: 4,
  })
  await expect(
    lists.add('deny', [{ ...group, prefixes: ['192.0.2.4', '0.0.0.0/0'] }]),
  ).rejects.toThrow('would cut')
  await expect(lists.add('deny', [{ ...group, prefixes: ['192.0.2.4', 5] }])).rejects.toThrow()
  expect(await lists.add('deny', [{ ...group, prefixes: [] }])).toMatchObject({ added: 0 })
  await lists.remove('deny', ['192.0.2.3', '2001:db8::/32'])
  const shown = async (of: typeof lists) =>
    (await of.get('deny', 0, 10, '')).entries
      .map(({ prefix, reason }) => `${prefix} ${reason}`)
      .toSorted()
  const before = await shown(lists)
  expect(before).toEqual(['192.0.2.1 on feed a', '192.0.2.2 on feed a', '192.0.2.9 '])
  expect(inForce('deny')).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.9'])
  expect(await shown((await rig.reopen()).lists)).toEqual(before)
})
