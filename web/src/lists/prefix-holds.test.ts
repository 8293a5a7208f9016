/** Prefixes of both families, at their borders. */
import { expect, it } from 'vitest'
import { prefixHolds } from './prefix-holds.ts'

it.each([
  ['10.0.0.5', '10.0.0.5', true],
  ['10.0.0.5', '10.0.0.50', false],
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['0.0.0.0/0', '203.0.113.7', true],
  ['fd00::/64', 'fd00::1:2', true],
  ['fd00::/64', 'fd00:0:0:1::', false],
  ['2001:db8::1', '2001:db8::1', true],
  ['::/0', '2001:db8::1', true],
  ['::/0', '10.0.0.1', false],
])('%s holds %s: %s', (prefix, address, held) => expect(prefixHolds(prefix, address)).toBe(held))
