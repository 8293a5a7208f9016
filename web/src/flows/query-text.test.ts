/** Words and queries are told apart, and what is wrong is shown where it is. */
import { queryFields } from '@netscope/core/query/query-field.ts'
import { expect, it } from 'vitest'
import { excerpt, isWritten, queryError, replaced } from './query-text.ts'

const FIELDS = queryFields([
  { name: 'srcPort', type: 'port', description: '' },
  { name: 'dstPort', type: 'port', description: '' },
])

it.each([
  ['10.0.0.5', false],
  ['curl 443', false],
  ['2001:db8::1', false],
  ['nginx.service', false],
  ['interface', false],
  ['port = 443', true],
  ['src in', true],
  ['port>1', true],
  ['not (port', true],
])('%s is a query: %j', (text, expected) => {
  expect(isWritten(text)).toBe(expected)
})

it('finds what is wrong in a query alone', () => {
  expect(queryError('curl', FIELDS)).toBeUndefined()
  expect(queryError('port = 443', FIELDS)).toBeUndefined()
  expect(queryError('prt = 443', FIELDS)).toMatchObject({
    position: 0,
    length: 3,
    suggestion: 'port',
  })
})

it('puts a completion in place of what was typed', () => {
  expect(replaced('po', 0, 2, 'port')).toEqual({ text: 'port ', cursor: 5 })
  expect(replaced('po = 1', 0, 2, 'port')).toEqual({ text: 'port = 1', cursor: 5 })
})

it('shows the wrong part with what stands around it', () => {
  const text = `${'a'.repeat(30)} prt = ${'b'.repeat(30)}`
  const error = { message: '', position: 31, length: 3 }
  expect(excerpt(text, error)).toEqual({
    before: `…${'a'.repeat(23)} `,
    wrong: 'prt',
    after: ` = ${'b'.repeat(21)}…`,
  })
  expect(excerpt('port =', { message: '', position: 6, length: 0 }).wrong).toBe('\u00a0')
})
