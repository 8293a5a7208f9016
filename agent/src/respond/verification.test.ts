/** Tests of what passed and was dropped since a block. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { expect, test } from 'vitest'
import { createFakeFlowTable, type FakePacket } from '../flows/fake-flow-table.ts'
import { createVerifications } from './verification.ts'

const DROP = 1
const SSH = 3
const FROM = { src: '192.0.2.7', dst: '10.0.0.1', srcPort: 4000, dstPort: 80, bytes: 100 }

const create = (pinned: string[] = []) => {
  const table = createFakeFlowTable(16)
  const world = { nowMs: 1000 }
  const verifications = createVerifications({
    ...{ table, overflow: table.overflow, now: () => world.nowMs, nowNs: () => world.nowMs * 1e6 },
    pinned: () => pinned.map((text) => prefixTest(parsePrefix(text))),
  })
  const packet = (given: Partial<FakePacket> = {}) =>
    table.packet({ ...FROM, timeNs: world.nowMs * 1e6, ...given })
  return { verifications, table, world, packet }
}

test('what was before counts neither as passed nor as dropped', () => {
  const { verifications, packet, world } = create()
  packet({ packets: 5 })
  verifications.begin(['192.0.2.7'])
  world.nowMs = 2000
  packet({ verdict: DROP, packets: 3 })
  packet({ verdict: DROP, srcPort: 4001 })
  expect(verifications.verify('192.0.2.7')).toEqual({
    ...{ prefix: '192.0.2.7', sinceMs: 1000, nowMs: 2000, flows: 2 },
    ...{ passedPackets: 0, passedBytes: 0, droppedPackets: 4, droppedBytes: 200 },
    ...{ sshPackets: 0, unattributedPackets: 0 },
  })
})

test('what passes all the same is told, in both directions, and of no other address', () => {
  const { verifications, packet } = create()
  verifications.begin(['192.0.2.0/24'])
  packet()
  packet({ src: FROM.dst, dst: FROM.src, srcPort: 80, dstPort: 4000 })
  packet({ src: '198.51.100.1' })
  expect(verifications.verify('192.0.2.0/24').passedPackets).toBe(2)
})

test('a flow that ends meanwhile is not forgotten', () => {
  const { verifications, packet, table, world } = create()
  packet({ packets: 5 })
  verifications.begin(['192.0.2.7'])
  world.nowMs = 2000
  packet({ packets: 2 })
  const slot = table.slotOf(FROM)!
  verifications.forget(slot)
  table.slots.fill(0)
  expect(verifications.verify('192.0.2.7')).toMatchObject({ passedPackets: 2, flows: 1 })
})

test('SSH and pinned addresses pass, and are no failure of the block; what passed of SSH is told', () => {
  const { verifications, packet } = create(['192.0.2.50'])
  packet({ dstPort: 22, verdict: SSH, packets: 4 })
  verifications.begin(['192.0.2.0/24'])
  packet({ dstPort: 22, verdict: SSH, packets: 3 })
  packet({ src: '192.0.2.50' })
  packet({ verdict: DROP })
  expect(verifications.verify('192.0.2.0/24')).toMatchObject({
    passedPackets: 0,
    droppedPackets: 1,
    sshPackets: 3,
  })
})

test('who asks for the first time begins then, and packets without an entry are counted apart', () => {
  const { verifications, packet } = create()
  packet({ packets: 5 })
  expect(verifications.verify('192.0.2.7').passedPackets).toBe(0)
  for (let i = 0; i < 20; i++) packet({ srcPort: 5000 + i })
  const { passedPackets, unattributedPackets } = verifications.verify('192.0.2.7')
  expect([passedPackets, unattributedPackets]).toEqual([15, 5])
})

test('so many are watched at a time, the oldest is forgotten', () => {
  const { verifications, packet, world } = create()
  verifications.begin(['192.0.2.7'])
  packet()
  world.nowMs = 5000
  verifications.begin(Array.from({ length: 256 }, (_, i) => `10.9.0.${i}`))
  expect(verifications.verify('192.0.2.7')).toMatchObject({ sinceMs: 5000, passedPackets: 0 })
  expect(() => verifications.verify('nobody')).toThrow('nobody')
})
