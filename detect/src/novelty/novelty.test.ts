/** New devices and services, and devices that behave otherwise: after learning only. */
import { describe, expect, it } from 'vitest'
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import { answered, createDetectorRig, refused, START_MS } from '../fakes/detector-rig.ts'
import { behaviourChangeKind } from './behaviour-change.ts'
import { newDeviceKind } from './new-device.ts'
import { newServiceKind } from './new-service.ts'

const HOUR = 3_600_000

const arp = (
  senderMac: string,
  hour: number,
  given: Partial<ArpObservation> = {},
): ArpObservation => ({
  kind: 'arp',
  timeMs: START_MS + hour * HOUR,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'INGRESS',
  srcMac: senderMac,
  dstMac: 'ff:ff:ff:ff:ff:ff',
  operation: 'request',
  senderMac,
  senderIp: '10.0.0.7',
  targetMac: '00:00:00:00:00:00',
  targetIp: '10.0.0.1',
  unicast: false,
  senderMismatch: false,
  targetMismatch: false,
  gratuitous: false,
  probe: false,
  ...given,
})

describe('a new device', () => {
  const listen = (...said: ArpObservation[]) => {
    const rig = createDetectorRig(newDeviceKind)
    for (const one of said) rig.detector.observation?.(one, 'a1')
    return rig
  }
  const hear = (...said: ArpObservation[]) => listen(...said).findings
  const OLD = arp('00:11:22:33:44:01', 0)
  it('is told of once, as information', () => {
    const again = [25, 26, 27].map((hour) => arp('00:11:22:33:44:02', hour))
    expect(hear(OLD, ...again)).toMatchObject([
      { severity: 10, source: { mac: '00:11:22:33:44:02', ip: '10.0.0.7' } },
    ])
  })
  it('with a random MAC is worth less', () => {
    expect(hear(OLD, arp('02:11:22:33:44:02', 25))).toMatchObject([{ severity: 5 }])
  })
  it('is none while the network is learned, nor one that was there', () => {
    expect(hear(OLD, arp('00:11:22:33:44:02', 23), arp('00:11:22:33:44:02', 30))).toEqual([])
  })
  it('is no address of several routers, and nobody that another one speaks for', () => {
    expect(
      hear(
        OLD,
        arp('00:00:5e:00:01:07', 25),
        arp('01:00:5e:00:00:01', 25),
        arp('00:11:22:33:44:09', 25, { senderMismatch: true }),
      ),
    ).toEqual([])
  })
  it('is told of twenty times an hour at most', () => {
    const flood = Array.from({ length: 500 }, (_, i) =>
      arp(
        `00:11:22:33:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
        25,
      ),
    )
    expect(hear(OLD, ...flood)).toHaveLength(20)
    const { findings, detector } = listen(OLD, ...flood)
    detector.tick?.(START_MS + 25 * HOUR + 1000)
    detector.tick?.(START_MS + 25 * HOUR + 2000)
    expect(findings).toHaveLength(21)
    expect(findings[20]).toMatchObject({
      title: 'and 480 more devices are new within the hour',
      count: 480,
    })
    detector.observation?.(arp('00:11:22:44:00:00', 25), 'a1')
    detector.tick?.(START_MS + 25 * HOUR + 3000)
    expect(findings[21]).toMatchObject({ key: findings[20]?.key, count: 1 })
    detector.observation?.(arp('00:11:22:44:00:01', 26), 'a1')
    expect(findings[22]).toMatchObject({ source: { mac: '00:11:22:44:00:01' } })
  })
})

describe('a new service', () => {
  const connect = (...contacts: [port: number, hour: number][]) => {
    const rig = createDetectorRig(newServiceKind)
    for (const [dstPort, hour] of contacts)
      rig.detector.flow?.(answered({ dst: '10.0.0.9', dstPort, timeMs: START_MS + hour * HOUR }))
    return rig
  }
  it('is told of once, as information', () => {
    expect(connect([22, 0], [8080, 25], [8080, 26]).findings).toMatchObject([
      { severity: 10, source: { ip: '10.0.0.9', port: 8080 } },
    ])
  })
  it('is none while the machine is learned, none on a port by chance', () => {
    expect(connect([22, 0], [8080, 20], [8080, 30], [50_000, 30]).findings).toEqual([])
  })
  it('is none where the port refuses', () => {
    const rig = connect([22, 0])
    rig.detector.flow?.(refused({ dst: '10.0.0.9', dstPort: 8080, timeMs: START_MS + 30 * HOUR }))
    expect(rig.findings).toEqual([])
  })
})

describe('another behaviour', () => {
  /** Contacts of each day: asked, answered. */
  const live = (...days: [asked: number, answered: number][]) => {
    const rig = createDetectorRig(behaviourChangeKind)
    days.forEach(([asks, answers], day) => {
      const timeMs = START_MS + day * 24 * HOUR
      for (let i = 0; i < asks; i++)
        rig.detector.flow?.(answered({ src: '10.0.0.5', dst: '198.51.100.7', timeMs }))
      for (let i = 0; i < answers; i++)
        rig.detector.flow?.(answered({ src: '198.51.100.7', dst: '10.0.0.5', timeMs }))
    })
    return rig.findings
  }
  it('of a client that serves others is told of, once', () => {
    const client: [number, number] = [50, 0]
    expect(live(client, client, client, [50, 80], [50, 80], client)).toMatchObject([
      {
        severity: 10,
        source: { ip: '10.0.0.5' },
        title: '10.0.0.5 behaves as both, no longer as client',
      },
    ])
  })
  it('is none on a quiet day, nor before three days are known', () => {
    expect(live([50, 0], [50, 0], [50, 0], [5, 5], [50, 0])).toEqual([])
    expect(live([50, 0], [50, 0], [0, 50], [0, 50])).toEqual([])
  })
})
