/** Traces of a path, and scans of the same ports. */
import { describe, expect, it } from 'vitest'
import { flowStep } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { at, INSIDE, many, play, TARGET, udp } from './scan-rig.ts'

const FAR = '198.51.100.9'

/** `i` probes after the start. */
const probe = (i: number, dstPort: number, everyMs: number, given: Partial<FlowStep> = {}) =>
  udp({ dst: FAR, dstPort, srcPort: 40_000 + (i % 1000), timeMs: at(i, everyMs), ...given })

const hopError = (i: number, everyMs: number, packets = 1): FlowStep =>
  flowStep({
    ...{ protocol: 1, src: '203.0.113.1', dst: INSIDE, srcPort: 11, dstPort: 0 },
    ...{ srcPackets: packets, newSrcPackets: 1, srcSyn: 0, timeMs: at(i, everyMs) },
  })

const closed = (i: number, everyMs: number, by = FAR): FlowStep =>
  flowStep({
    ...{ protocol: 1, src: by, dst: INSIDE, srcPort: 3, dstPort: 3 },
    ...{ srcPackets: 16, srcSyn: 0, timeMs: at(i, everyMs) },
  })

/** Somebody outside answers, so that silence means something. */
const alive = udp({ dst: '198.51.100.53', dstPort: 53, dstPackets: 1 })
const aliveAt = (i: number, everyMs: number) => ({ ...alive, timeMs: at(i, everyMs) })

/** Ports of a scanner: each once, in no order (17 is prime to `count`). */
const mixed = (first: number, count: number) => (i: number) => first + ((i * 17 + 5) % count)

const keys = (steps: readonly FlowStep[]) =>
  play(steps.toSorted((a, b) => a.timeMs - b.timeMs)).keys()

describe('no scan', () => {
  it.each<[string, readonly FlowStep[]]>([
    ['a traceroute of 64 hops by ten probes', many(640, (i) => probe(i, 33_434 + i, 20))],
    [
      'a traceroute to a neighbour, who says of each port that it is closed',
      [...many(16, (i) => probe(i, 33_434 + i, 1, { dst: TARGET })), closed(16, 1, TARGET)],
    ],
    [
      'traceroutes in a row, to one host and another',
      many(900, (i) =>
        probe(i, 33_434 + (i % 90), 10, { dst: `198.51.100.${9 + (i % 180 < 90 ? 0 : i)}` }),
      ),
    ],
    [
      'three traceroutes to one host at the same time, whose answers stay out',
      many(300, (i) =>
        probe(i, 33_434 + 40 * (i % 3) + Math.floor(i / 3), 100, { srcPort: 50_000 + (i % 3) }),
      ),
    ],
    [
      'traceroutes of which two probes in three were missed',
      many(200, (i) => probe(i, 33_434 + 3 * i, 10)),
    ],
    [
      'traces of the paths to all machines of this site',
      many(600, (i) => probe(i, 33_434 + (i % 3), 10, { dst: `10.0.1.${i % 200}` })),
    ],
    [
      'mtr by UDP for an hour',
      many(6000, (i) => probe(i, 33_000 + i, 600, { srcPort: 50_123 })).concat(
        many(600, (i) => hopError(10 * i, 600, i)),
      ),
    ],
    [
      'mtr by UDP to a neighbour for ten minutes',
      [
        ...many(600, (i) => probe(i, 33_000 + i, 1000, { dst: TARGET, srcPort: 50_123 })),
        ...many(60, (i) => closed(10 * i, 1000, TARGET)),
      ],
    ],
    [
      'tracepath, whose ports are higher',
      many(60, (i) => probe(i, 44_444 + i, 700)).concat(many(10, (i) => hopError(i, 700, i))),
    ],
    [
      'tracepath over IPv6',
      many(60, (i) => probe(i, 44_444 + i, 700, { src: 'fd00::7', dst: '2001:db8::9' })).concat(
        many(10, (i) => ({
          ...hopError(i, 700, i),
          ...{ protocol: 58, src: '2001:db8::1', dst: 'fd00::7', srcPort: 3 },
        })),
      ),
    ],
    [
      'mtr by five people to one host',
      many(2000, (i) =>
        probe(i, 33_000 + Math.floor(i / 5), 200, { src: `10.0.0.${20 + (i % 5)}` }),
      ),
    ],
  ])('%s', (_, steps) => {
    expect(keys([alive, ...steps, ...many(100, (i) => aliveAt(i, 500))])).toEqual([])
  })
})

describe('a scan', () => {
  it.each<[string, readonly FlowStep[]]>([
    [
      'of the ports of traceroute in no order, closed',
      [...many(24, (i) => probe(i, mixed(33_434, 101)(i), 500)), closed(12, 500)],
    ],
    ['of the same, silent', many(101, (i) => probe(i, mixed(33_434, 101)(i), 20))],
    ['of few of them', [...many(12, (i) => probe(i, mixed(33_434, 12)(i), 500)), closed(8, 500)]],
    [
      'of higher ports in no order, closed, by who traces a path meanwhile',
      [
        ...many(300, (i) => probe(i, mixed(40_000, 300)(i), 20)),
        ...many(150, (i) => probe(i, 33_434 + i, 40, { dst: '198.51.100.80' })),
        ...many(20, (i) => hopError(i, 300, i)),
        ...many(20, (i) => closed(i, 300)),
      ],
    ],
    ['of ports upward, beyond those of traceroute', many(60, (i) => probe(i, 34_074 + i, 20))],
    [
      'of ports upward, sparsely, by who traces a path meanwhile',
      many(60, (i) => probe(i, 36_000 + 97 * i, 20)).concat(many(20, (i) => hopError(i, 60, i))),
    ],
    [
      'of one high port of many hosts, by who is told of loops',
      many(60, (i) => probe(i, 37_810, 20, { dst: `10.0.1.${i}` })).concat(
        many(20, (i) => hopError(i, 60, i)),
      ),
    ],
  ])('%s', (_, steps) => {
    expect(keys([alive, ...steps, ...many(100, (i) => aliveAt(i, 500))])).toEqual([`${INSIDE} udp`])
  })
})
