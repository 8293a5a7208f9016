/** Drops find the flow of their 5-tuple, and only as long as that is the same flow. */
import { describe, expect, it } from 'vitest'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { KEY, SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'
import { createFakeFlowTable, type FakePacket } from '../flows/fake-flow-table.ts'
import { createFlowMemory } from '../flows/flow-memory.ts'
import { ENRICHMENT_WORDS } from '../flows/slot-words.ts'
import { createFlowDrops } from './flow-drops.ts'

const ENDPOINT_BYTES = 36
const PACKET = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 50_000, dstPort: 80 }

const createRig = () => {
  const flows = createFakeFlowTable(8)
  const memory = createFlowMemory(flows)
  const reasons = ['']
  const drops = createFlowDrops(memory, (text) => {
    if (!reasons.includes(text)) reasons.push(text)
    return reasons.indexOf(text)
  })
  const packet = (one: FakePacket): number => {
    flows.packet(one)
    return flows.slotOf(one)!
  }
  const row = (slot: number, packets: number, reason = 'QDISC_DROP') => {
    const at = slot * SLOT_BYTES + SLOT.key
    const endpoints = flows.slots.slice(at, at + ENDPOINT_BYTES)
    const protocol = flows.slots[at + KEY.protocol]!
    const tuple = { endpoints, protocol, sender: 0 } as const
    return { tuple, ifindex: 1, netns: 1, reason, packets, bytes: 0 }
  }
  const known = (slot: number) => {
    drops.enrich(slot)
    const at = slot * ENRICHMENT_WORDS
    return [
      memory.enrichment[at + ENRICHMENT.drops / 4],
      reasons[memory.enrichment[at + ENRICHMENT.dropReason / 4]!],
    ]
  }
  return { drops, packet, row, known }
}

describe('drops of a flow', () => {
  it('are added up; the reason is that of most of them', () => {
    const { drops, packet, row, known } = createRig()
    const slot = packet(PACKET)
    expect(known(slot)).toEqual([0, ''])
    drops.take([row(slot, 2), row(slot, 1, 'TCP_OLD_DATA')])
    expect(known(slot)).toEqual([3, 'QDISC_DROP'])
    drops.take([row(slot, 5, 'TCP_OLD_DATA')])
    expect(known(slot)).toEqual([8, 'TCP_OLD_DATA'])
  })

  it('are those of its 5-tuple, on each interface', () => {
    const { drops, packet, row, known } = createRig()
    const slots = [
      packet(PACKET),
      packet({ ...PACKET, ifindex: 3 }),
      packet({ ...PACKET, srcPort: 50_001 }),
      packet({ ...PACKET, protocol: 17 }),
    ]
    drops.take([row(slots[0]!, 4)])
    expect(slots.map((slot) => known(slot)[0])).toEqual([4, 4, 0, 0])
  })

  it('are not those of the flow that had the 5-tuple before', () => {
    const { drops, packet, row, known } = createRig()
    const slot = packet(PACKET)
    drops.take([row(slot, 4)])
    drops.forget(slot)
    expect(known(slot)).toEqual([0, ''])
    drops.take([row(slot, 1)])
    expect(known(slot)).toEqual([1, 'QDISC_DROP'])
  })

  it('that no flow asks for are forgotten after ten minutes, the rest is not', () => {
    const { drops, packet, row, known } = createRig()
    const [old, busy] = [packet(PACKET), packet({ ...PACKET, srcPort: 1 })]
    drops.take([row(old, 1)])
    for (let i = 0; i < 600; i++) drops.take([row(busy, 1)])
    expect([known(old)[0], known(busy)[0]]).toEqual([0, 600])
  })

  it('of more 5-tuples than are kept push out those of the oldest', () => {
    const { drops, packet, row, known } = createRig()
    const [first, last] = [packet(PACKET), packet({ ...PACKET, srcPort: 1 })]
    drops.take([row(first, 1)])
    const many = Array.from({ length: 16_383 }, (_, i) => {
      const one = row(first, 1)
      new DataView(one.tuple.endpoints.buffer).setUint32(0, i + 1)
      return one
    })
    drops.take([...many, row(last, 1)])
    expect([known(first)[0], known(last)[0]]).toEqual([0, 1])
  })
})
