/** What is taken for a flood, and what its summary says. */
import { describe, expect, it } from 'vitest'
import type { FakePacket } from './fake-flow-table.ts'
import { ACK, answer, flood, floodRig, summaries, syn, SYN_ACK, VICTIM } from './flood-rig.ts'

const [UDP, ICMP] = [17, 1]

describe('kinds of floods', () => {
  it.each<[string, (i: number) => FakePacket, Record<string, unknown>]>([
    [
      'half-open connections that the victim answers',
      (i) => syn(i),
      { dstPort: 80, handshake: 'unanswered' },
    ],
    [
      'reflected SYN-ACKs',
      (i) => syn(i, { srcPort: 443, dstPort: i % 60_000, flags: SYN_ACK }),
      { srcPort: 443, dstPort: 0, synAckCount: 1000 },
    ],
    [
      'UDP to one port',
      (i) => syn(i, { protocol: UDP, flags: 0, dstPort: 9999 }),
      { protocol: 'UDP', srcPort: 0, dstPort: 9999 },
    ],
    [
      'amplified answers',
      (i) => syn(i, { protocol: UDP, flags: 0, srcPort: 53, dstPort: i % 60_000 }),
      { protocol: 'UDP', srcPort: 53, dstPort: 0 },
    ],
    [
      'UDP to any port',
      (i) => syn(i, { protocol: UDP, flags: 0, dstPort: (i * 7919) % 60_000 }),
      { protocol: 'UDP', srcPort: 0, dstPort: 0 },
    ],
    [
      'echo requests',
      (i) => syn(i, { protocol: ICMP, flags: 0, srcPort: 8, dstPort: 0 }),
      { protocol: 'ICMP', srcPort: 8, dstPort: 0 },
    ],
    [
      'fragments without a beginning',
      (i) => syn(i, { protocol: UDP, flags: 0, srcPort: 0, dstPort: 0, fragment: true }),
      { fragment: 1 },
    ],
    ['stray ACKs', (i) => syn(i, { flags: ACK }), { dstPort: 80, handshake: 'midstream' }],
  ])('sums up %s', async (name, packet, expected) => {
    const rig = floodRig()
    for (let second = 0; second < 3; second++) {
      for (let i = 0; i < 1000; i++) {
        rig.table.packet(packet(second * 1000 + i))
        if (name.includes('answers') && !name.includes('amplified'))
          rig.table.packet(answer(packet(second * 1000 + i), SYN_ACK))
      }
      await rig.tick()
    }
    await rig.tick(6)
    expect(summaries(rig).length).toBeGreaterThan(0)
    expect(summaries(rig).at(-1)!.flow).toMatchObject({ src: '0.0.0.0', dst: VICTIM, ...expected })
    expect(new Set(rig.live().map(({ slot }) => slot)).size).toBeLessThan(400)
  })

  it('names the source where there is only one', async () => {
    const rig = floodRig()
    await flood(rig, { seconds: 3, perSecond: 1000 }, (i) => syn(i, { src: '198.51.100.7' }))
    await rig.tick(6)
    const { flow } = summaries(rig).at(-1)!
    expect(flow).toMatchObject({
      src: '198.51.100.7',
      srcPort: 0,
      dst: VICTIM,
      dstPort: 80,
      sources: 1,
    })
  })

  it('sums up floods over IPv6', async () => {
    const rig = floodRig()
    await flood(rig, { seconds: 3, perSecond: 1000 }, (i) =>
      syn(i, { src: `2001:db8::${i.toString(16)}`, dst: '2001:db8:1::9' }),
    )
    await rig.tick(6)
    expect(summaries(rig).at(-1)!.flow).toMatchObject({
      src: '::',
      dst: '2001:db8:1::9',
      condensed: 1000,
    })
  })
})
