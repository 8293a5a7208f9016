/** A bounded map that is kept over a restart, as one text. */
import { createBoundedMap, type BoundedMap } from './bounded-map.ts'
import type { Learned, LearnedChange } from './detector.ts'

/** How a value stands in JSON. */
export interface ValueText<V> {
  write(value: V): unknown
  /** Undefined: damaged, and left out. */
  read(json: unknown): V | undefined
}

export interface LearnedMap<V> extends BoundedMap<string, V> {
  /** Detector.learned: the whole, if it has changed. */
  learned(): Iterable<LearnedChange>
}

/** `name`: of the text, among those of the detector. Throws where the text of `learned` is damaged. */
export const createLearnedMap = <V>(
  name: string,
  max: number,
  { write, read }: ValueText<V>,
  learned?: Learned,
): LearnedMap<V> => {
  const map = createBoundedMap<string, V>(max)
  let told = learned?.get(name) ?? '[]'
  for (const [key, json] of JSON.parse(told) as [string, unknown][]) {
    const value = read(json)
    if (value !== undefined) map.set(String(key), value)
  }
  return Object.assign(map, {
    *learned(): Iterable<LearnedChange> {
      const text = JSON.stringify([...map.entries()].map(([key, value]) => [key, write(value)]))
      if (text === told) return
      told = text
      yield [name, text]
    },
  })
}

const isNumbers = (json: unknown): json is number[] =>
  Array.isArray(json) && json.every(Number.isFinite)

/** `length`: of each. */
export const numbersText = (length: number): ValueText<number[]> => ({
  write: (value) => value,
  read: (json) => (isNumbers(json) && json.length === length ? json : undefined),
})
