/** Tunnels through ICMP echo, beside pings. */
import { describe, expect, it } from 'vitest'
import { createDetectorRig, flowStep, START_MS } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { icmpTunnelKind } from './icmp-tunnel.ts'

interface Second {
  requests: number
  bytes: number
  answers?: number
  answerBytes?: number
}

/** Live records: one a second. */
const ping = (seconds: number, of: (i: number) => Second, given: Partial<FlowStep> = {}) => {
  const rig = createDetectorRig(icmpTunnelKind)
  const total = { srcPackets: 0, srcBytes: 0, dstPackets: 0, dstBytes: 0 }
  for (let i = 0; i < seconds; i++) {
    const { requests, bytes, answers = requests, answerBytes = bytes } = of(i)
    total.srcPackets += requests
    total.srcBytes += requests * bytes
    total.dstPackets += answers
    total.dstBytes += answers * answerBytes
    rig.flow(
      flowStep({
        src: '10.0.0.5',
        dst: '198.51.100.7',
        protocol: 1,
        srcPort: 8,
        dstPort: 0,
        timeMs: START_MS + 1000 * i,
        firstMs: START_MS,
        isFirst: i === 0,
        ...total,
        newSrcPackets: requests,
        newSrcBytes: requests * bytes,
        newDstPackets: answers,
        newDstBytes: answers * answerBytes,
        ...given,
      }),
    )
  }
  return rig
}

describe('a tunnel through ICMP', () => {
  it('whose answers are larger than its requests is found, once', () => {
    const { findings, keys } = ping(60, () => ({ requests: 5, bytes: 60, answerBytes: 900 }))
    expect(keys()).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      severity: 75,
      source: { ip: '10.0.0.5' },
      target: { ip: '198.51.100.7' },
      direction: 'outbound',
    })
    expect(findings[0]!.evidence.reason).toContain('answered with 900 bytes')
  })
  it('that pushes answers is found', () => {
    const { findings } = ping(60, () => ({ requests: 2, bytes: 84, answers: 20 }))
    expect(findings[0]?.evidence.reason).toContain('answers to')
  })
  it('whose other side repeats what it gets is found by its sizes', () => {
    const { keys } = ping(60, (i) => ({ requests: 5, bytes: 100 + 37 * (i % 30) }))
    expect(keys()).toHaveLength(1)
  })
  it('over IPv6 is found', () => {
    const given = { protocol: 58, srcPort: 128, dstPort: 129 }
    expect(ping(60, () => ({ requests: 5, bytes: 60, answerBytes: 900 }), given).keys()).toEqual([
      '10.0.0.5 198.51.100.7',
    ])
  })
})

describe('no tunnel is', () => {
  it.each([
    ['a ping for an hour', 3600, { requests: 1, bytes: 84 }],
    ['a ping of large packets, ten a second', 600, { requests: 10, bytes: 1428 }],
    ['a ping whose answers get lost', 600, { requests: 2, bytes: 84, answers: 1 }],
    ['a ping without answer', 600, { requests: 1, bytes: 84, answers: 0 }],
  ])('%s', (_what, seconds, second) => {
    expect(ping(seconds, () => second).findings).toEqual([])
  })
  it('a search for the largest packet: the large ones are lost', () => {
    const of = (i: number) => ({ requests: 1, bytes: 1400 + 10 * i, answers: i < 10 ? 1 : 0 })
    expect(ping(60, of).findings).toEqual([])
  })
  it('two monitors with pings of their own', () => {
    expect(ping(600, (i) => ({ requests: 1, bytes: i % 2 ? 84 : 1028 })).findings).toEqual([])
  })
  it('what is no echo', () => {
    const given = { srcPort: 3, dstPort: 1 }
    const of = () => ({ requests: 5, bytes: 60, answerBytes: 900 })
    expect(ping(60, of, given).findings).toEqual([])
  })
})
