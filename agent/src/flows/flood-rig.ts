/** Floods over a fake kernel, and what is told of them: for tests. */
import type { FakePacket } from './fake-flow-table.ts'
import { createTrackerRig, type Reported } from './tracker-rig.ts'

export const VICTIM = '10.0.0.9'
export const [RST, ACK, SYN_ACK] = [4, 16, 18]
const SYN = 2

/** Address number `i` of many. */
const forged = (i: number): string => `198.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
export const syn = (i: number, given: Partial<FakePacket> = {}): FakePacket => ({
  src: forged(i),
  dst: VICTIM,
  srcPort: 1024 + (i % 60_000),
  dstPort: 80,
  flags: SYN,
  bytes: 40,
  ...given,
})
export const answer = (
  { src, dst, srcPort, dstPort, protocol }: FakePacket,
  flags = 0,
): FakePacket => ({
  src: dst,
  dst: src,
  srcPort: dstPort ?? 0,
  dstPort: srcPort ?? 0,
  ...(protocol !== undefined && { protocol }),
  egress: true,
  flags,
})

export const floodRig = (tableSize = 20_000) => createTrackerRig({ tableSize, condenseAbove: 100 })
type Rig = ReturnType<typeof floodRig>

/** `perSecond` packets in each of some seconds; returns how many. */
export const flood = async (
  rig: Rig,
  { seconds, perSecond, from = 0 }: { seconds: number; perSecond: number; from?: number },
  packet: (i: number) => FakePacket = syn,
): Promise<number> => {
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < perSecond; i++) {
      rig.table.packet({ ...packet(from + second * perSecond + i), timeNs: (second + 1) * 1e9 })
    }
    await rig.tick()
  }
  return seconds * perSecond
}

export const summaries = (rig: Rig): Reported[] =>
  rig.reports.filter(({ flow }) => flow.condensed > 0)
export const singles = (rig: Rig): Reported[] =>
  rig.ended().filter(({ flow }) => flow.condensed === 0)

/** What all last records hold. */
export const recorded = (rig: Rig) => {
  const sum = { packets: 0, bytes: 0, flows: 0 }
  for (const { flow } of rig.ended()) {
    sum.packets += flow.srcPackets + flow.dstPackets
    sum.bytes += flow.srcBytes + flow.dstBytes
    sum.flows += flow.condensed || 1
  }
  return sum
}
