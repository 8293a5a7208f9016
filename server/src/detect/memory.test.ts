/** What detectors have learned, and the scores of devices, over a restart of the server. */
import type { DetectorKind } from '@netscope/detect/detector.ts'
import type { DeviceScore } from '@netscope/detect/anomaly/device-score.ts'
import type { DetectionEngine } from '@netscope/detect/detection-engine.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { createLearnedStore } from './learned-store.ts'
import { createDetectionMemory } from './memory.ts'
import { createScoreStore } from './score-store.ts'

const DAY_MS = 86_400_000
const kind: DetectorKind = {
  name: 'learner',
  version: 3,
  description: 'Learns.',
  techniques: [],
  create: () => ({}),
}

let state: State
let now: number
let asked: boolean[]
let tells: [string, string | undefined][]
beforeEach(() => {
  state = openState({ path: ':memory:' })
  now = 1_800_000_000_000
  asked = []
  tells = []
})
afterEach(() => state.close())

/** Tells `tells` once. */
const engine = {
  learned(all) {
    asked.push(all)
    return tells.length > 0 ? [{ kind, changes: tells.splice(0) }] : []
  },
} as Pick<DetectionEngine, 'learned'> as DetectionEngine

const rig = () => {
  const warnings: string[] = []
  const [learned, scores] = [createLearnedStore(state), createScoreStore(state)]
  const memory = createDetectionMemory(
    { scoreDays: 14 },
    {
      learned,
      scores,
      now: () => now,
      log: { warn: (_: unknown, text: string) => warnings.push(text) } as never,
    },
  )
  return { memory, scores, learned, warnings }
}

const score = (given: Partial<DeviceScore> = {}): DeviceScore => ({
  startMs: now,
  agent: 'a1',
  address: '10.0.0.5',
  deviceClass: 'printer',
  score: 0.4,
  classScore: undefined,
  learned: 300,
  needed: 288,
  isUnusual: false,
  ...given,
})
const all = { agent: 'a1', addresses: ['10.0.0.5'], fromMs: 0, toMs: 9e15, limit: 100 }

describe('what detectors have learned', () => {
  it('is asked for every five minutes and at the end, and is there at the next start', () => {
    const { memory } = rig()
    memory.tick(engine)
    now += 300_000
    tells = [
      ['a', 'one'],
      ['b', 'two'],
    ]
    memory.tick(engine)
    tells = [
      ['a', undefined],
      ['c', 'three'],
    ]
    memory.stop(engine)
    expect(asked).toEqual([false, true])
    expect([...rig().memory.learnedOf(kind)]).toEqual([
      ['b', 'two'],
      ['c', 'three'],
    ])
  })

  it('is not given to another version of the detector', () => {
    tells = [['a', 'one']]
    rig().memory.stop(engine)
    expect(rig().memory.learnedOf({ ...kind, version: 4 }).size).toBe(0)
  })

  it('waits while the database fails, and is kept when it works again', () => {
    const { memory, learned, warnings } = rig()
    const save = learned.save
    learned.save = () => {
      throw new Error('disk full')
    }
    tells = [['a', 'one']]
    for (let i = 0; i < 3; i++) {
      now += 300_000
      memory.tick(engine)
    }
    expect(warnings).toHaveLength(1)
    expect(asked).toEqual([false])
    learned.save = save
    tells = [['b', 'two']]
    memory.stop(engine)
    expect([...memory.learnedOf(kind).keys()]).toEqual(['a', 'b'])
  })
})

describe('the scores of devices', () => {
  it('are found by agent, addresses and time, the newest ones oldest first', () => {
    const { memory, scores } = rig()
    for (let i = 0; i < 5; i++) memory.scored(score({ startMs: now + i * 300_000, score: i / 10 }))
    memory.scored(score({ address: '10.0.0.6', score: undefined }))
    memory.scored(score({ agent: 'a2' }))
    memory.tick(engine)
    expect(scores.find({ ...all, limit: 2 }).map((of) => of.score)).toEqual([0.3, 0.4])
    expect(scores.find({ ...all, toMs: now + 300_000 })).toEqual([
      score({ score: 0 }),
      score({ startMs: now + 300_000, score: 0.1 }),
    ])
    expect(scores.find({ ...all, addresses: ['10.0.0.6', '10.0.0.7'] })).toMatchObject([
      { score: undefined, classScore: undefined },
    ])
  })

  it('go after scoreDays', () => {
    const { memory, scores } = rig()
    memory.scored(score())
    memory.tick(engine)
    now += 13 * DAY_MS
    memory.tick(engine)
    expect(scores.find(all)).toHaveLength(1)
    now += 2 * DAY_MS
    memory.tick(engine)
    expect(scores.find(all)).toEqual([])
  })
})
