/** What only looks like a scan. */
import { describe, expect, it } from 'vitest'
import { answered, flowStep, refused, START_MS } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { at, INSIDE, many, play, ping, TARGET, udp } from './scan-rig.ts'

describe('no scan', () => {
  it.each<[string, readonly FlowStep[]]>([
    [
      'browsing of many hosts',
      many(200, (i) => answered({ src: INSIDE, dst: `198.51.100.${i}`, timeMs: at(i) })),
    ],
    [
      'browsing where every third host is down',
      many(200, (i) =>
        (i % 3 === 0 ? refused : answered)({ src: INSIDE, dst: `198.51.100.${i}`, timeMs: at(i) }),
      ),
    ],
    [
      'an outage',
      [
        answered({ src: INSIDE, dst: '198.51.100.250' }),
        ...many(100, (i) =>
          flowStep({ src: INSIDE, dst: `198.51.100.${i}`, timeMs: at(i + 1, 500) }),
        ),
      ],
    ],
    [
      'sessions on many ports that complete',
      many(300, (i) => answered({ src: INSIDE, dst: TARGET, dstPort: 30_000 + i, timeMs: at(i) })),
    ],
    [
      'answers of many servers to forged questions',
      many(600, (i) =>
        udp({
          ...{ src: `192.0.2.${i % 60}`, srcPort: i % 2 ? 1900 : 11_211 },
          ...{ dstPort: 1024 + ((i * 7919) % 60_000), timeMs: at(i, 2) },
        }),
      ),
    ],
    [
      'backscatter: SYN-ACK and RST to many',
      many(300, (i) =>
        flowStep({
          dst: `10.0.${i >> 8}.${i & 255}`,
          srcPort: 80,
          dstPort: 1024 + i,
          srcSyn: 0,
          srcSynAck: i % 2,
          srcRst: 1 - (i % 2),
          srcFlags: i % 2 === 1 ? 18 : 20,
          timeMs: at(i),
        }),
      ),
    ],
    [
      'answers of a resolver to many ports',
      many(300, (i) =>
        udp({
          src: '198.51.100.53',
          srcPort: 53,
          dst: INSIDE,
          dstPort: 1024 + 7 * i,
          timeMs: at(i),
        }),
      ),
    ],
    [
      'a capture of one direction',
      many(300, (i) =>
        flowStep({
          src: INSIDE,
          dst: `10.0.1.${i & 127}`,
          dstPort: i & 1 ? 443 : 1000 + i,
          srcPackets: i % 4 === 0 ? 1 : 6,
          srcFlags: i % 4 === 0 ? 2 : 26,
          timeMs: at(i),
        }),
      ),
    ],
    [
      'peers of a torrent, most of them gone',
      many(400, (i) =>
        (i % 4 === 0 ? answered : flowStep)({
          src: INSIDE,
          dst: `198.51.${i >> 8}.${i & 255}`,
          dstPort: 1024 + ((i * 7919) % 60_000),
          timeMs: at(i, 200),
        }),
      ),
    ],
    ['traceroute', many(60, (i) => udp({ dstPort: 33_434 + i, timeMs: at(i, 50) }))],
    [
      'late packets of closed connections to the ports of one client',
      many(60, (i) =>
        refused({
          src: '198.51.100.1',
          dst: INSIDE,
          srcPort: 443,
          dstPort: 49_152 + i,
          srcSyn: 0,
          srcFlags: 17,
          srcBytes: 52,
          timeMs: at(i),
        }),
      ),
    ],
    [
      'connections that a router has forgotten',
      many(60, (i) =>
        refused({
          src: INSIDE,
          dst: `198.51.100.${i}`,
          srcPort: 40_000 + i,
          srcSyn: 0,
          srcFlags: 16,
          srcBytes: 52,
          timeMs: at(i),
        }),
      ),
    ],
    [
      'a computer whose printer and storage are off',
      many(5, (i) =>
        flowStep({
          src: INSIDE,
          dst: TARGET,
          dstPort: [80, 139, 445, 631, 9100][i]!,
          timeMs: at(i, 500),
        }),
      ),
    ],
    ['one host that is pinged', many(60, (i) => ping({ dst: TARGET, timeMs: at(i, 1000) }))],
    [
      'a flood with invented senders',
      many(50_000, (i) =>
        flowStep({
          src: `${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.9`,
          dstPort: i & 0xffff,
          timeMs: START_MS + (i >> 4),
        }),
      ),
    ],
    [
      'a flood with invented senders of one network, each again and again',
      many(50_000, (i) =>
        flowStep({
          src: `203.0.${(i * 31) & 15}.${(i * 7919) & 255}`,
          dstPort: (i * 7) & 0xffff,
          timeMs: START_MS + (i >> 5),
        }),
      ),
    ],
  ])('%s', (_, steps) => {
    expect(play(steps).findings.map(({ title }) => title)).toEqual([])
  })
})
