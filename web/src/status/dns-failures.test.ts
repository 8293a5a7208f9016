/** Which answers of a DNS server count against it. */
import { expect, it } from 'vitest'
import { failuresOf } from './dns-failures.ts'

it('counts what a server could not or would not answer, not that a name does not exist', () => {
  expect(failuresOf({ NOERROR: 90, NXDOMAIN: 7, SERVFAIL: 2, REFUSED: 1 })).toBe(3)
  expect(failuresOf({})).toBe(0)
})
