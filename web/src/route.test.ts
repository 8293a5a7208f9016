/** Links to a view open that view with its filter. */
import { expect, it } from 'vitest'
import { formatRoute, parseRoute } from './route.ts'

it('reads back what it writes', () => {
  const hash = formatRoute('events', { address: 'fd00::1', port: '53', proto: '' })
  expect(hash).toBe('#events?address=fd00%3A%3A1&port=53')
  const route = parseRoute(hash)
  expect(route.view).toBe('events')
  expect(Object.fromEntries(route.params)).toEqual({ address: 'fd00::1', port: '53' })
})

it.each(['', '#', '#nonsense', '#/flows', '#flows?'])('opens the flows for %j', (hash) => {
  expect(parseRoute(hash).view).toBe('flows')
})
