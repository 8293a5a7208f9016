/** What detectors know over a restart. */
import { describe, expect, it } from 'vitest'
import { uploadKind } from './c2/upload.ts'
import { firstDestinationKind } from './c2/first-destination.ts'
import type { DetectorKind } from './detector.ts'
import { answered, createDetectorRig, flowStep, START_MS } from './fakes/detector-rig.ts'
import { createLearnedMap, numbersText } from './learned-map.ts'
import { behaviourChangeKind } from './novelty/behaviour-change.ts'
import { newDeviceKind } from './novelty/new-device.ts'
import { newServiceKind } from './novelty/new-service.ts'

const HOUR = 3_600_000
const OUT = { src: '10.0.0.5', dst: '198.51.100.7' } as const
const at = (hour: number) => START_MS + hour * HOUR
type Rig = ReturnType<typeof createDetectorRig>

const service = (rig: Rig, dstPort: number, hour: number) =>
  rig.detector.flow?.(answered({ dst: '10.0.0.9', dstPort, timeMs: at(hour) }))
const upload = (rig: Rig, srcBytes: number, hour: number) =>
  rig.detector.flow?.(flowStep({ ...OUT, timeMs: at(hour), srcBytes }))
const visit = (rig: Rig, dst: string, hour: number) =>
  rig.detector.flow?.(answered({ ...OUT, dst, timeMs: at(hour) }))
const hear = (rig: Rig, senderMac: string, hour: number) =>
  rig.detector.observation?.(
    {
      ...{ kind: 'arp', timeMs: at(hour), interface: 'eth0', ifindex: 2, vlan: 0, innerVlan: 0 },
      ...{ direction: 'INGRESS', srcMac: senderMac, dstMac: 'ff:ff:ff:ff:ff:ff', senderMac },
      ...{ operation: 'request', senderIp: '10.0.0.7', targetIp: '10.0.0.1', unicast: false },
      ...{ targetMac: '00:00:00:00:00:00', senderMismatch: false, targetMismatch: false },
      ...{ gratuitous: false, probe: false },
    },
    'a1',
  )

/** Learns, starts anew; then something known happens, and something new. */
const over = (
  kind: DetectorKind,
  learn: (rig: Rig) => void,
  known: (rig: Rig) => void,
  news: (rig: Rig) => void,
) => {
  const rig = createDetectorRig(kind)
  learn(rig)
  rig.restart()
  known(rig)
  const ofKnown = rig.findings.length
  news(rig)
  return { ofKnown, ofNews: rig.findings.length - ofKnown }
}

const days = (rig: Rig, each: (hour: number) => void, hours: number) => {
  for (let hour = 0; hour < hours; hour++) each(hour)
  return rig
}

describe('over a restart', () => {
  it.each<[string, DetectorKind, (rig: Rig) => void, (rig: Rig) => void, (rig: Rig) => void]>([
    [
      'devices are known',
      newDeviceKind,
      (rig) => hear(rig, '00:11:22:33:44:01', 0),
      (rig) => hear(rig, '00:11:22:33:44:01', 30),
      (rig) => hear(rig, '00:11:22:33:44:02', 30),
    ],
    [
      'services are known',
      newServiceKind,
      (rig) => service(rig, 22, 0),
      (rig) => service(rig, 22, 30),
      (rig) => service(rig, 8080, 30),
    ],
    [
      'the places of a quiet device are known',
      firstDestinationKind,
      (rig) => days(rig, (hour) => visit(rig, `203.0.113.${hour}`, hour), 79),
      (rig) => visit(rig, '203.0.113.200', 80),
      (rig) => visit(rig, '198.51.100.7', 80),
    ],
    [
      'what a device is used to send is known',
      uploadKind,
      (rig) => days(rig, (hour) => upload(rig, 1e9 * (1 + (hour % 3) / 10), hour), 72),
      (rig) => (rig.findings.splice(0), upload(rig, 1.1e9, 72)),
      (rig) => upload(rig, 9e9, 73),
    ],
    [
      'the behaviour of days is known',
      behaviourChangeKind,
      (rig) => days(rig, (hour) => hour % 24 < 21 && visit(rig, OUT.dst, hour), 96),
      (rig) => visit(rig, OUT.dst, 97),
      (rig) => {
        for (let i = 0; i < 90; i++)
          rig.detector.flow?.(answered({ src: OUT.dst, dst: OUT.src, timeMs: at(120) }))
        visit(rig, OUT.dst, 145)
      },
    ],
  ])('%s', (_name, ...given) => {
    expect(over(...given)).toEqual({ ofKnown: 0, ofNews: 1 })
  })
})

describe('a map that is kept', () => {
  const text = numbersText(2)
  it('is told as a whole when it has changed, and only then', () => {
    const map = createLearnedMap('m', 2, text)
    expect([...map.learned()]).toEqual([])
    for (const key of ['a', 'b', 'c']) map.set(key, [1, 2])
    const told = new Map([...map.learned()].map(([key, value]) => [key, value!]))
    expect([...map.learned()]).toEqual([])
    const again = createLearnedMap('m', 2, text, told)
    expect([...again.entries()]).toEqual([
      ['b', [1, 2]],
      ['c', [1, 2]],
    ])
    expect([...again.learned()]).toEqual([])
  })
  it('leaves out values that are damaged, and throws where nothing can be read', () => {
    const read = (kept: string) => createLearnedMap('m', 9, text, new Map([['m', kept]])).size
    expect(read('[["a",[1,2]],["b",[1]],["c","x"],["d",null]]')).toBe(1)
    expect(() => read('[["a",[1,')).toThrow('JSON')
  })
})
