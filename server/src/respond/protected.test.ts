/** Tests of what no block may hit. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { expect, test } from 'vitest'
import { createProtected } from './protected.ts'
import type { ToldAddress } from './protected.ts'

const create = (told: ToldAddress[] = [], management: string[] = []) => {
  let nowMs = 1_000_000
  const book = createProtected({ management }, { told: () => told, now: () => nowMs })
  const hit = (prefix: string) => book.hit(parsePrefix(prefix))
  const within = (prefix: string) => book.within(parsePrefix(prefix)).map((of) => of.prefix)
  return { book, hit, within, told, advance: (ms: number) => (nowMs += ms) }
}
const gateway: ToldAddress = {
  ...{ prefix: '10.0.0.1', kind: 'gateway' },
  ...{ reason: 'default gateway on eth0', agent: 'a' },
}

test('what is protected whole is hit, and what a prefix holds besides others is within it, the gravest first', () => {
  const ssh: ToldAddress = { prefix: '10.0.0.7', kind: 'operator', reason: 'SSH', agent: 'a' }
  const { hit, within } = create([ssh, gateway], ['10.0.0.0/30'])
  expect(hit('10.0.0.0/24')).toBeUndefined()
  expect(within('10.0.0.0/24')).toEqual(['10.0.0.1', '10.0.0.0/30', '10.0.0.7'])
  expect(hit('10.0.0.1')).toMatchObject({ kind: 'gateway', canOverride: false })
  expect(hit('10.0.0.2/31')).toMatchObject({ kind: 'management' })
  expect(within('10.0.0.2/31')).toEqual([])
  expect(hit('10.0.0.7')).toMatchObject({ kind: 'operator', reason: 'SSH', canOverride: true })
  expect(hit('10.0.0.8')).toBeUndefined()
})

test('networks of the configuration stay', () => {
  const { hit, advance } = create([], ['192.0.2.0/28'])
  advance(1e9)
  expect(hit('192.0.2.3')).toMatchObject({ kind: 'management' })
})

test('who uses the API is protected while a request is open and some minutes after', () => {
  const { book, hit, advance } = create()
  const left = book.arrived('198.51.100.4', 'ann')
  advance(10_000_000)
  expect(hit('198.51.100.4')).toMatchObject({
    kind: 'operator',
    reason: expect.stringMatching('ann'),
  })
  left()
  left()
  advance(600_000)
  expect(hit('198.51.100.4')).toBeDefined()
  advance(600_000)
  expect(hit('198.51.100.4')).toBeUndefined()
})

test('a session that agents tell of no longer is forgotten after some minutes', () => {
  const { told, hit, advance } = create([gateway])
  expect(hit('10.0.0.1')).toBeDefined()
  told.length = 0
  advance(200_000)
  expect(hit('10.0.0.1')).toBeDefined()
  advance(200_000)
  expect(hit('10.0.0.1')).toBeUndefined()
})

test('who only may have signed in is forgotten at once, but not if it had signed in before', () => {
  const unsure: ToldAddress = {
    ...{ prefix: '10.0.0.7', kind: 'operator', reason: 'SSH', agent: 'a', isUnsure: true },
  }
  const { told, hit, advance } = create([unsure])
  expect(hit('10.0.0.7')).toBeDefined()
  advance(10_000)
  expect(hit('10.0.0.7')).toBeDefined()
  told.length = 0
  advance(20_000)
  expect(hit('10.0.0.7')).toBeUndefined()

  const { isUnsure: _unsure, ...session } = unsure
  told.push(session)
  expect(hit('10.0.0.7')).toBeDefined()
  told.splice(0, 1, unsure)
  advance(30_000)
  expect(hit('10.0.0.7')).toBeDefined()
  told.length = 0
  advance(800_000)
  expect(hit('10.0.0.7')).toBeDefined()
  advance(100_000)
  expect(hit('10.0.0.7')).toBeUndefined()
})

test('loopback and what is no address are no entries, and requests from many addresses do not drive out a gateway', () => {
  const { book, hit } = create([gateway, { ...gateway, prefix: 'none' }])
  book.arrived('127.0.0.1', 'local')()
  expect(book.all()).toHaveLength(1)
  for (let i = 0; i < 5000; i++) book.arrived(`10.9.${i >> 8}.${i & 255}`, 'x')()
  expect(book.all().length).toBeLessThanOrEqual(4096)
  expect(book.isComplete()).toBe(true)
  expect(hit('10.0.0.1')).toMatchObject({ kind: 'gateway' })
})
