/** Tests of pinned addresses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ArgumentError } from '../argument-error.ts'
import { createFakeResponseTable } from './fake-response-table.ts'
import { createPins } from './pins.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'netscope-pins-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const create = (table = createFakeResponseTable()) => {
  const warnings: string[] = []
  const log = { warn: (_: object, message: string) => void warnings.push(message) }
  const path = join(folder, 'pins.json')
  const pins = createPins({ path }, { table, log })
  return { pins, table, path, warnings, pinned: () => [...table.pinned].toSorted() }
}
const named = (...prefixes: string[]) => prefixes.map((prefix) => ({ prefix, why: 'x' }))
const bytes = (text: string) => parsePrefix(text).addr

test('what the server names is pinned whole, and again after a restart without it', () => {
  const { pins, pinned } = create()
  pins.setNamed(named('10.0.0.1', '10.0.0.2'))
  pins.setNamed(named('10.0.0.2', '192.0.2.7/24'))
  expect(pinned()).toEqual(['10.0.0.2', '192.0.2.0/24'])
  const again = create()
  again.pins.load()
  expect(again.pinned()).toEqual(['10.0.0.2', '192.0.2.0/24'])
  expect([again.pins.named(), again.warnings]).toEqual([2, []])
})

test('our own are pinned beside them, each once, and one that both need stays when one does no more', () => {
  const { pins, pinned } = create()
  pins.setNamed(named('10.0.0.1'))
  pins.setOwn({ always: ['10.0.0.1', '10.0.0.9'], others: ['10.0.0.3'] })
  expect(pinned()).toEqual(['10.0.0.1', '10.0.0.3', '10.0.0.9'])
  pins.setNamed([])
  expect(pinned()).toEqual(['10.0.0.1', '10.0.0.3', '10.0.0.9'])
})

test('what an admin insists on is not pinned, but for gateways and own addresses; after a restart too', () => {
  const own = { always: ['10.0.0.1'], others: ['10.0.0.3', '10.0.1.3'] }
  const { pins, pinned } = create()
  pins.setOwn(own)
  pins.setNamed([], ['10.0.0.0/24'])
  expect(pinned()).toEqual(['10.0.0.1', '10.0.1.3'])
  const again = create()
  again.pins.load()
  again.pins.setOwn(own)
  expect(again.pinned()).toEqual(['10.0.0.1', '10.0.1.3'])
  pins.setNamed([])
  expect(pinned()).toEqual(['10.0.0.1', '10.0.0.3', '10.0.1.3'])
})

test.each([
  [[{ prefix: '0.0.0.0/0', why: '' }], 'every address'],
  [[{ prefix: 'gateway', why: '' }], 'gateway'],
  [[{ prefix: '10.0.0.1' }], 'why'],
  [[null], 'text'],
  [named('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'), 'there is room for 4'],
  [
    Array.from({ length: 4097 }, (_, i) => ({ prefix: `10.0.${i >> 8}.${i & 255}`, why: '' })),
    '4096',
  ],
])('what cannot be pinned is refused whole: %#', (wrong: unknown[], reason) => {
  const { pins, pinned } = create()
  pins.setNamed(named('192.0.2.1'))
  expect(() => pins.setNamed([...named('192.0.2.2'), ...wrong])).toThrow(ArgumentError)
  expect(() => pins.setNamed(wrong)).toThrow(reason)
  expect([pinned(), pins.named()]).toEqual([['192.0.2.1'], 1])
})

test('a full table is filled anew, and what the kernel refuses leaves nothing behind', () => {
  const { pins, pinned, table } = create()
  pins.setNamed(named('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'))
  pins.setNamed(named('10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.1.4'))
  expect(pinned()).toEqual(['10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.1.4'])
  pins.setNamed([])
  table.refusal = 'ENOMEM'
  expect(() => pins.setNamed(named('10.0.0.1'))).toThrow('ENOMEM')
  expect([pinned(), pins.named()]).toEqual([[], 0])
})

test('that our own cannot be pinned is told until they can', () => {
  const { pins, table, pinned } = create()
  table.refusal = 'ENOMEM'
  const own = { always: ['10.0.0.1'], others: [] }
  pins.setOwn(own)
  expect(pins.degraded()[0]).toContain('ENOMEM')
  table.refusal = ''
  pins.setOwn(own)
  expect([pins.degraded(), pinned()]).toEqual([[], ['10.0.0.1']])
})

test('a damaged file is told, and the server sends them again', () => {
  const { pins, path, warnings, pinned } = create()
  writeFileSync(path, '{"pinned":[1]}')
  pins.load()
  expect([warnings.length, pinned()]).toEqual([1, []])
})

test('it is known which addresses are pinned, and which of them a prefix holds', () => {
  const { pins } = create()
  pins.setNamed(named('192.0.2.0/28', '10.0.0.1'))
  expect([pins.holds(bytes('192.0.2.15')), pins.holds(bytes('192.0.2.16'))]).toEqual([true, false])
  const within = pins.within(parsePrefix('192.0.2.0/24'))
  const holds = (text: string) => within.map((test) => test(new DataView(bytes(text).buffer), 0))
  expect([holds('192.0.2.3'), holds('10.0.0.1')]).toEqual([[true], [false]])
})
