/** Sweeps by ARP and Neighbor Discovery. */
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import type { NdpObservation } from '@netscope/core/observation/ndp.ts'
import { describe, expect, it } from 'vitest'
import { answered, createDetectorRig, START_MS } from '../fakes/detector-rig.ts'
import { ping } from './scan-rig.ts'
import { scanKind } from './scan.ts'

const LINK = {
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'INGRESS',
  srcMac: '02:00:00:00:00:07',
  dstMac: 'ff:ff:ff:ff:ff:ff',
} as const

const request = (senderIp: string, targetIp: string, timeMs: number): ArpObservation => ({
  ...LINK,
  kind: 'arp',
  timeMs,
  operation: 'request',
  senderMac: LINK.srcMac,
  senderIp,
  targetMac: '00:00:00:00:00:00',
  targetIp,
  unicast: false,
  senderMismatch: false,
  targetMismatch: false,
  gratuitous: false,
  probe: false,
})

const solicitation = (target: string, timeMs: number): NdpObservation => ({
  ...LINK,
  kind: 'ndp',
  message: 'NS',
  timeMs,
  src: 'fe80::7',
  dst: 'ff02::1:ff00:1',
  incomplete: false,
  hopLimit: 255,
  code: 0,
  fragmented: false,
  linkMismatch: false,
  target,
  duplicateCheck: false,
})

const play = (observations: readonly (ArpObservation | NdpObservation)[]) => {
  const rig = createDetectorRig(scanKind)
  for (const observation of observations) {
    rig.passUntil(observation.timeMs)
    rig.detector.observation?.(observation, 'a1')
  }
  rig.passUntil((observations.at(-1)?.timeMs ?? START_MS) + 5000)
  return rig
}

const sweep = (count: number, everyMs: number) =>
  Array.from({ length: count }, (_, i) => [
    request('10.0.0.7', `10.0.1.${i}`, START_MS + i * everyMs),
    request('10.0.0.7', `10.0.1.${i}`, START_MS + i * everyMs + 1),
  ]).flat()

describe('a sweep by ARP', () => {
  it('is found by those who are not there', () => {
    const rig = play(sweep(60, 20))
    expect(rig.keys()).toEqual(['10.0.0.7 arp'])
    expect(rig.findings[0]).toMatchObject({
      title: '10.0.0.7 looks for hosts (ARP)',
      technique: 'T1018',
      source: { ip: '10.0.0.7', mac: '02:00:00:00:00:07' },
    })
  })

  it('is found if each address is asked for once', () => {
    expect(play(sweep(60, 20).filter((_, i) => i % 2 === 0)).keys()).toHaveLength(1)
  })

  it('is found over hours', () => {
    expect(play(sweep(30, 600_000)).keys()).toHaveLength(1)
  })

  it('is none if all are there, or have been heard lately', () => {
    const heard = Array.from({ length: 60 }, (_, i) =>
      request(`10.0.1.${i}`, '10.0.0.3', START_MS + i),
    )
    const asked = sweep(60, 20).map((one) => ({ ...one, timeMs: one.timeMs + 60_000 }))
    expect(play([...heard, ...asked]).keys()).toEqual([])
  })

  it('is none if they answer, though their ARP is lost among that of others', () => {
    const rig = createDetectorRig(scanKind)
    for (const one of sweep(60, 20)) {
      rig.detector.observation?.(one, 'a1')
      rig.flow(answered({ src: '10.0.0.7', dst: one.targetIp, timeMs: one.timeMs }))
    }
    rig.passUntil(START_MS + 20_000)
    expect(rig.keys()).toEqual([])
  })

  it('is none by a router, which asks for whomever others look for', () => {
    const neighbours = ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((neighbour, i) =>
      request(neighbour, '10.0.0.7', START_MS + i),
    )
    expect(play([...neighbours, ...sweep(60, 20)]).keys()).toEqual([])
  })

  it('is none by a router that was asked for by unicast only, as who has asked before does', () => {
    const neighbours = ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((neighbour, i) => ({
      ...request(neighbour, '10.0.0.7', START_MS + i),
      unicast: true,
    }))
    expect(play([...neighbours, ...sweep(60, 20)]).keys()).toEqual([])
  })

  it('is none by a router that nobody has asked for, if somebody beyond it is at work', () => {
    const rig = createDetectorRig(scanKind)
    for (const one of sweep(60, 20)) {
      rig.passUntil(one.timeMs)
      rig.detector.observation?.(one, 'a1')
      rig.flow(ping({ src: '192.0.2.7', dst: one.targetIp, timeMs: one.timeMs }))
    }
    rig.passUntil(START_MS + 20_000)
    expect(rig.keys()).toEqual(['192.0.2.7 echo'])
  })
})

it.each([
  ['ping', 'echo', 8],
  ['ICMP timestamp', 'timestamp', 13],
])('a sweep by %s is found though its sender was asked for by many', (_, technique, srcPort) => {
  const rig = play(
    ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((forged, i) =>
      request(forged, '10.0.0.7', START_MS + i),
    ),
  )
  for (let i = 0; i < 40; i++)
    rig.flow(ping({ dst: `10.0.1.${i}`, srcPort, timeMs: START_MS + 10_000 + i * 20 }))
  rig.passUntil(START_MS + 20_000)
  expect(rig.keys()).toEqual([`10.0.0.7 ${technique}`])
})

it('finds a sweep by Neighbor Discovery', () => {
  const asked = Array.from({ length: 60 }, (_, i) =>
    solicitation(`2001:db8::${(i >> 1).toString(16)}`, START_MS + i * 20),
  )
  expect(play(asked).keys()).toEqual(['fe80::7 ndp'])
})
