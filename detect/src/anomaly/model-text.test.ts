/** Models as text: what is read back scores the same, and damage is refused. */
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { scoreValues, trainModel, type Column } from './anomaly-model.ts'
import { readForest } from './forest-text.ts'
import { ALL, modelsText, readModels } from './model-text.ts'
import { PEER_MEMORY_BYTES } from './peer-memory.ts'
import { createRandom } from './random.ts'

const COLUMNS: Column[] = ['a', 'b'].map((name) => ({
  name,
  label: name,
  unit: '',
  leastSpread: 0,
}))
const random = createRandom(9)
const VALUES = Float64Array.from({ length: 400 }, () => random.next())
const model = trainModel(COLUMNS, VALUES, { trees: 5, sampleSize: 64, seed: 1 })
const text = modelsText({
  kind: 'table',
  models: new Map([[ALL, model]]),
  peers: new Map([['10.0.0.5', new Uint8Array(PEER_MEMORY_BYTES).fill(7)]]),
})

const read = (given: string) => readModels(given, 'x.model')
/** The text with a change in its models, the checksum being right again. */
const forged = (change: (model: Record<string, never>) => void): string => {
  const file = JSON.parse(text) as {
    models: Record<string, never>[]
    peers: [string, string][]
    checksum: number
  }
  change(file.models[0]!)
  file.checksum = crc32(JSON.stringify([file.models, file.peers]))
  return JSON.stringify(file)
}

test('a model that was read back gives the same scores', () => {
  const back = read(text)
  expect([back.kind, [...back.models.keys()]]).toEqual(['table', [ALL]])
  expect(scoreValues(back.models.get(ALL)!, VALUES)).toEqual(scoreValues(model, VALUES))
  expect(modelsText(back)).toBe(text)
})

test.each([
  ['', /no such file/],
  ['null', /no such file/],
  ['{}', /no such file/],
  [text.slice(0, -20), /cut off/],
  [text.replace('"version":1', '"version":2'), /version 2, this NetScope knows 1/],
  [text.replace('"rows":200', '"rows":201'), /checksum/],
  [text.replace('"kind":"table"', '"kind":"else"'), /what its rows are/],
])('what is no such file is refused with the reason: %#', (given, reason) => {
  expect(() => read(given)).toThrow(reason)
})

test.each([
  [(m: Record<string, unknown>) => (m['columns'] = 5)],
  [(m: Record<string, unknown>) => (m['scales'] = [])],
  [(m: Record<string, unknown>) => (m['usual'] = 2)],
  [(m: Record<string, unknown>) => (m['forest'] = undefined)],
  [(m: Record<string, unknown>) => (m['forest'] = { ...(m['forest'] as object), features: 1 })],
  [(m: Record<string, unknown>) => (m['forest'] = { ...(m['forest'] as object), sampleSize: 1e9 })],
  [(m: Record<string, unknown>) => (m['forest'] = { ...(m['forest'] as object), nodes: [1e9] })],
  [(m: Record<string, unknown>) => (m['forest'] = { ...(m['forest'] as object), data: '' })],
])('a forged model is refused: %#', (change) => {
  expect(() => read(forged(change))).toThrow(/anomaly train/)
})

test('whatever the bytes of the trees are, the forest is refused or sound', () => {
  const { forest } = (JSON.parse(text) as { models: { forest: never }[] }).models[0]!
  const whole = Buffer.from((forest as { data: string }).data, 'base64')
  let [refused, sound] = [0, 0]
  for (let round = 0; round < 2000; round++) {
    const damaged = Buffer.from(whole)
    damaged[random.below(whole.length)] = random.below(256)
    const found = readForest({ ...(forest as object), data: damaged.toString('base64') })
    if (typeof found === 'string') {
      refused++
      continue
    }
    sound++
    const scores = scoreValues({ ...model, forest: found }, VALUES)
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true)
  }
  expect([refused > 500, sound > 100]).toEqual([true, true])
})
