/** One incident is one detection that grows and ends. */
import { describe, expect, it } from 'vitest'
import type { Detection, Finding } from './detection.ts'
import { START_MS } from './fakes/detector-rig.ts'
import { fakeKind } from './fakes/fake-kind.ts'
import { createIncidents, type DetectionChange } from './incidents.ts'

const FINDING: Finding = {
  key: 'a b',
  title: 'a does something to b',
  severity: 40,
  confidence: 0.5,
  technique: 'T1046',
  timeMs: START_MS,
  agent: 'a1',
  source: { ip: '192.0.2.7' },
  target: { ip: '10.0.0.9' },
  direction: 'inbound',
  evidence: { reason: 'because', facts: [], flows: [] },
  quietMs: 60_000,
}

const createRig = () => {
  const told: [DetectionChange, Detection][] = []
  const incidents = createIncidents({
    onDetection: (detection, change) => told.push([change, detection]),
  })
  const kind = fakeKind(() => ({}))
  return {
    incidents,
    told,
    changes: () => told.map(([change]) => change),
    find: (given: Partial<Finding>, nowMs = given.timeMs ?? START_MS) =>
      incidents.take(kind, { ...FINDING, ...given }, nowMs),
  }
}

describe('an incident', () => {
  it('is told when it begins, once a tick while it grows, and when it has been quiet', () => {
    const { incidents, find, changes, told } = createRig()
    find({ count: 5 })
    find({ timeMs: START_MS + 100, count: 2 })
    find({ timeMs: START_MS + 200, severity: 60 })
    expect(changes()).toEqual(['new'])
    incidents.tick(START_MS + 1000)
    incidents.tick(START_MS + 2000)
    incidents.tick(START_MS + 60_199)
    expect(changes()).toEqual(['new', 'grown'])
    incidents.tick(START_MS + 60_200)
    expect(changes()).toEqual(['new', 'grown', 'ended'])
    expect(told.at(-1)?.[1]).toMatchObject({
      state: 'ended',
      count: 8,
      severity: 60,
      label: 'high',
      firstMs: START_MS,
      lastMs: START_MS + 200,
      suppressionKey: 'fake a b',
    })
    expect(new Set(told.map(([, { id }]) => id)).size).toBe(1)
  })
  it('keeps what its worst finding said', () => {
    const { incidents, find, told } = createRig()
    find({ severity: 70, title: 'bad', evidence: { reason: 'worse', facts: [], flows: [] } })
    find({ severity: 20, title: 'harmless' })
    incidents.flush()
    expect(told.at(-1)?.[1]).toMatchObject({
      severity: 70,
      title: 'bad',
      evidence: { reason: 'worse' },
      count: 2,
    })
  })
  it('does not end while late news of it comes in', () => {
    const { incidents, find, changes } = createRig()
    find({}, START_MS + 300_000)
    incidents.tick(START_MS + 301_000)
    find({}, START_MS + 350_000)
    incidents.tick(START_MS + 400_000)
    expect(changes()).toEqual(['new', 'grown'])
  })
  it('is another one after it has ended, and in another capture the same', () => {
    const [one, two] = [createRig(), createRig()]
    for (const { find, incidents } of [one, two]) {
      find({})
      incidents.tick(START_MS + 61_000)
      find({ timeMs: START_MS + 100_000 })
      incidents.flush()
    }
    expect(one.changes()).toEqual(['new', 'ended', 'new', 'ended'])
    expect(one.told).toEqual(two.told)
    expect(one.told[0]?.[1].id).toMatch(/^[0-9a-f]{16}$/)
    expect(one.told[0]?.[1].id).not.toBe(one.told[2]?.[1].id)
  })
  it('carries at most ten flows', () => {
    const { find, told } = createRig()
    const flow = {
      src: 'a',
      srcPort: 1,
      dst: 'b',
      dstPort: 2,
      protocol: 6,
      firstMs: 0,
      lastMs: 0,
      packets: 1,
      bytes: 1,
    }
    find({ evidence: { reason: '', facts: [], flows: Array.from({ length: 50 }, () => flow) } })
    expect(told[0]?.[1].evidence.flows).toHaveLength(10)
  })
  it('ends early when there are too many, the quietest first', () => {
    const { incidents, find, told } = createRig()
    for (let i = 0; i < 10_005; i++)
      find({ key: `${i}`, timeMs: START_MS + i * 120_000, quietMs: 1e13 })
    expect(incidents.open).toBe(10_000)
    expect(
      told.filter(([change]) => change === 'ended').map(([, { suppressionKey }]) => suppressionKey),
    ).toEqual(['fake 0', 'fake 1', 'fake 2', 'fake 3', 'fake 4'])
  })
})

describe('incidents of one detector within an hour', () => {
  const flood = (count: number, given: Partial<Finding> = {}) => {
    const rig = createRig()
    for (let i = 0; i < count; i++) rig.find({ key: `${i}`, ...given, timeMs: START_MS + i })
    return rig
  }
  const begun = ({ told }: ReturnType<typeof createRig>) =>
    told.filter(([change]) => change === 'new').map(([, detection]) => detection)

  it('beyond 64 are one more that says how many, with the worst of them', () => {
    const rig = flood(1100, { direction: 'internal' })
    rig.find({ key: 'worst', severity: 70, title: 'bad', timeMs: START_MS + 2000, count: 3 })
    rig.find({ key: '1000', timeMs: START_MS + 3000 })
    expect(begun(rig)).toHaveLength(65)
    rig.incidents.flush()
    const last = rig.told.at(-1)![1]
    expect(last).toMatchObject({ severity: 70, label: 'high', count: 1036 + 3 + 1, source: {} })
    expect(last.title).toMatch(/^about 1\d{3} more, the worst: bad$/)
  })
  it('that begin inside have places that those from outside cannot take', () => {
    const rig = flood(1100)
    rig.find({ key: 'inside', direction: 'internal', title: 'a machine of ours scans' })
    expect(begun(rig)).toHaveLength(48 + 1 + 1)
    expect(begun(rig).at(-1)?.title).toBe('a machine of ours scans')
  })
  it('that are critical have 256 places of their own', () => {
    const rig = flood(300, { severity: 90 })
    expect(begun(rig)).toHaveLength(257)
    rig.find({ key: 'small', timeMs: START_MS + 1000 })
    expect(begun(rig)).toHaveLength(258)
  })
  it('have their places again in the next one, and a crowd that has ended is counted anew', () => {
    const rig = flood(100, { direction: 'internal' })
    rig.incidents.tick(START_MS + 100_000)
    rig.find({ key: 'late', timeMs: START_MS + 3_600_000 })
    expect(begun(rig).at(-1)?.suppressionKey).toBe('fake late')
    for (let i = 0; i < 70; i++)
      rig.find({ key: `again ${i}`, direction: 'internal', timeMs: START_MS + 3_600_001 })
    rig.incidents.flush()
    expect(rig.told.at(-1)![1].title).toBe('7 more, the worst: a does something to b')
  })
  it('of one key are one, whatever others begin', () => {
    const rig = createRig()
    rig.find({ key: 'first' })
    for (let i = 0; i < 200; i++) rig.find({ key: `${i}` })
    rig.find({ key: 'first' })
    rig.incidents.flush()
    expect(
      rig.told.find(
        ([change, { suppressionKey }]) => change === 'ended' && suppressionKey === 'fake first',
      )?.[1].count,
    ).toBe(2)
  })
})
