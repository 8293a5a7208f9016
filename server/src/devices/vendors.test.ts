/** Tests of makers by MAC, against the whole list. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createVendors } from './vendors.ts'

const vendorOf = createVendors()

const list = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve('oui-data')), 'utf8'),
) as Record<string, string>
const keys = Object.keys(list)

/** A MAC that begins with the key. */
const macOf = (key: string): string =>
  (key.padEnd(12, '5').toLowerCase().match(/../g) ?? []).join(':')

test('finds every hundredth entry of the list, the first and the last', () => {
  const some = [keys[0]!, keys.at(-1)!, ...keys.filter((_, i) => i % 100 === 0)]
  expect(some.length).toBeGreaterThan(500)
  const wrong = some.filter((key) => {
    // A block of 24 bits may have a smaller one in it.
    const expected = [9, 7, 6].map(
      (n) => list[macOf(key).replaceAll(':', '').slice(0, n).toUpperCase()],
    )
    return vendorOf(macOf(key)) !== expected.find(Boolean)?.split('\n')[0]
  })
  expect(wrong).toEqual([])
})

test('a smaller block beats the one that it lies in', () => {
  expect(vendorOf('8c:1f:64:ff:c1:23')).toBe('Invendis Technologies India Pvt Ltd')
})

test('what is not listed has no maker', () => {
  expect(['02:00:00:00:00:01', 'ff:ff:ff:ff:ff:ff', '', 'x'].map(vendorOf)).toEqual(
    Array(4).fill(''),
  )
})
