/** Guessing at log-ins, and what opens as many connections for other reasons. */
import { expect, test } from 'vitest'
import { answered, createDetectorRig, START_MS } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { credentialGuessingKind } from './credential-guessing.ts'

const FTP = { srcPackets: 12, srcBytes: 700, dstPackets: 11, dstBytes: 800 }
const SSH = { srcPackets: 24, srcBytes: 4300, dstPackets: 17, dstBytes: 3500 }

/** Incidents of `count` connections, one each `everyMs`, that are over at once. */
const found = (count: number, everyMs: number, given: (i: number) => Partial<FlowStep>) => {
  const rig = createDetectorRig(credentialGuessingKind)
  for (let i = 0; i < count; i++) {
    const timeMs = START_MS + i * everyMs
    rig.flow(
      answered({ timeMs, firstMs: timeMs - 900, srcPort: 30_000 + i, end: 'closed', ...given(i) }),
    )
  }
  return rig
}

test.each<[string, number, Partial<FlowStep>]>([
  ['FTP', 25, { dstPort: 21, ...FTP }],
  ['SSH', 25, { dstPort: 22, ...SSH }],
  ['RDP', 25, { dstPort: 3389, ...SSH }],
  ['SMTP', 25, { dstPort: 587, ...FTP }],
  ['MySQL', 25, { dstPort: 3306, srcPackets: 6, srcBytes: 500, dstPackets: 5, dstBytes: 450 }],
  [
    'FTP without time stamps',
    25,
    { dstPort: 21, srcPackets: 9, srcBytes: 398, dstPackets: 8, dstBytes: 450 },
  ],
  [
    'VNC without time stamps',
    25,
    { dstPort: 5900, srcPackets: 7, srcBytes: 313, dstPackets: 6, dstBytes: 290 },
  ],
  [
    'SSH over IPv6',
    25,
    { src: '2001:db8::7', dst: 'fd00::9', dstPort: 22, ...SSH, srcBytes: 4700, dstBytes: 3900 },
  ],
  ['SSH on a port of its own', 70, { dstPort: 4022, ...SSH }],
])('guessing at %s is one incident', (_, count, given) => {
  const rig = found(count, 2000, () => given)
  expect(rig.keys()).toHaveLength(1)
  expect(rig.findings.reduce((sum, { count: n }) => sum + (n ?? 1), 0)).toBe(count)
})

test.each([1, 3])(
  'guessing is found after %i exchanges of other sizes, and only guesses count',
  (odd) => {
    const rig = found(2000, 500, (i) => ({
      dstPort: 22,
      ...SSH,
      ...(i < odd && { srcBytes: 1800 + i * 700, dstBytes: 900 }),
    }))
    expect(rig.keys()).toHaveLength(1)
    expect(rig.findings.reduce((sum, { count: n }) => sum + (n ?? 1), 0)).toBe(2000 - odd)
  },
)

test('guesses count alone where the client also logs in for other uses', () => {
  const rig = found(100, 2000, (i) => ({
    dstPort: 22,
    ...SSH,
    ...(i % 2 === 0 && { srcBytes: 1500, dstBytes: 900 + i * 20 }),
  }))
  expect(rig.findings[0]?.evidence.flows.every(({ bytes }) => bytes === 7800)).toBe(true)
})

test('a connection that a bridge sees on two interfaces is one', () => {
  const both = (count: number) =>
    found(2 * count, 1000, (i) => {
      const timeMs = START_MS + Math.floor(i / 2) * 2000
      return {
        ...{ dstPort: 22, ...SSH, srcPort: 30_000 + Math.floor(i / 2), ifindex: 2 + (i % 2) },
        ...{ timeMs, firstMs: timeMs - 900 + (i % 2) / 50 },
      }
    })
  expect(both(19).findings).toEqual([])
  expect(both(20).keys()).toHaveLength(1)
})

/** Passwords of 4 to 14 letters. */
const guessedForm = (i: number): Partial<FlowStep> => ({
  ...{ dstPort: 80, srcPackets: 6, srcBytes: 560 + ((i * 7) % 11) },
  ...{ dstPackets: 5, dstBytes: 1500 + (i % 3) },
})

test('guessing at a web form is one incident', () => {
  expect(found(2500, 30, guessedForm).keys()).toHaveLength(1)
})

test('guessing at a web form that takes its time is found, over TLS too', () => {
  expect(found(200, 1700, guessedForm).keys()).toHaveLength(1)
  const tls = (i: number) => {
    const { srcBytes = 0, dstBytes = 0 } = guessedForm(i)
    return { dstPort: 8443, srcPackets: 10, srcBytes: srcBytes + 900, dstBytes: dstBytes + 3000 }
  }
  expect(found(200, 1700, tls).keys()).toHaveLength(1)
})

test('guessing at a web form is found beside the pages that the guesser reads', () => {
  const rig = found(600, 400, (i) =>
    i % 3 === 0 ? { dstPort: 80, srcBytes: 1100, dstBytes: 6000 + i * 9 } : guessedForm(i),
  )
  expect(rig.keys()).toHaveLength(1)
})

test.each<[string, number, number, (i: number) => Partial<FlowStep>]>([
  ['eleven log-ins', 11, 5000, () => ({ dstPort: 22, ...SSH })],
  ['a backup by SSH', 100, 2000, (i) => ({ dstPort: 22, ...SSH, srcBytes: 90_000 + i * 5000 })],
  ['a log-in every minute', 60, 60_000, () => ({ dstPort: 22, ...SSH })],
  [
    'a program that asks its database',
    300,
    200,
    () => ({ dstPort: 3306, srcBytes: 3000, dstBytes: 9000 }),
  ],
  [
    'one that polls a web server',
    300,
    1000,
    () => ({ dstPort: 443, srcPackets: 10, srcBytes: 1500, dstPackets: 10, dstBytes: 5000 }),
  ],
  ['a load generator', 9000, 1, () => ({ dstPort: 80, srcBytes: 400, dstBytes: 700 })],
  [
    'a load test of small pages that all succeed, a hundred a second',
    9000,
    10,
    (i) => ({
      ...{ dstPort: 80, srcPackets: 6 + (i % 2), srcBytes: 480 + (i % 2) * 52 },
      ...{ dstPackets: 5 + (i % 3), dstBytes: 2300 + (i % 3) * 52 },
    }),
  ],
  [
    'a load test of many pages',
    9000,
    20,
    (i) => ({
      ...{ dstPort: 8080, srcPackets: 6, srcBytes: 560 + (i % 9) },
      ...{ dstPackets: 5, dstBytes: 1800 + ((i * 37) % 900) },
    }),
  ],
  [
    'one that asks for one thing after the other by number',
    9000,
    20,
    (i) => ({
      ...{ dstPort: 443, srcPackets: 9, srcBytes: 1560 + String((i * 7919) % 1000).length },
      ...{ dstPackets: 8, dstBytes: 4100 },
    }),
  ],
  [
    'a check that reads a banner and says nothing',
    300,
    1000,
    () => ({ dstPort: 22, srcPackets: 5, srcBytes: 268, dstPackets: 4, dstBytes: 250 }),
  ],
  [
    'the same without time stamps',
    300,
    1000,
    () => ({ dstPort: 21, srcPackets: 5, srcBytes: 204, dstPackets: 4, dstBytes: 230 }),
  ],
  [
    'a check that asks Redis whether it lives',
    300,
    1000,
    () => ({ dstPort: 6379, srcPackets: 6, srcBytes: 340, dstPackets: 4, dstBytes: 223 }),
  ],
  [
    'a check that asks PostgreSQL whether it is ready',
    300,
    1000,
    () => ({ dstPort: 5432, srcPackets: 6, srcBytes: 400, dstPackets: 4, dstBytes: 250 }),
  ],
  ['mail servers that deliver', 100, 1000, () => ({ dstPort: 25, srcPackets: 12, srcBytes: 9000 })],
  [
    'a check that connects and says nothing',
    200,
    1000,
    () => ({ dstPort: 22, srcPackets: 4, srcBytes: 180 }),
  ],
  [
    'a client with forty connections to a service that falls over every four seconds',
    400,
    1,
    (i) => {
      const timeMs = START_MS + Math.floor(i / 40) * 4000 + (i % 40)
      return { dstPort: 7000, ...SSH, timeMs, firstMs: timeMs - 3000 }
    },
  ],
  ['many clients', 200, 1000, (i) => ({ dstPort: 22, src: `10.0.1.${i}`, ...SSH })],
])('%s: silent', (_, count, everyMs, given) => {
  expect(found(count, everyMs, given).findings).toEqual([])
})
