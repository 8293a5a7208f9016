/** Sums by fields. */
import { expect, test } from 'vitest'
import { fakeFlow } from '../client/fake-flow.ts'
import { formatTable } from '../output/table.ts'
import { createAggregate } from './aggregate.ts'

test('add up, most bytes first', () => {
  const { add, sums, columns } = createAggregate('dstPort,protocol')
  const lossy = { srcRetransmits: 2, dstRetransmits: 1, srcDroppedPackets: 4, kernelDrops: 1 }
  add(fakeFlow({ srcBytes: 100, dstBytes: 900, srcPackets: 2, dstPackets: 3, srcRttMs: 12.34 }))
  add(fakeFlow({ dstPort: 53, protocol: 'UDP', srcBytes: 5000 }))
  add(fakeFlow({ srcBytes: 1, dstRttMs: 3, ...lossy }))
  expect(sums()[1]).toEqual({
    by: { dstPort: 443, protocol: 'TCP' },
    flows: 2,
    packets: 5,
    bytes: 1001,
    retransmits: 3,
    drops: 5,
    maxRttMs: 12.34,
  })
  expect(formatTable(columns, sums())).toEqual([
    'dstPort  protocol  FLOWS  PACKETS    BYTES  RETRANS  DROPS  MAX RTT',
    '53       UDP           1        0  5.00 kB        0      0',
    '443      TCP           2        5  1.00 kB        3      5  12.3 ms',
  ])
})

test('of either side count for each value', () => {
  const { add, sums } = createAggregate('process')
  add(fakeFlow({ srcProcess: 'curl', dstProcess: 'nginx', srcBytes: 7 }))
  add(fakeFlow({ srcProcess: 'curl', srcBytes: 1 }))
  add(fakeFlow({ srcProcess: 'ssh', dstProcess: 'ssh' }))
  add(fakeFlow())
  expect(sums().map(({ by, flows, bytes }) => [by['process'], flows, bytes])).toEqual([
    ['curl', 2, 8],
    ['nginx', 1, 7],
    ['ssh', 1, 0],
    ['', 1, 0],
  ])
})

test('of a field that there is not are refused', () => {
  expect(() => createAggregate('dstPort,dstNam')).toThrow('did you mean dstName?')
})
