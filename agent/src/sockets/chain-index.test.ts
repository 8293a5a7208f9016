/** The chains hold what a map of lists would hold. */
import { describe, expect, it } from 'vitest'
import { ChainIndex } from './chain-index.ts'

const CAPACITY = 100
/** Few, so that chains are long. */
const HASHES = 7

/** Deterministic numbers below `n` (Numerical Recipes' LCG). */
const createRandom = (seed: number) => (n: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return Math.floor((seed / 2 ** 32) * n)
}

const chainOf = (index: ChainIndex, hash: number): number[] => {
  const rows: number[] = []
  for (let row = index.first(hash); row >= 0; row = index.next(row)) rows.push(row)
  return rows
}

describe('a chain index', () => {
  it('finds what was inserted and not removed, the newest first, through 10,000 random changes', () => {
    const random = createRandom(1)
    const index = new ChainIndex(CAPACITY)
    const model = new Map<number, number[]>()
    const hashOf = new Map<number, number>()
    for (let i = 0; i < 10_000; i++) {
      const row = random(CAPACITY)
      const before = hashOf.get(row)
      if (before === undefined) {
        // Far above the number of buckets: the high bits must not matter.
        const hash = random(HASHES) + 2 ** 31
        index.insert(hash, row)
        hashOf.set(row, hash)
        model.set(hash, [row, ...(model.get(hash) ?? [])])
      } else {
        index.remove(row)
        hashOf.delete(row)
        model.set(
          before,
          (model.get(before) ?? []).filter((other) => other !== row),
        )
      }
      for (const [hash, rows] of model) expect(chainOf(index, hash)).toEqual(rows)
    }
  })

  it('is empty at first, also with a single row', () => {
    const index = new ChainIndex(1)
    expect(index.first(12345)).toBe(-1)
    index.insert(12345, 0)
    expect(chainOf(index, 12345)).toEqual([0])
  })
})
