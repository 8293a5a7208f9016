/** What a click on "Suppress" holds back. */
import { expect, it } from 'vitest'
import { suppressionFilter } from './suppression-filter.ts'

const SCAN = { id: 'a1', detector: 'tcp-scan', src: '192.0.2.7', srcMac: '', dst: '10.0.0.9' }
const TUNNEL = { ...SCAN, detector: 'dns-tunnel', dst: '10.0.0.53', dstMac: '' }

it.each([
  [
    { ...SCAN, dstMac: '', dstName: '' },
    'detector = "tcp-scan" and src = 192.0.2.7 and dst = 10.0.0.9',
  ],
  [
    { ...SCAN, src: '', srcMac: '02:00:00:00:00:01', dstMac: '02:00:00:00:00:02', dstName: '' },
    'detector = "tcp-scan" and srcMac = "02:00:00:00:00:01" and dst = 10.0.0.9 and dstMac = "02:00:00:00:00:02"',
  ],
  [
    { ...TUNNEL, dstName: 'cdn.example' },
    'detector = "dns-tunnel" and src = 192.0.2.7 and dst = 10.0.0.53 and dstName = cdn.example',
  ],
  [
    { ...TUNNEL, dstName: String.raw`a" or src in 0.0.0.0/0 or name = "\b` },
    String.raw`detector = "dns-tunnel" and src = 192.0.2.7 and dst = 10.0.0.53 and dstName = "a\" or src in 0.0.0.0/0 or name = \"\\b"`,
  ],
  [
    { ...TUNNEL, dstName: '*.com' },
    'detector = "dns-tunnel" and src = 192.0.2.7 and dst = 10.0.0.53 and dstName = *.com and id = a1',
  ],
])('it is as narrow as the alert allows: %#', (alert, filter) => {
  expect(suppressionFilter(alert)).toBe(filter)
})
