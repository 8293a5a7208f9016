/** Which entry of a bounded map makes room. */
import { describe, expect, it } from 'vitest'
import { createBoundedMap } from './bounded-map.ts'

describe('a bounded map', () => {
  it('lets the least recently used entry make room and tells of it', () => {
    const evicted: [string, number][] = []
    const map = createBoundedMap<string, number>(2, (key, value) => evicted.push([key, value]))
    map.set('a', 1)
    map.set('b', 2)
    expect(map.get('a')).toBe(1)
    map.set('c', 3)
    expect(evicted).toEqual([['b', 2]])
    expect([...map.entries()]).toEqual([
      ['a', 1],
      ['c', 3],
    ])
  })
  it('counts setting as use, but not peeking', () => {
    const map = createBoundedMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.set('a', 3)
    expect(map.peek('b')).toBe(2)
    map.set('c', 4)
    expect([map.peek('a'), map.peek('b'), map.size]).toEqual([3, undefined, 2])
  })
  it('can be emptied while it is read', () => {
    const map = createBoundedMap<number, number>(10)
    for (let i = 0; i < 5; i++) map.set(i, i)
    for (const [key] of map.entries()) {
      if (key === 3) break
      expect(map.delete(key)).toBe(true)
    }
    expect([...map.entries()].map(([key]) => key)).toEqual([3, 4])
    expect(map.delete(0)).toBe(false)
    map.clear()
    expect([map.size, [...map.entries()]]).toEqual([0, []])
  })
  it('behaves as a list in order of use does', () => {
    const map = createBoundedMap<number, number>(7)
    let list: [number, number][] = []
    for (let i = 0; i < 5000; i++) {
      const key = (i * 7919) % 13
      const rest = list.filter(([other]) => other !== key)
      if (i % 3 === 0) {
        map.delete(key)
        list = rest
      } else if (i % 3 === 1) {
        map.set(key, i)
        list = [...rest, [key, i] as [number, number]].slice(-7)
      } else {
        const found = list.find(([other]) => other === key)
        expect(map.get(key)).toBe(found?.[1])
        if (found) list = [...rest, found]
      }
      expect([...map.entries()]).toEqual(list)
    }
  })
})
