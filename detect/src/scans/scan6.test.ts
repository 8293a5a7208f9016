/** Scans over IPv6. */
import { describe, expect, it } from 'vitest'
import { answered, createDetectorRig, flowStep, refused, START_MS } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { scanKind } from './scan.ts'
import { at, many, play, ping, udp } from './scan-rig.ts'

const [SOURCE, TARGET] = ['fd00::7', 'fd00::9']
const ECHO_REQUEST = 128
const host = (i: number): string => `fd00::1:${i.toString(16)}`
const ping6 = (i: number, given: Partial<FlowStep> = {}): FlowStep =>
  ping({ protocol: 58, srcPort: ECHO_REQUEST, src: SOURCE, dst: host(i), ...given })

describe('over IPv6', () => {
  it.each<[string, (i: number) => FlowStep]>([
    ['a SYN or connect scan', (i) => refused({ src: SOURCE, dst: TARGET, dstPort: 1 + i })],
    ['one of a silent host', (i) => flowStep({ src: SOURCE, dst: TARGET, dstPort: 1 + i })],
    ['one from outside', (i) => flowStep({ src: '2001:db8::7', dst: TARGET, dstPort: 1 + i })],
    ['one in a VLAN', (i) => refused({ vlan: 30, src: SOURCE, dst: TARGET, dstPort: 1 + i })],
    [
      'a FIN scan',
      (i) => refused({ src: SOURCE, dst: TARGET, dstPort: 1 + i, srcSyn: 0, srcFlags: 1 }),
    ],
    ['a UDP scan', (i) => udp({ src: SOURCE, dst: TARGET, dstPort: 1 + i })],
    ['a search for one port', (i) => flowStep({ src: SOURCE, dst: host(i), dstPort: 22 })],
    ['a ping sweep', (i) => ping6(i)],
  ])('%s is found once', (_, make) => {
    const rig = play(many(100, (i) => ({ ...make(i), timeMs: at(i, 30), firstMs: at(i, 30) })))
    expect(rig.keys()).toHaveLength(1)
  })

  it('who browses, or pings hosts that are there, is none', () => {
    const browse = many(100, (i) => answered({ src: SOURCE, dst: host(i), timeMs: at(i, 50) }))
    const pings = many(100, (i) => ping6(i, { dstPackets: 1, timeMs: at(i, 50) }))
    expect(play([...browse]).findings).toEqual([])
    expect(play(pings).findings).toEqual([])
  })
})

it('a sweep by pings ten at a time is told of when the next ten follow the silence of the first', () => {
  const rig = createDetectorRig(scanKind)
  for (let i = 0; i < 10; i++) rig.flow(ping({ dst: `10.0.1.${i}`, timeMs: START_MS }))
  rig.passUntil(START_MS + 2000)
  expect(rig.keys()).toEqual([])
  for (let i = 10; i < 20; i++) rig.flow(ping({ dst: `10.0.1.${i}`, timeMs: START_MS + 1900 }))
  rig.passUntil(START_MS + 3000)
  expect(rig.keys()).toEqual(['10.0.0.7 echo'])
})
