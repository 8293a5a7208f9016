/** Options that contradict each other. */
import { expect, test } from 'vitest'
import { checkOptions, type ObserveOptions } from './options.ts'

test.each<[Partial<ObserveOptions>, string]>([
  [{ updates: true }, '--updates: it needs --follow'],
  [{ follow: true, aggregateBy: 'dst' }, '--aggregate-by: it sums once'],
  [{ follow: true, state: 'live' }, '--state: what is followed begins and ends'],
  [{ columns: 'dst', format: 'json' }, '--columns: it is for --output table'],
  [{ columns: 'dst', aggregateBy: 'dst' }, '--columns: the columns of --aggregate-by'],
])('%j: %s', (options, reason) => {
  expect(() => checkOptions({ state: 'all', ...options })).toThrow(reason)
})

test('others go together', () => {
  checkOptions({ state: 'all', follow: true, updates: true, columns: 'dst', format: 'table' })
  checkOptions({ state: 'live', aggregateBy: 'dst', format: 'json', last: 5 })
})
