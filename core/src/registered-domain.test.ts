/** Which part of a name is registered. */
import { expect, it } from 'vitest'
import { splitDomainName } from './registered-domain.ts'

it.each([
  ['www.example.com', 'example.com', 'www'],
  ['a.b.example.co.uk', 'example.co.uk', 'a.b'],
  ['example.com.au', 'example.com.au', ''],
  ['co.uk', 'co.uk', ''],
  ['x.tunnel.io', 'tunnel.io', 'x'],
  ['localhost', 'localhost', ''],
  ['.', '.', ''],
  ['', '', ''],
  ['4.3.2.1.in-addr.arpa', 'in-addr.arpa', '4.3.2.1'],
])('%s belongs to %s', (name, domain, below) => {
  expect(splitDomainName(name)).toEqual({ domain, below })
})
