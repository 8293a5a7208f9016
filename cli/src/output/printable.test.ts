/** Text from the network on a terminal. */
import { expect, test } from 'vitest'
import { clip, displayWidth, printable, printableJson } from './printable.ts'

const HOSTILE = 'a\u001b[2J\u009b31m\u202egpj.exe\u0000\r\nb\u{e0001}'

test('no text steers the terminal', () => {
  expect(printable(HOSTILE)).toBe(
    'a\\u001b[2J\\u009b31m\\u202egpj.exe\\u0000\\u000d\\u000ab\\udb40\\udc01',
  )
  expect(printable('bücher.example 日本 ~$ é')).toBe('bücher.example 日本 ~$ é')
})

test('JSON does not steer it either, and reads back as it was', () => {
  const text = printableJson({ [HOSTILE]: HOSTILE })
  expect(text).toMatch(/^[ -~]*$/)
  expect(JSON.parse(text)).toEqual({ [HOSTILE]: HOSTILE })
})

test('wide characters take two columns, combining ones none', () => {
  expect(['', 'abc', '日本', 'e\u0301', '🚀'].map(displayWidth)).toEqual([0, 3, 4, 1, 2])
})

test('what is cut says so, and never has more columns than there are', () => {
  expect([clip('abcdef', 6), clip('abcdef', 5), clip('日本語', 4), clip('abc', 0)]).toEqual([
    'abcdef',
    'abcd…',
    '日…',
    '',
  ])
})
