/** What a record adds to the one before. */
import { describe, expect, it } from 'vitest'
import { createAddressTexts } from './address-texts.ts'
import {
  emptyRecords,
  fakeContext,
  type FakeFlowRecord,
  writeRecord,
} from './fakes/flow-records.ts'
import { createRecordSteps } from './record-step.ts'

const WALL_MS = 1_768_435_200_000

const createRig = () => {
  const steps = createRecordSteps('a1', createAddressTexts())
  const reader = emptyRecords(1, fakeContext('a1', WALL_MS)).seek(0)
  return (given: Partial<FakeFlowRecord>, nowMs = WALL_MS) => ({
    ...steps.step(writeRecord(reader, given), (timeMs) => timeMs, nowMs),
    record: undefined,
  })
}

describe('a step', () => {
  it('says since when the agent had told nothing, as long as the moment is the same', () => {
    const step = createRig()
    const spans = [0, 1000, 14_000, 14_000, 15_000, Number.NaN].map(
      (ms) => step({}, WALL_MS + ms).spanMs,
    )
    expect(spans).toEqual([1000, 1000, 13_000, 13_000, 1000, 1000])
  })

  it('says since when it was told of the flow, up to ten seconds', () => {
    const step = createRig()
    const of = (slot: number, ms: number) => step({ slot }, WALL_MS + ms).spanMs
    for (let second = 0; second < 30; second++) of(1, 1000 * second)
    expect([of(2, 29_000), of(1, 30_000), of(2, 36_000), of(1, 37_000)]).toEqual([
      1000, 1000, 7000, 7000,
    ])
  })

  it('says who, when and how much', () => {
    const step = createRig()({ firstNs: 1e9, lastNs: 2_500_000_000, dstPackets: 3, dstBytes: 200 })
    expect(step).toMatchObject({
      agent: 'a1',
      src: '192.0.2.7',
      dst: '10.0.0.9',
      srcPort: 40_000,
      dstPort: 443,
      protocol: 6,
      direction: 'inbound',
      firstMs: WALL_MS + 1000,
      timeMs: WALL_MS + 2500,
      isFirst: true,
      end: '',
      newSrcPackets: 1,
      newDstPackets: 3,
      newDstBytes: 200,
      srcSyn: 1,
    })
  })
  it.each([0, 1] as const)('has only what is new since the record before (client %i)', (client) => {
    const take = createRig()
    take({ client, srcPackets: 5, srcBytes: 500, dstPackets: 1, dstBytes: 60 })
    expect(
      take({ client, srcPackets: 7, srcBytes: 900, dstPackets: 4, dstBytes: 360 }),
    ).toMatchObject({
      src: '192.0.2.7',
      isFirst: false,
      srcPackets: 7,
      newSrcPackets: 2,
      newSrcBytes: 400,
      newDstPackets: 3,
      newDstBytes: 300,
    })
  })
  it('keeps slots apart, however far', () => {
    const take = createRig()
    take({ slot: 1, srcPackets: 5 })
    expect(take({ slot: 4_000_000, srcPackets: 6 }).isFirst).toBe(true)
    expect(take({ slot: 1, srcPackets: 6 })).toMatchObject({ isFirst: false, newSrcPackets: 1 })
  })
  it('begins anew after the end of a flow', () => {
    const take = createRig()
    take({ srcPackets: 5 })
    expect(take({ srcPackets: 6, end: 2 })).toMatchObject({ end: 'closed', newSrcPackets: 1 })
    expect(take({ srcPackets: 6 })).toMatchObject({ isFirst: true, newSrcPackets: 6 })
  })
  it('begins anew when the slot has another flow whose end was not seen', () => {
    const take = createRig()
    take({ srcPackets: 5, firstNs: 1e9 })
    expect(take({ srcPackets: 9, firstNs: 2e9 })).toMatchObject({ isFirst: true, newSrcPackets: 9 })
    expect(take({ srcPackets: 8, firstNs: 2e9 })).toMatchObject({ isFirst: true, newSrcPackets: 8 })
  })
  it('leaves the flow of a slot alone when the end of another one comes late', () => {
    const take = createRig()
    take({ srcPackets: 5, firstNs: 2e9 })
    expect(take({ srcPackets: 9, firstNs: 1e9, end: 2 })).toMatchObject({
      isFirst: true,
      newSrcPackets: 9,
    })
    expect(take({ srcPackets: 6, firstNs: 2e9 })).toMatchObject({
      isFirst: false,
      newSrcPackets: 1,
    })
  })
  it('writes addresses in canonical form', () => {
    const take = createRig()
    expect(take({ src: '2001:db8::1', dst: 'fe80::2' })).toMatchObject({
      src: '2001:db8::1',
      dst: 'fe80::2',
    })
  })
})

describe('texts of addresses', () => {
  it('are right for more addresses than are kept', () => {
    const take = createRig()
    for (let i = 0; i < 200_000; i++) {
      const src = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
      if (i % 37 === 0) expect(take({ slot: i & 1023, src, firstNs: 1e9 + i }).src).toBe(src)
    }
    const same = take({ src: '10.0.0.1' }).src
    expect(take({ src: '10.0.0.1' }).src).toBe(same)
  })
})
