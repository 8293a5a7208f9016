/** Growth of rows between two reads, and which rows are removed. */
import { describe, expect, it } from 'vitest'
import { createGrowingTable } from './growing-table.ts'

const KEY_BYTES = 8

/** A table as the kernel keeps it. */
const createFakeTable = (capacity: number) => {
  const rows = new Map<string, [number, number]>()
  const keyOf = (name: string) => Buffer.from(name.padEnd(KEY_BYTES))
  const table = createGrowingTable(
    { keyBytes: KEY_BYTES, capacity },
    {
      reader: {
        read: (visit) => {
          for (const [name, counts] of rows) {
            const value = Buffer.alloc(24)
            counts.forEach((count, i) => value.writeBigUInt64LE(BigInt(count), i * 8))
            visit(keyOf(name), 0, value, 0)
          }
        },
      },
      remove: (keys, count) => {
        for (let i = 0; i < count; i++) {
          rows.delete(
            keys
              .subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES)
              .toString()
              .trimEnd(),
          )
        }
      },
    },
  )
  return {
    rows,
    read: () => {
      const found: [string, number, number][] = []
      table.read(({ key, first, second }) => found.push([key.toString().trimEnd(), first, second]))
      return found
    },
  }
}

describe('a growing table', () => {
  it('gives what came since the last read', () => {
    const { rows, read } = createFakeTable(100)
    rows.set('a', [3, 300])
    expect(read()).toEqual([['a', 3, 300]])
    rows.set('a', [5, 500])
    rows.set('b', [1, 0])
    expect(read()).toEqual([
      ['a', 2, 200],
      ['b', 1, 0],
    ])
    expect(read()).toEqual([])
  })

  it('counts beyond 32 bits', () => {
    const { rows, read } = createFakeTable(100)
    rows.set('a', [2 ** 40, 1])
    read()
    rows.set('a', [2 ** 40 + 7, 1])
    expect(read()).toEqual([['a', 7, 0]])
  })

  it('removes a row that is still for a minute, and counts it anew when it comes back', () => {
    const { rows, read } = createFakeTable(100)
    rows.set('a', [3, 300])
    read()
    for (let i = 0; i < 59; i++) read()
    expect(rows.has('a')).toBe(true)
    read()
    expect(rows.has('a')).toBe(false)
    rows.set('a', [1, 100])
    expect(read()).toEqual([['a', 1, 100]])
  })

  it('keeps a row that grows now and then', () => {
    const { rows, read } = createFakeTable(100)
    for (let i = 1; i <= 200; i++) {
      if (i % 50 === 1) rows.set('a', [i, i])
      read()
    }
    expect(rows.has('a')).toBe(true)
  })

  it('removes still rows at once when more than half of the room is taken', () => {
    const { rows, read } = createFakeTable(4)
    for (const name of ['a', 'b', 'c']) rows.set(name, [1, 1])
    read()
    read()
    rows.set('a', [2, 2])
    expect(read()).toEqual([['a', 1, 1]])
    expect([...rows.keys()]).toEqual(['a'])
  })
})
