/** Windows of devices that are unlike what was before. */
import { beforeEach, describe, expect, it } from 'vitest'
import { detectSection, type DetectSection } from '@netscope/core/config/detect.ts'
import type { Finding } from '../detection.ts'
import type { Detector, Learned } from '../detector.ts'
import { answered, flowStep, START_MS } from '../fakes/detector-rig.ts'
import { anomalyKind } from './anomaly.ts'
import type { DeviceScore } from './device-score.ts'
import { createRandom } from './random.ts'
import { WINDOW_MS } from './window-columns.ts'

const DEFAULTS = Object.fromEntries(
  Object.entries(detectSection.properties).map(([name, key]) => [name, key.default]),
) as DetectSection
const DAY = 288

let findings: Finding[]
let scores: DeviceScore[]
let detector: Detector
let random: ReturnType<typeof createRandom>
let window: number

const create = (classOf?: (address: string) => string, learned?: Learned): Detector =>
  anomalyKind.create(
    DEFAULTS,
    {
      isLocal: (address) => address.startsWith('10.'),
      isOwn: () => false,
      report: (finding) => findings.push(structuredClone(finding)),
      scored: (score) => scores.push(score),
      ...(classOf && { classOf }),
    },
    learned,
  )

const start = (classOf?: (address: string) => string): void => {
  findings = []
  scores = []
  random = createRandom(5)
  window = 0
  detector = create(classOf)
  detector.tick!(START_MS)
}
beforeEach(() => start())

const timeMs = (): number => START_MS + window * WINDOW_MS + random.below(WINDOW_MS - 1000)

/** A web page or so; `factor` times as many bytes up as usual. */
const visit = (device: string, factor = 1): void => {
  const size = 2 ** (10 + 4 * random.next())
  detector.flow!(
    answered({
      timeMs: timeMs(),
      src: device,
      dst: `198.51.100.${random.below(20)}`,
      direction: 'outbound',
      srcPackets: 10 * factor,
      srcBytes: 600 * factor,
      dstPackets: 10,
      dstBytes: size,
    }),
  )
}

/** Lets the window pass, in which `extra` happens beside what is usual. */
const pass = (devices: readonly string[], extra: () => void = () => {}): void => {
  for (const device of devices)
    for (let flows = 5 + random.below(20); flows > 0; flows--) visit(device)
  extra()
  window++
  for (let second = 0; second < 4; second++)
    detector.tick!(START_MS + window * WINDOW_MS + second * 1000)
}

const learn = (devices: readonly string[], windows = DAY): void => {
  for (let i = 0; i < windows; i++) pass(devices)
}

const upload = (device: string) => () => {
  for (let i = 0; i < 10; i++) visit(device, 20_000)
}

const scan = (device: string) => () => {
  for (let port = 1; port <= 1500; port++)
    detector.flow!(
      flowStep({
        timeMs: timeMs(),
        src: device,
        dst: '10.0.0.99',
        dstPort: port,
        direction: 'outbound',
      }),
    )
}

describe('before enough was learned', () => {
  it('it says so, gives no score and finds nothing', () => {
    learn(['10.0.0.5'], 100)
    pass(['10.0.0.5'], upload('10.0.0.5'))
    expect(findings).toEqual([])
    expect(scores.at(-1)).toMatchObject({
      address: '10.0.0.5',
      score: undefined,
      learned: 100,
      needed: 288,
    })
    expect(scores.some(({ score }) => score !== undefined)).toBe(false)
  })

  it('a class that is known is what the device is compared with, in words', () => {
    start(() => 'camera')
    const cameras = ['10.0.0.5', '10.0.0.6', '10.0.0.7', '10.0.0.8']
    learn(cameras, DAY / 4 + 2)
    pass(['10.0.0.9'], upload('10.0.0.9'))
    expect(scores.at(-1)).toMatchObject({
      address: '10.0.0.9',
      score: undefined,
      deviceClass: 'camera',
    })
    expect(scores.at(-1)!.classScore).toBeGreaterThan(0.6)
    expect(findings.map(({ title }) => title).join()).toContain('devices of its class (camera)')
  })
})

describe('after a day', () => {
  it('an upload is one finding that names what made it, with value and usual range', () => {
    learn(['10.0.0.5', '10.0.0.6'])
    pass(['10.0.0.5', '10.0.0.6'], upload('10.0.0.5'))
    expect(findings).toHaveLength(1)
    const [{ evidence, ...finding }] = findings as [Finding]
    expect(finding).toMatchObject({
      key: '10.0.0.5',
      source: { ip: '10.0.0.5' },
      technique: 'T1048',
      firstMs: START_MS + DAY * WINDOW_MS,
      timeMs: START_MS + (DAY + 1) * WINDOW_MS,
    })
    expect(finding.severity).toBeGreaterThanOrEqual(20)
    expect(finding.severity).toBeLessThan(60)
    const sent = evidence.facts.find(({ name }) => name === 'bytes sent')
    expect(sent?.value).toBeGreaterThan(120_000_000)
    expect(sent?.threshold).toMatch(/^usually [\d.]+ kB – [\d.]+ kB, median /)
    expect(evidence.reason).toMatch(
      /score 0\.\d+, where 99.9 % of 288 windows .* bytes sent 12\d MB/,
    )
  })

  it('a scan is found by peers, ports and failures; the target, which never answers, is no device', () => {
    learn(['10.0.0.5'])
    pass(['10.0.0.5'], scan('10.0.0.5'))
    expect(findings.map(({ key }) => key)).toEqual(['10.0.0.5'])
    const names = findings[0]!.evidence.facts.map(({ name }) => name)
    expect(names).toContain('distinct destination ports')
    expect(names).toContain('connections not accepted')
  })

  it('two more days of the same find nothing, nor does a device that falls silent or does less', () => {
    learn(['10.0.0.5', '10.0.0.6'], 3 * DAY)
    learn([], 20)
    pass([], () => visit('10.0.0.5'))
    expect(findings).toEqual([])
    expect(scores.filter(({ score }) => score !== undefined).length).toBeGreaterThan(500)
    for (const { score = 0.5 } of scores) expect(score > 0 && score < 1).toBe(true)
  })

  it('what was found is not learned: the same upload is found the next day too, as is one that goes on', () => {
    learn(['10.0.0.5'])
    for (let i = 0; i < 30; i++) pass(['10.0.0.5'], upload('10.0.0.5'))
    learn(['10.0.0.5'], DAY)
    pass(['10.0.0.5'], upload('10.0.0.5'))
    expect(findings).toHaveLength(31)
    expect(new Set(findings.map(({ key }) => key)).size).toBe(1)
  })

  it('a device that always did so stays unsuspected', () => {
    for (let i = 0; i < DAY + 20; i++) pass(['10.0.0.5'], upload('10.0.0.5'))
    expect(findings).toEqual([])
  })
})

describe('what it counts', () => {
  it('nothing of a window of which it saw only a part', () => {
    start()
    detector.tick!(START_MS + WINDOW_MS + WINDOW_MS / 4)
    window = 1
    pass(['10.0.0.5'])
    expect(scores).toEqual([])
  })

  it('no forged address: a packet without an answer teaches nothing', () => {
    pass([], () => {
      for (let i = 0; i < 5000; i++)
        detector.flow!(flowStep({ timeMs: timeMs(), src: `10.7.${i >> 8}.${i & 255}` }))
    })
    expect(scores).toEqual([])
  })

  it('each flow once, by the agent that runs on the device, where several agents see it', () => {
    pass([], () => {
      for (const agent of ['router', 'own', 'router', 'own'])
        detector.flow!(
          answered({
            timeMs: timeMs(),
            agent,
            src: '10.0.0.5',
            direction: agent === 'own' ? 'outbound' : 'forwarded',
          }),
        )
    })
    expect(scores.map(({ address, agent }) => `${address} ${agent}`)).toEqual([
      '10.0.0.5 own',
      '10.0.0.9 router',
    ])
  })

  it('the same traffic gives the same findings', () => {
    const all = [0, 1].map(() => {
      start()
      learn(['10.0.0.5'])
      pass(['10.0.0.5'], upload('10.0.0.5'))
      return JSON.stringify([findings, scores])
    })
    expect(all[0]).toBe(all[1])
  })
})

describe('over a restart', () => {
  /** What is kept, by key; asked for each window, as the server does more often. */
  let kept: Map<string, string>
  const keep = (all = false): void => {
    for (const [key, text] of detector.learned!(all))
      if (text === undefined) kept.delete(key)
      else kept.set(key, text)
  }
  const restart = (classOf?: (address: string) => string): void => {
    detector = create(classOf, kept)
    detector.tick!(START_MS + window * WINDOW_MS)
    for (let i = 1; i < 9; i++) detector.tick!(START_MS + window * WINDOW_MS + i * 1000)
  }
  beforeEach(() => {
    kept = new Map()
  })

  it('a device is judged by what it did before, and its peers are no new ones', () => {
    learn(['10.0.0.5'])
    keep(true)
    restart()
    pass(['10.0.0.5'])
    expect(scores.at(-1)).toMatchObject({ learned: DAY, needed: DAY, isUnusual: false })
    expect(scores.at(-1)!.score).toBeLessThan(0.6)
    pass(['10.0.0.5'], upload('10.0.0.5'))
    expect(findings.map(({ key }) => key)).toEqual(['10.0.0.5'])
  })

  it('so is a device of a known class', () => {
    start(() => 'camera')
    learn(['10.0.0.5', '10.0.0.6', '10.0.0.7', '10.0.0.8'], DAY / 4 + 2)
    keep(true)
    restart(() => 'camera')
    pass(['10.0.0.9'], upload('10.0.0.9'))
    expect(findings.map(({ title }) => title).join()).toContain('devices of its class (camera)')
  })

  it('at most an hour of windows is lost, and nothing is written more often', () => {
    let written = 0
    for (let i = 0; i < 120; i++) {
      pass(['10.0.0.5'])
      const before = kept.get('10.0.0.5')
      keep()
      if (kept.get('10.0.0.5') !== before) written++
    }
    expect(written).toBeLessThanOrEqual(11)
    restart()
    pass(['10.0.0.5'])
    expect(scores.at(-1)!.learned).toBeGreaterThanOrEqual(108)
  })

  it('what is damaged is learned anew, the rest is not', () => {
    learn(['10.0.0.5', '10.0.0.6'], 30)
    keep(true)
    kept.set('10.0.0.5', kept.get('10.0.0.5')!.replace('"windows":"', '"windows":"AAAA'))
    restart()
    pass(['10.0.0.5', '10.0.0.6'])
    expect(scores.slice(-2).map(({ address, learned }) => [address, learned])).toEqual(
      expect.arrayContaining([
        ['10.0.0.5', 0],
        ['10.0.0.6', 30],
      ]),
    )
  })

  it('who has made room for others is forgotten', () => {
    learn(['10.0.0.5'], 3)
    keep(true)
    expect([...kept.keys()]).toEqual(['10.0.0.5'])
    for (let i = 0; i < 3; i++) pass(Array.from({ length: 200 }, (_, n) => `10.${i}.1.${n}`))
    keep(true)
    expect(kept.has('10.0.0.5')).toBe(false)
  })
})
