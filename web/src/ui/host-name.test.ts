/** Where a long host name may be cut. */
import { expect, it } from 'vitest'
import { splitName } from './host-name.tsx'

it('keeps the domain and lets what stands before it go', () => {
  expect(splitName('rr4.sn-4g5e.googlevideo.com')).toEqual(['rr4.sn-4g5e.', 'googlevideo.com'])
})

it('cuts nothing off a name of one or two labels', () => {
  expect(splitName('printer')).toEqual(['', 'printer'])
  expect(splitName('fritz.box')).toEqual(['', 'fritz.box'])
})

it('keeps a name in one piece when its last labels are no domain but half a line', () => {
  const name = `a.${'b'.repeat(40)}.com`
  expect(splitName(name)).toEqual(['', name])
})
