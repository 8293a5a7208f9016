/** Which fact is the measure of strength: the one count that grows with what happens, never how long somebody watched. */
import { expect, test } from 'vitest'
import { uploadKind } from './c2/upload.ts'
import type { Finding } from './detection.ts'
import { createDetectorRig, flowStep, refused, START_MS } from './fakes/detector-rig.ts'
import { synFloodKind } from './floods/syn-flood.ts'
import { newServiceKind } from './novelty/new-service.ts'
import { many, play } from './scans/scan-rig.ts'
import { dhcpStarvationKind } from './spoofing/dhcp-starvation.ts'
import { dhcp, EVIL, incidentsOf } from './spoofing/spoofing-rig.ts'

const HOUR_MS = 3_600_000

const measuresOf = (finding: Finding | undefined) =>
  finding?.evidence.facts.flatMap(({ name, value, demand }) =>
    demand === undefined ? [] : [[name, value, demand]],
  )

test('of an upload it is what was sent, not the hours of history', () => {
  const rig = createDetectorRig(uploadKind)
  const send = (bytes: number, hour: number) =>
    rig.flow(
      flowStep({
        ...{ src: '10.0.0.5', dst: '198.51.100.7', timeMs: START_MS + hour * HOUR_MS },
        ...{ srcBytes: bytes, dstBytes: bytes / 50, dstPackets: 10 },
      }),
    )
  for (let hour = 0; hour < 720; hour++) send(1e6 * (1 + (hour % 3) / 10), hour)
  send(1e9, 720)
  const [measure, ...more] = measuresOf(rig.findings.at(-1)) ?? []
  expect([measure?.slice(0, 2), more]).toEqual([['bytes sent', 1e9], []])
  expect(measure?.[2]).toBeLessThanOrEqual(1e9)
})

test('of a scan it is the probes, which go on after it was found', () => {
  const scan = (ports: number) =>
    play(
      many(ports, (i) =>
        refused({ src: '10.0.0.7', dst: '10.0.0.9', dstPort: 1 + i, timeMs: START_MS + i * 10 }),
      ),
    ).findings.at(-1)
  const [[name, value, demand] = [], ...more] = measuresOf(scan(1000)) ?? []
  expect([name, value, more]).toEqual(['probes', 1000, []])
  expect(measuresOf(scan(500))).toEqual([['probes', 500, demand]])
})

test('of a flood it is the rate', () => {
  const rig = createDetectorRig(synFloodKind)
  for (let i = 0; i < 4000; i++)
    rig.flow(flowStep({ timeMs: START_MS + i, src: `198.51.${i >> 8}.${i & 255}` }))
  rig.passUntil(START_MS + 6000)
  expect(measuresOf(rig.findings.at(-1))).toMatchObject([
    ['new connections, busiest second', expect.any(Number), expect.any(Number)],
  ])
})

test('of starved DHCP it is the clients, or those that one machine made up', () => {
  const mac = (i: number) =>
    `02:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}:00:00:01`
  const nameOf = (count: number, from?: string) =>
    measuresOf(
      incidentsOf(
        dhcpStarvationKind,
        Array.from({ length: count }, (_, i) =>
          dhcp(i / 10, from ?? mac(i), { clientMac: mac(i) }),
        ),
      ).findings.at(-1),
    )?.map(([name]) => name)
  expect(nameOf(150)).toEqual(['clients'])
  expect(nameOf(30, EVIL)).toEqual(['clients whose frames came from another MAC'])
})

test('of what is only new there is none', () => {
  const rig = createDetectorRig(newServiceKind)
  const answer = (dstPort: number, hour: number) =>
    rig.flow(
      flowStep({
        ...{ src: '10.0.0.5', dst: '10.0.0.9', dstPort, timeMs: START_MS + hour * HOUR_MS },
        ...{ srcPackets: 3, dstPackets: 3, dstSynAck: 1 },
      }),
    )
  answer(443, 0)
  answer(8080, 720)
  expect(rig.findings.map(measuresOf)).toEqual([[]])
})
