/** The engine's clock, and what reaches the detectors. */
import { detectSection } from '@netscope/core/config/detect.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import { describe, expect, it } from 'vitest'
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import { createDetectionEngine } from './detection-engine.ts'
import type { Detection } from './detection.ts'
import type { Detector, DetectorDeps } from './detector.ts'
import { START_MS } from './fakes/detector-rig.ts'
import { fakeKind } from './fakes/fake-kind.ts'
import {
  emptyRecords,
  fakeContext,
  type FakeFlowRecord,
  writeRecord,
} from './fakes/flow-records.ts'
import type { DetectionChange } from './incidents.ts'

const ARP: ArpObservation = {
  kind: 'arp',
  timeMs: START_MS,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'INGRESS',
  srcMac: '02:00:00:00:00:01',
  dstMac: 'ff:ff:ff:ff:ff:ff',
  operation: 'request',
  senderMac: '02:00:00:00:00:01',
  senderIp: '10.0.0.1',
  targetMac: '00:00:00:00:00:00',
  targetIp: '10.0.0.9',
  unicast: false,
  senderMismatch: false,
  targetMismatch: false,
  gratuitous: false,
  probe: false,
}

const createRig = (create: (deps: DetectorDeps) => Detector) => {
  const told: [DetectionChange, Detection][] = []
  const engine = createDetectionEngine(
    { settings: defaultsOf(detectSection), kinds: [fakeKind(create)] },
    {
      surroundings: { isLocal: (address) => address.startsWith('10.'), isOwn: () => false },
      onDetection: (detection, change) => told.push([change, detection]),
    },
  )
  const reader = emptyRecords(1, fakeContext('a1', START_MS)).seek(0)
  return {
    engine,
    told,
    changes: () => told.map(([change]) => change),
    record: (given: Partial<FakeFlowRecord>) => engine.record(writeRecord(reader, given)),
  }
}

const ticksOf = (moments: readonly number[]): number[] => {
  const ticks: number[] = []
  const { engine } = createRig(() => ({ tick: (nowMs) => ticks.push(nowMs - START_MS) }))
  for (const moment of moments) engine.tick(START_MS + moment)
  return ticks
}

const finding = (timeMs: number) => ({
  key: 'k',
  title: 't',
  severity: 40,
  confidence: 1,
  technique: 'T1046',
  timeMs,
  agent: 'a1',
  source: {},
  target: {},
  direction: 'inbound' as const,
  evidence: { reason: 'r', facts: [], flows: [] },
  quietMs: 10_000,
})

describe('the clock', () => {
  it('ticks once a second, also where its caller is late', () => {
    expect(ticksOf([0, 400, 1000, 1100, 4500, 5400])).toEqual([1000, 2000, 3000, 4000, 5000])
  })
  it('ticks before the second is over when records have come, but not for each of them', () => {
    const ticks: number[] = []
    const { engine } = createRig(() => ({ tick: (nowMs) => ticks.push(nowMs - START_MS) }))
    engine.tick(START_MS)
    const soon = [100, 300, 320, 900, 950].map((moment) => engine.tick(START_MS + moment, true))
    // Who is too soon asks again, or what came would wait for the next second.
    expect(soon).toEqual([false, true, false, true, false])
    expect(ticks).toEqual([300, 900])
    engine.tick(START_MS + 1500)
    engine.tick(START_MS + 1900)
    expect(ticks).toEqual([300, 900, 1900])
  })
  it('stands still for moments that are a little late', () => {
    expect(ticksOf([0, 1000, 500, -50_000, 2000])).toEqual([1000, 2000])
  })
  it('gets over a gap of years in less than two hundred ticks, each later than the one before', () => {
    const ticks = ticksOf([0, 1e12, 1e12 + 1000])
    expect(ticks.length).toBeLessThan(200)
    expect(ticks.slice(-2)).toEqual([1e12, 1e12 + 1000])
    expect(ticks.every((tick, i) => i === 0 || tick > ticks[i - 1]!)).toBe(true)
  })
  it('begins anew when it is set back', () => {
    let created = 0
    const { engine, changes } = createRig(({ report }) => {
      created++
      return { tick: (nowMs) => nowMs === START_MS + 1000 && report(finding(nowMs)) }
    })
    engine.tick(START_MS)
    engine.tick(START_MS + 1000)
    engine.tick(START_MS - 3_600_000)
    expect([created, changes()]).toEqual([2, ['new', 'ended']])
  })
  it('is not moved by records; those from far ahead are a minute ahead', () => {
    const times: number[] = []
    const { engine, record } = createRig(() => ({
      flow: ({ timeMs, firstMs }) => times.push(timeMs - START_MS, firstMs - START_MS),
    }))
    engine.tick(START_MS)
    record({ firstNs: 1e9, lastNs: 1e18 })
    record({ slot: 1, firstNs: 1e9, lastNs: 2e9 })
    expect(times).toEqual([60_000, 1000, 2000, 1000])
  })
})

describe('the engine', () => {
  it('hands records and observations to the detectors and counts them', () => {
    const seen: unknown[] = []
    const { engine, record } = createRig(({ isLocal }) => ({
      flow: ({ src, dst, newSrcPackets }) => seen.push([isLocal(src), isLocal(dst), newSrcPackets]),
      observation: ({ kind, timeMs }, agent) => seen.push([kind, timeMs - START_MS, agent]),
    }))
    engine.tick(START_MS)
    record({ srcPackets: 4 })
    record({ srcPackets: 9 })
    engine.observation(ARP, 'a2')
    engine.observation({ ...ARP, timeMs: START_MS + 1e12 }, 'a2')
    expect(seen).toEqual([
      [false, true, 4],
      [false, true, 5],
      ['arp', 0, 'a2'],
      ['arp', 60_000, 'a2'],
    ])
    expect(engine.stats()).toMatchObject({ records: 2, observations: 2, failures: {} })
  })
  it('goes on when a detector fails, and says so', () => {
    let ticks = 0
    const { engine, record } = createRig(() => ({
      flow: () => {
        throw new Error('a fault')
      },
      tick: () => ticks++,
    }))
    engine.tick(START_MS)
    record({})
    record({ slot: 1 })
    engine.tick(START_MS + 1000)
    expect([ticks, engine.stats().failures]).toEqual([1, { fake: 2 }])
  })
  it('keeps agents apart and can forget the flows of one', () => {
    const news: number[] = []
    const { engine, record } = createRig(() => ({
      flow: ({ newSrcPackets }) => news.push(newSrcPackets),
    }))
    record({ srcPackets: 4 })
    const other = emptyRecords(1, fakeContext('a2', START_MS)).seek(0)
    engine.record(writeRecord(other, { srcPackets: 5 }))
    engine.forget('a1')
    record({ srcPackets: 6 })
    engine.record(writeRecord(other, { srcPackets: 6 }))
    expect(news).toEqual([4, 5, 6, 1])
  })
  it('ends what is open when nothing more comes', () => {
    const { engine, changes, record } = createRig(({ report }) => ({
      flow: ({ timeMs }) => report(finding(timeMs)),
    }))
    engine.tick(START_MS)
    record({})
    engine.flush()
    engine.flush()
    expect(changes()).toEqual(['new', 'ended'])
  })
  it('flushes without having been told anything', () => {
    const { engine, changes } = createRig(() => ({}))
    engine.flush()
    expect(changes()).toEqual([])
  })
})

it('learns anew where what was learned is damaged, and says so', () => {
  const kind = {
    ...fakeKind(() => ({})),
    create: (_settings: unknown, _deps: DetectorDeps, learned?: ReadonlyMap<string, string>) => {
      if (learned?.get('k') === 'damaged') throw new Error('damaged')
      return { learned: () => [['k', 'new']] as const }
    },
  }
  const engine = createDetectionEngine(
    {
      settings: defaultsOf(detectSection),
      kinds: [kind],
      learnedOf: () => new Map([['k', 'damaged']]),
    },
    { surroundings: { isLocal: () => true, isOwn: () => false }, onDetection: () => undefined },
  )
  expect(engine.stats().failures).toEqual({ fake: 1 })
  expect(engine.learned(true)).toMatchObject([{ changes: [['k', 'new']] }])
})
