/** What the history is asked for. */
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { expect, test } from 'vitest'
import { readFlowFilter } from './flow-filter.ts'
import { isStoredSort, storedFilter, storedQuery } from './stored-query.ts'

const filterOf = (text: string) => readFlowFilter(new URLSearchParams(text))

test('choices and a written query must all hold', () => {
  expect(storedFilter(filterOf('q=port = 53 or port = 443&protocol=UDP&interface=eth0.7'))).toBe(
    '(port = 53 or port = 443) and protocol = UDP and interface = eth0.7',
  )
  expect(storedFilter(filterOf(''))).toBe('')
})

test.each([
  ['curl', undefined, false],
  ['443', undefined, true],
  ['99999', undefined, false],
  ['10.0.0.5', '10.0.0.5', false],
  ['10.0.0.0/8', '10.0.0.0/8', false],
  ['192.168.', '192.168.0.0/16', false],
  ['192.168.1', '192.168.1.0/24', false],
  ['2001:db8::1', '2001:db8::1', false],
  ['300.1', undefined, false],
  ['we"ird', undefined, false],
])('the word %s is looked for where it can be', (word, prefix, isPort) => {
  const text = storedFilter({ ...filterOf(''), q: word.replace('"', '') })
  expect(parseQuery(text).ok).toBe(true)
  expect(text).toContain('process ~')
  expect(/ip in (\S+?)( |\))/.exec(text)?.[1]).toBe(prefix)
  expect(text.includes(`port = ${word}`)).toBe(isPort)
})

test('of several words each must occur', () => {
  expect(storedFilter(filterOf('q=curl example')).match(/\) and \(/g)).toHaveLength(1)
})

test('an order that only what lives has is the newest first instead', () => {
  const range = { fromMs: 0, toMs: 1000 }
  expect(isStoredSort('-bytesPerSecond')).toBe(false)
  expect(storedQuery(filterOf('range=1h&sort=-bytesPerSecond'), range).get('sort')).toBe(
    '-lastSeen',
  )
  expect(Object.fromEntries(storedQuery(filterOf('range=1h&sort=-srcBytes'), range))).toEqual({
    from: '1970-01-01T00:00:00.000Z',
    to: '1970-01-01T00:00:01.000Z',
    sort: '-srcBytes',
    limit: '500',
  })
})
