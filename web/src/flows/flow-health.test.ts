/** Whose round trips and losses a row shows. */
import { expect, it } from 'vitest'
import { fakeFlow } from './fakes/flow.ts'
import { healthOf, retransmissionsOf, slowestSide, whyUnknown } from './flow-health.ts'

const CLIENT = { srcTcpState: 'established', srcPackets: 1000 } as const

it('knows nothing of a side whose socket was never seen, and says why', () => {
  const flow = fakeFlow({ dstPackets: 50 })
  expect([healthOf(flow, 'src'), healthOf(flow, 'dst')]).toEqual([undefined, undefined])
  expect(retransmissionsOf(flow)).toBeUndefined()
  expect(whyUnknown(flow)).toContain('not on this host')
  expect(whyUnknown(fakeFlow({ protocol: 'ICMP' }))).toContain('this is ICMP')
})

it('shows none resent, not unknown, for a socket that has lost nothing', () => {
  expect(retransmissionsOf(fakeFlow(CLIENT))).toEqual({
    count: 0,
    packets: 1000,
    share: 0,
    lossy: false,
  })
})

it('takes the longer round trip of two known sides, and never one that is not measured', () => {
  const both = { ...CLIENT, dstTcpState: 'established', srcRttMs: 2, dstRttMs: 30 } as const
  expect(slowestSide(fakeFlow(both))).toMatchObject({ side: 'dst', rttMs: 30 })
  expect(slowestSide(fakeFlow({ ...both, dstRttMs: 0 }))).toMatchObject({ side: 'src' })
  expect(slowestSide(fakeFlow(CLIENT))).toBeUndefined()
})

it('calls a connection lossy above one per cent, not at it', () => {
  expect(retransmissionsOf(fakeFlow({ ...CLIENT, srcRetransmits: 10 }))?.lossy).toBe(false)
  expect(retransmissionsOf(fakeFlow({ ...CLIENT, srcRetransmits: 11 }))?.lossy).toBe(true)
})

it('divides by the packets of the sides that were measured, not by those of the other', () => {
  const flow = fakeFlow({ ...CLIENT, srcRetransmits: 20, dstPackets: 1_000_000 })
  expect(retransmissionsOf(flow)).toMatchObject({ packets: 1000, share: 0.02 })
})

it('never shows more than all packets as resent', () => {
  expect(retransmissionsOf(fakeFlow({ ...CLIENT, srcPackets: 2, srcRetransmits: 9 }))?.share).toBe(
    1,
  )
})
