/** Tests of the lines as bytes. */
import { expect, test } from 'vitest'
import { createLineWriter } from './line-writer.ts'

const [name, labels] = [Buffer.from('a_total'), Buffer.from('{b="c"} ')]

test('writes whole numbers as JavaScript does, up to 2^53', () => {
  const values = [0, 1, 9, 10, 99, 100, 123_456_789, 999_999_999, 1e9, 1_000_000_001, 2 ** 31]
  values.push(2 ** 32, 1e15, 1_234_000_000_005, Number.MAX_SAFE_INTEGER)
  for (let i = 0; i < 300; i++) values.push(Math.floor(10 ** (Math.random() * 15.9)))
  const writer = createLineWriter(8)
  for (const value of values) writer.line(name, labels, value)
  const expected = values.map((value) => `a_total{b="c"} ${value}\n`).join('')
  expect(writer.end().toString()).toBe(expected)
})

test('grows as far as it must, and keeps what was written before', () => {
  const writer = createLineWriter(1)
  writer.text('# HELP a_total x\n')
  for (let i = 0; i < 1000; i++) writer.line(name, labels, i)
  const text = writer.end().toString()
  expect(text).toMatch(/^# HELP a_total x\na_total{b="c"} 0\n/)
  expect(text).toMatch(/\na_total{b="c"} 999\n$/)
})
