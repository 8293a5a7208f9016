/** The address table against a Map, under random insertions and removals. */
import { describe, expect, it } from 'vitest'
import { AddressTable, entryOf } from './address-table.ts'

const CAPACITY = 64

describe('address table', () => {
  it('finds exactly what is in it, and gives a new tag to each owner of an entry', () => {
    const tags = new Uint32Array(CAPACITY)
    const table = new AddressTable(CAPACITY, 1, tags, 1)
    const known = new Map<number, number>()
    const everTags = new Set<string>()
    let random = 1
    for (let step = 0; step < 20_000; step++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0
      const number = random >>> 25
      const words = Uint32Array.of(0, 0, 0xffff0000, number)
      const hash = table.hashOf(words, 0)
      const entry = table.find(words, 0, hash)
      expect(entry).toBe(known.get(number) ?? -1)
      if (entry >= 0) {
        table.remove(entry)
        known.delete(number)
      } else if (table.used < CAPACITY) {
        const fresh = table.insert(words, 0, hash)
        known.set(number, fresh)
        expect(entryOf(tags[fresh]!)).toBe(fresh)
        if (step < 5000) {
          expect(everTags.has(`${tags[fresh]}`)).toBe(false)
          everTags.add(`${tags[fresh]}`)
        }
      }
      expect(table.used).toBe(known.size)
    }
  })
})
