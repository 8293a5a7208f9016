/** That refusals of texts can be read by people. */
import { expect, it } from 'vitest'
import { Errors } from 'typebox/value'
import { Type } from 'typebox'
import { CHANNEL_KINDS } from '../notify/channel-kinds.ts'
import { inWords, LINE, POLICY_NAME, TIME_OF_DAY } from './pattern-words.ts'

const said = (pattern: string, value: unknown): string | undefined =>
  inWords(Errors(Type.String({ pattern }), value)[0] ?? {})

it('says in words what fits', () => {
  expect(said(POLICY_NAME, 'Not This')).toBe(
    'must be a name of small letters, digits and -, at most 40, a letter or digit first',
  )
  expect(said(TIME_OF_DAY, '25:00')).toBe('must be a time from 00:00 to 23:59, in quotes in a file')
  expect(said(LINE, 'two\nlines')).toBe('must be one line without control characters')
})

it('names the values where only some are allowed', () => {
  const [error] = Errors(Type.Enum(['tls', 'none']), 'ssltls')
  expect(inWords(error!)).toBe('must be one of tls, none')
})

it('leaves other errors as they are', () => {
  expect(said('^x$', 'y')).toBe('must match pattern "^x$"')
  expect(said(LINE, 7)).toBe('must be string')
})

it('has words for every pattern of the settings of channels', () => {
  const patterns = [
    ...JSON.stringify(CHANNEL_KINDS).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g),
  ].map(([, text]) => JSON.parse(text!) as string)
  expect(patterns.length).toBeGreaterThan(2)
  for (const pattern of patterns) expect(inWords({ params: { pattern } })).toMatch(/^must be/)
})
