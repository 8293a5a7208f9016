/** Bounds and ages of the map. */
import { expect, it } from 'vitest'
import { createRandom } from '../mock/random.ts'
import { createAgedMap } from './aged-map.ts'

it('lets the oldest go when full or too old, and says which', () => {
  const lost: string[] = []
  const map = createAgedMap<string, number>({ maxEntries: 3, lifetimeMs: 100 }, (value, cause) =>
    lost.push(`${cause} ${value}`),
  )
  map.set('a', 1, 0)
  map.set('b', 2, 10)
  map.set('c', 3, 20)
  map.set('a', 4, 30)
  expect(lost).toEqual([])
  map.set('d', 5, 40)
  expect(lost).toEqual(['evicted 2'])
  map.delete('d')
  map.expire(119)
  expect(map.size()).toBe(2)
  map.expire(120)
  map.expire(130)
  expect(lost).toEqual(['evicted 2', 'expired 3', 'expired 4'])
  expect(map.get('a')).toBeUndefined()
})

it('holds the youngest of what was set, whatever is done to it', () => {
  const random = createRandom(1)
  const lost: number[] = []
  const map = createAgedMap<number, number>({ maxEntries: 20, lifetimeMs: 50 }, (value) =>
    lost.push(value),
  )
  /** Keys and times, oldest first. */
  let model: [key: number, sinceMs: number][] = []
  const drop = (key: number) => (model = model.filter(([other]) => other !== key))
  for (let now = 0; now < 5000; now++) {
    const key = random.int(0, 40)
    if (random.chance(0.7)) {
      map.set(key, key, now)
      drop(key)
      if (model.length === 20) expect(lost.pop()).toBe(model.shift()?.[0])
      model.push([key, now])
    } else if (random.chance(0.5)) {
      map.delete(key)
      drop(key)
    } else {
      map.expire(now)
      const old = model.filter(([, sinceMs]) => now - sinceMs >= 50).map(([other]) => other)
      expect(lost.splice(0)).toEqual(old)
      model = model.filter(([, sinceMs]) => now - sinceMs < 50)
    }
    expect(map.size()).toBe(model.length)
    expect(map.get(key)).toBe(model.some(([other]) => other === key) ? key : undefined)
    expect(lost).toEqual([])
  }
})
