/** Outcomes to figures. */
import { describe, expect, it } from 'vitest'
import type { Found, Outcome } from './evaluate.ts'
import { scoreOf } from './score.ts'
import { showOutcomes, showScore } from './show.ts'
import type { Truth } from './truth-table.ts'

const FOUND: Found = {
  id: '1',
  detector: 'tcp-scan',
  technique: 'T1046',
  severity: 40,
  title: 'a scan',
  count: 5,
  firstMs: 1000,
  knownMs: 3000,
  addresses: ['192.0.2.1'],
}

const outcome = (
  truth: Partial<Truth>,
  right: number,
  other: number,
  secondsToDetect?: number,
): Outcome => ({
  truth: { file: 'a.pcap', expect: 'alert', kind: 'scan', addresses: [], ...truth },
  right: Array.from({ length: right }, () => FOUND),
  other: Array.from({ length: other }, () => FOUND),
  ...(secondsToDetect !== undefined && { secondsToDetect }),
})

const OUTCOMES = [
  outcome({}, 1, 0, 2),
  outcome({}, 3, 1, 4),
  outcome({}, 0, 0),
  outcome({ kind: 'flood' }, 1, 0, 0.5),
  outcome({ expect: 'silence', kind: '' }, 0, 0),
  outcome({ expect: 'silence', kind: '' }, 0, 2),
  outcome({ expect: 'boundary', kind: '' }, 0, 1),
  { ...outcome({ expect: 'unstated', kind: '' }, 0, 1), problem: 'no capture' },
]

describe('a score', () => {
  it('counts what was found, how often and how fast, by kind', () => {
    const score = scoreOf(OUTCOMES)
    expect(score.kinds.map(({ kind }) => kind)).toEqual(['flood', 'scan'])
    expect(score.kinds[1]).toEqual({
      kind: 'scan',
      attacks: 3,
      found: 2,
      recallPercent: 66.67,
      perIncident: 2,
      medianSeconds: 4,
      slowestSeconds: 4,
    })
    expect(score.all).toMatchObject({ attacks: 4, found: 3, recallPercent: 75 })
  })
  it('counts what should not be', () => {
    expect(scoreOf(OUTCOMES)).toMatchObject({
      silent: 2,
      falseAlerts: 2,
      besideAttacks: 1,
      inUnstated: 1,
      problems: 1,
    })
  })
  it('of nothing is no failure', () => {
    expect(scoreOf([]).all).toMatchObject({ attacks: 0, recallPercent: 100 })
  })
  it('is shown as tables', () => {
    const shown = showOutcomes(OUTCOMES)
    for (const verdict of [
      'found 3 TIMES',
      'MISSED',
      'FALSE ALERT',
      'silent',
      'not read: no capture',
    ])
      expect(shown).toContain(verdict)
    expect(showScore(scoreOf(OUTCOMES))).toContain('2 of 3')
  })
})
