/** Patterns: what they are like, and that no text makes them slow. */
import { expect, test } from 'vitest'
import { matchesParts } from './pattern.ts'

const matches = (text: string, pattern: string) => matchesParts(text, pattern.split(/\*+/))

test.each<[string, string, boolean]>([
  ['curl', 'curl', true],
  ['curl', 'url', false],
  ['curl', '*url*', true],
  ['curl', '*curls*', false],
  ['', '', true],
  ['a', '', false],
  ['', '*', false],
  ['a', '*', true],
  ['www.example.com', '*.example.com', true],
  ['example.com', '*.example.com', false],
  ['www.example.com', 'www*', true],
  ['www.example.com', 'www.*.com', true],
  ['www.com', 'www.*.com', false],
  ['aba', 'ab*ba', false],
  ['abba', 'ab*ba', true],
  ['a1b2c', 'a*b*c', true],
  ['a1c2b', 'a*b*c', false],
  ['line\nbreak', 'line*break', true],
  ['a.c', 'a?c', false],
])('%j is like %j: %j', (text, pattern, expected) => {
  expect(matches(text, pattern)).toBe(expected)
})

test('a pattern that would make a backtracking matcher try for ever ends', () => {
  expect(matches('a'.repeat(10_000), `${'*a'.repeat(8)}b`)).toBe(false)
})
