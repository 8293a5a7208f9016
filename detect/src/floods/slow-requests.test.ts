/** Requests that are never completed, and connections that are held for good reasons. */
import { describe, expect, it } from 'vitest'
import { createDetectorRig, flowStep, START_MS } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { slowRequestsKind } from './slow-requests.ts'

const CLIENT = '192.0.2.7'

interface Given {
  /** Payload that the client sends each time. */
  drip?: number
  everyMs?: number
  /** Payload that the server has sent with the first of it, and each time after. */
  answer?: number
  answers?: number
  isAcknowledged?: boolean
  port?: number
  srcOf?: (i: number) => string
  header?: number
  lastMs?: number
}

/** `count` connections that begin within a second, as records tell of them. */
const held = (count: number, given: Given = {}): FlowStep[] => {
  const { drip = 10, everyMs = 15_000, answer = 0, answers = 0, port = 80, header = 52 } = given
  const { isAcknowledged = true, srcOf = () => CLIENT, lastMs = 120_000 } = given
  const steps: FlowStep[] = []
  for (let i = 0; i < count; i++) {
    const firstMs = START_MS + i * 5
    const options = header % 20 === 0 ? 12 : 8
    const flow = {
      ...{ src: srcOf(i), srcPort: 20_000 + i, dstPort: port, firstMs, timeMs: firstMs + 900 },
      ...{ srcPackets: 3, srcBytes: 3 * header + options + 180, srcFlags: 26 },
      ...{ dstPackets: 2, dstBytes: 2 * header + options + answer, dstFlags: 18, dstSynAck: 1 },
    }
    steps.push(flowStep(flow))
    for (let ms = everyMs; ms <= lastMs; ms += everyMs) {
      flow.srcPackets++
      flow.srcBytes += header + drip
      if (isAcknowledged) {
        flow.dstPackets++
        flow.dstBytes += header + answers
      }
      const added = {
        ...{ isFirst: false, timeMs: firstMs + ms, newSrcPackets: 1, newSrcBytes: header + drip },
        ...{ newDstPackets: isAcknowledged ? 1 : 0, newDstBytes: header + answers },
      }
      steps.push(flowStep({ ...flow, ...added }))
    }
  }
  return steps
}

const play = (steps: readonly FlowStep[]) => {
  const rig = createDetectorRig(slowRequestsKind)
  for (const step of steps.toSorted((a, b) => a.timeMs - b.timeMs)) rig.flow(step)
  rig.passUntil(START_MS + 200_000)
  return rig
}

describe('slow requests', () => {
  it('of one client are one incident, found when they are half a minute old', () => {
    const { findings, keys } = play(held(150))
    expect(keys()).toEqual([`${CLIENT} 10.0.0.9 80`])
    expect(findings[0]).toMatchObject({
      title: `${CLIENT} holds connections to 10.0.0.9 port 80 by slow requests`,
      severity: 70,
      target: { ip: '10.0.0.9', port: 80 },
    })
    expect(findings[0]!.timeMs - START_MS).toBeLessThan(32_000)
    expect(findings.reduce((sum, { count = 1 }) => sum + count, 0)).toBeLessThan(170)
  })

  it('are found however many they are', () => {
    expect(play(held(3000)).keys()).toHaveLength(1)
  })

  it.each<[string, Given]>([
    ['without time stamps', { header: 40 }],
    ['over IPv6', { header: 72, srcOf: () => '2001:db8::7' }],
    ['with bodies that are sent slowly', { drip: 16, everyMs: 10_000, port: 8080 }],
  ])('%s are found', (_, given) => {
    expect(play(held(120, given)).keys()).toHaveLength(1)
  })
})

describe('no slow requests', () => {
  it.each<[string, readonly FlowStep[]]>([
    ['a few', held(90)],
    ['a pool whose connections wait', held(500, { drip: 0 })],
    ['keep-alives of TCP with a byte each', held(500, { drip: 1 })],
    ['requests that wait for their answer', held(500, { everyMs: 1e9 })],
    ['WebSockets behind one address', held(500, { answer: 129, answers: 2 })],
    ['the same without time stamps', held(500, { answer: 129, answers: 2, header: 40 })],
    ['TLS', held(500, { answer: 4000, drip: 40, port: 443 })],
    [
      'a load test on connections that are kept',
      held(500, { answer: 300, answers: 300, everyMs: 1000 }),
    ],
    ['polls that are answered after half a minute', held(500, { answers: 200, everyMs: 30_000 })],
    ['a server that has died', held(500, { isAcknowledged: false })],
    ['uploads over slow lines', held(500, { drip: 500, everyMs: 5000 })],
    ['loggers, which get no answer', held(500, { drip: 80, port: 514 })],
    ['a crowd', held(500, { srcOf: (i) => `192.0.2.${i % 250}` })],
    [
      'slow requests that are over before half a minute',
      held(500, { everyMs: 9000, lastMs: 18_000 }),
    ],
  ])('%s', (_, steps) => {
    expect(play(steps).findings.map(({ title }) => title)).toEqual([])
  })

  it('connections that were closed in time', () => {
    const steps = held(500, { lastMs: 15_000 }).flatMap((step) =>
      step.isFirst
        ? [step]
        : [step, { ...step, timeMs: step.firstMs + 20_000, srcFin: 1, end: 'closed' as const }],
    )
    expect(play(steps).keys()).toEqual([])
  })
})
