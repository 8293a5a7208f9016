/** Tests of counting connections that pass through. */
import { expect, test } from 'vitest'
import { createFakeFlowTable, type FakePacket } from '../flows/fake-flow-table.ts'
import { countForwarded } from './forwarded-connections.ts'

const CLIENT = { src: '192.0.2.7', dst: '10.0.0.2', srcPort: 4000, dstPort: 443, forwarded: true }
const back = ({ src, dst, srcPort, dstPort, ...rest }: FakePacket): FakePacket => ({
  ...{ src: dst, dst: src, srcPort: dstPort!, dstPort: srcPort!, ...rest },
})
const create = (...packets: FakePacket[]) => {
  const table = createFakeFlowTable(16)
  for (const one of packets) table.packet(one)
  return (given: object = {}) => countForwarded(table, { prefix: '192.0.2.0/24', ...given })
}

test('a connection counts once, though it passes two interfaces', () => {
  const both = [CLIENT, back(CLIENT)]
  const count = create(...both, ...both.map((one) => ({ ...one, ifindex: 3 })))
  expect(count()).toBe(1)
  expect([count({ port: 443 }), count({ port: 80 })]).toEqual([1, 0])
  expect([count({ protocol: 6 }), count({ protocol: 17 })]).toEqual([1, 0])
  expect(count({ prefix: '198.51.100.0/24' })).toBe(0)
})

test.each([
  ['is ours', [{ ...CLIENT, forwarded: false }, back({ ...CLIENT, forwarded: false })]],
  ['nobody answered', [CLIENT]],
  ['has ended', [CLIENT, { ...back(CLIENT), flags: 0x01 }]],
  [
    'is no TCP',
    [
      { ...CLIENT, protocol: 17 },
      { ...back(CLIENT), protocol: 17 },
    ],
  ],
  ['was dropped', [CLIENT, { ...back(CLIENT), verdict: 1 }]],
])('one that %s does not', (_, packets) => {
  expect(create(...packets)()).toBe(0)
})
