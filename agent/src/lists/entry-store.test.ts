/** Tests of the columnar store against a Map, over random changes. */
import { expect, test } from 'vitest'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { createEntryStore } from './entry-store.ts'
import { newPrefixBuffer } from './list-entry.ts'

const newRandom = () => {
  let seed = 7
  return (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return (seed >>> 8) % below
  }
}

test('holds what a Map holds after random changes, in the order of insertion', () => {
  const store = createEntryStore()
  const model = new Map<string, string>()
  const random = newRandom()
  const one = newPrefixBuffer(1)
  for (let step = 0; step < 60_000; step++) {
    const prefix = `10.${random(4)}.${random(64)}.${random(64)}`
    encodePrefix(prefix, one.bytes, 0)
    const row = store.find(one.words, 0)
    expect(row >= 0).toBe(model.has(prefix))
    if (random(3) > 0) {
      const reason = `r${random(50)}`
      store.put(one.words, 0, {
        reason,
        origin: '',
        author: 'a',
        createdAtMs: step,
        expiresAtMs: 0,
      })
      model.set(prefix, reason)
    } else if (row >= 0) {
      store.delete(row)
      model.delete(prefix)
      expect(store.isLive(row)).toBe(false)
    }
  }
  expect(store.size()).toBe(model.size)
  const entries = Array.from(store.rows(), store.entry)
  expect(entries.map(({ prefix, reason }) => [prefix, reason])).toEqual([...model])
  expect(store.newest(10, 5)).toEqual([...store.rows()].toReversed().slice(10, 15))
})

test('a row that was given back holds nothing of the entry before', () => {
  const store = createEntryStore()
  const one = newPrefixBuffer(1)
  encodePrefix('2001:db8::/32', one.bytes, 0)
  const before = store.put(one.words, 0, {
    reason: 'x',
    origin: 'y',
    author: 'z',
    createdAtMs: 1,
    expiresAtMs: 2,
  })
  store.delete(before)
  encodePrefix('192.0.2.0/24', one.bytes, 0)
  const row = store.put(one.words, 0, {
    reason: '',
    origin: '',
    author: '',
    createdAtMs: 3,
    expiresAtMs: 0,
  })
  expect(row).toBe(before)
  expect(store.entry(row)).toEqual({
    prefix: '192.0.2.0/24',
    reason: '',
    origin: '',
    author: '',
    createdAtMs: 3,
    expiresAtMs: 0,
  })
})
