/** Who has the most traffic. */
import { expect, test } from 'vitest'
import { fakeFlow } from '../client/fake-flow.ts'
import { groupFlows, type GroupBy, type Order } from './groups.ts'

const curl = fakeFlow({
  srcProcess: 'curl',
  srcPid: 4711,
  dstName: 'example.com',
  srcBytesPerSecond: 10,
  dstBytesPerSecond: 1000,
  srcPackets: 1,
  dstPackets: 2,
  srcRttMs: 12,
  srcRetransmits: 3,
})
const served = fakeFlow({
  src: '192.0.2.7',
  dst: '10.0.0.5',
  dstPort: 80,
  direction: 'inbound',
  dstProcess: 'nginx',
  dstPid: 7,
  dstContainer: 'docker:0123456789ab',
  srcBytesPerSecond: 5,
  dstBytesPerSecond: 500,
  interface: 'eth1',
})
const local = fakeFlow({
  src: '127.0.0.1',
  dst: '127.0.0.1',
  dstPort: 80,
  srcProcess: 'curl',
  srcPid: 4711,
  dstProcess: 'nginx',
  dstPid: 7,
  srcBytesPerSecond: 1,
  dstBytesPerSecond: 100,
  interface: 'lo',
})
const ping = fakeFlow({ protocol: 'ICMP', srcPort: 8, dstPort: 0 })
const flows = [curl, served, local, ping]

const labels = (by: GroupBy, order: Order = 'rate') =>
  groupFlows(flows, by, order).map(
    ({ label, inPerSecond, outPerSecond }) => [label, inPerSecond, outPerSecond] as const,
  )

test('of two programs of this host each has its own view of their connection', () => {
  expect(labels('process')).toEqual([
    ['curl[4711]', 1100, 11],
    ['nginx[7]', 6, 600],
    ['(unknown)', 0, 0],
  ])
})

test.each<[GroupBy, unknown[]]>([
  [
    'peer',
    [
      ['example.com (93.184.216.34)', 1000, 10],
      ['192.0.2.7', 5, 500],
      ['127.0.0.1', 100, 1],
      ['93.184.216.34', 0, 0],
    ],
  ],
  [
    'port',
    [
      ['443/TCP', 1000, 10],
      ['80/TCP', 105, 501],
      ['ICMP', 0, 0],
    ],
  ],
  [
    'interface',
    [
      ['eth0', 1000, 10],
      ['eth1', 5, 500],
      ['lo', 100, 1],
    ],
  ],
  [
    'container',
    [
      ['(no container)', 1101, 111],
      ['docker:0123456789ab', 5, 500],
    ],
  ],
  [
    'name',
    [
      ['example.com', 1000, 10],
      ['(no name)', 105, 501],
    ],
  ],
])('by %s, in and out are those of this host', (by, expected) => {
  expect(labels(by)).toEqual(expected)
})

test('sums packets, flows, retransmissions and the highest RTT, in any order', () => {
  expect(groupFlows(flows, 'interface', 'flows')[0]).toMatchObject({
    label: 'eth0',
    flows: 2,
    packets: 3,
    retransmits: 3,
    maxRttMs: 12,
  })
  for (const order of ['retransmits', 'rtt', 'packets'] as const)
    expect(groupFlows(flows, 'port', order)[0]?.label).toBe('443/TCP')
})
