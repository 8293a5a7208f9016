/** Tests of what a MAC address tells. */
import { expect, test } from 'vitest'
import { hasVendor, isRandomized, isStation, sharedBy, softwareOf } from './mac-kind.ts'

test.each([
  ['3c:22:fb:00:00:01', { station: true, randomized: false, vendor: true }],
  ['da:a1:19:00:00:01', { station: true, randomized: true, vendor: false }],
  ['52:54:00:00:00:01', { station: true, randomized: false, vendor: false }],
  ['02:42:ac:11:00:02', { station: true, randomized: false, vendor: false }],
  ['01:00:5e:00:00:fb', { station: false, randomized: false, vendor: true }],
  ['ff:ff:ff:ff:ff:ff', { station: false, randomized: true, vendor: false }],
  ['00:00:00:00:00:00', { station: false, randomized: false, vendor: true }],
])('%s', (mac, expected) => {
  expect({
    station: isStation(mac),
    randomized: isRandomized(mac),
    vendor: hasVendor(mac),
  }).toEqual(expected)
})

test('knows who makes addresses up, and which are of a group of routers', () => {
  expect(softwareOf('52:54:00:12:34:56')).toBe('QEMU virtual machine')
  expect(sharedBy('00:00:5e:00:01:0a')).toBe('VRRP or CARP')
  expect(sharedBy('3c:22:fb:00:00:01')).toBe('')
})
