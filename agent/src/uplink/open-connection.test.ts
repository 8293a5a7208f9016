/** Tests of what is told of a name before it is connected to. */
import type { LookupFunction } from 'node:net'
import { expect, test } from 'vitest'
import { tellingLookup } from './open-connection.ts'

/** What was told, and what the connection got, in order. */
const ask = (answer: Parameters<Parameters<LookupFunction>[2]>): unknown[] => {
  const order: unknown[] = []
  const lookup = tellingLookup(
    (addresses) => order.push(['told', ...addresses]),
    (_host, _options, callback) => callback(...answer),
  )
  lookup('server.example', {}, (error, found) => order.push(error ?? found))
  return order
}

test('all addresses of a name are told before the connection gets them, also when it asks for one', () => {
  const all = [
    { address: '192.0.2.1', family: 4 },
    { address: '2001:db8::1', family: 6 },
  ]
  expect(ask([null, all])).toEqual([['told', '192.0.2.1', '2001:db8::1'], all])
  expect(ask([null, '192.0.2.1', 4])).toEqual([['told', '192.0.2.1'], '192.0.2.1'])
})

test('of a name that cannot be resolved nothing is told', () => {
  const error = new Error('EAI_AGAIN')
  expect(ask([error, ''])).toEqual([error])
})
