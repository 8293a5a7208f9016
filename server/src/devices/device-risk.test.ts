/** Tests of the scores of devices: what makes them, what does not, and what nobody can know. */
import { expect, test } from 'vitest'
import { createDevice } from './device.ts'
import type { Device } from './device.ts'
import { deviceScores } from './device-risk.ts'
import type { DeviceAlert } from './device-risk.ts'

const DAY_MS = 86_400_000
const NOW_MS = 100 * DAY_MS

const device = (days: number, given: Partial<Device> = {}): Device => ({
  ...createDevice('d1', 'host-a', '', NOW_MS - days * DAY_MS),
  lastSeenMs: NOW_MS,
  sightings: 100,
  ...given,
})
const alert = (given: Partial<DeviceAlert> = {}): DeviceAlert => ({
  ...{ id: 'a1', title: 'scans', severity: 50, confidence: 1, lastMs: NOW_MS, isSource: true },
  ...given,
})
const scores = (of: Device, alerts: DeviceAlert[] = [], risks: Record<string, number> = {}) =>
  deviceScores(of, alerts, { riskOf: (ip) => risks[ip], halfLifeMs: 7 * DAY_MS }, NOW_MS)

test('of a device that has just come nothing is known, which is no 0', () => {
  const { risk, trust, riskArithmetic, sources } = scores(device(0.5))
  expect([risk, trust, sources]).toEqual([null, null, []])
  expect(riskArithmetic).toContain('unknown')
})

test('two packets with days between them are no watch', () => {
  expect(scores(device(30, { sightings: 2 })).risk).toBeNull()
})

test('one that was watched for days without anything has none, and is trusted more the longer', () => {
  const [two, thirty] = [scores(device(2)), scores(device(30))]
  expect([two.risk, thirty.risk]).toEqual([0, 0])
  expect(two.trust).toBeGreaterThan(15)
  expect(thirty.trust).toBeGreaterThan(90)
})

test('what it did counts more than what was done to it, and less with time', () => {
  const did = scores(device(2), [alert()])
  const suffered = scores(device(2), [alert({ isSource: false })])
  const weekAgo = scores(device(2), [alert({ lastMs: NOW_MS - 7 * DAY_MS })])
  expect([did.risk, suffered.risk, weekAgo.risk]).toEqual([40, 10, 20])
  expect(did.riskArithmetic).toBe('100 · (1 − (1 − 0.8·0.5·1 [alert a1])) = 40')
  expect(did.sources[0]).toMatchObject({ source: 'alert a1', detail: 'scans', weight: 0.8 })
  expect(did.trust).toBeLessThan(scores(device(2)).trust ?? 0)
})

test('what is for the record only makes no risk, and two alerts make more than one', () => {
  expect(scores(device(0), [alert({ severity: 10 })]).risk).toBeNull()
  expect(scores(device(0), [alert(), alert({ id: 'a2' })]).risk).toBe(64)
})

test('its public addresses count as threat intelligence says, and so does what an agent reports', () => {
  const of = device(0, { reported: { atMs: NOW_MS, riskScore: 12.5 } })
  expect(scores(of).risk).toBe(12.5)
  of.addresses.set('8.8.8.8', {} as never)
  const { risk, sources } = scores(of, [], { '8.8.8.8': 90 })
  expect(risk).toBe(91.3)
  expect(sources.map(({ source }) => source)).toEqual([
    'threat intelligence 8.8.8.8',
    'a third-party agent',
  ])
})

test('people have the last word on trust', () => {
  const given = { name: '', role: '', note: '' }
  const [yes, no] = [true, false].map((trusted) => device(0, { given: { ...given, trusted } }))
  expect([scores(yes!).trust, scores(no!).trust]).toEqual([100, 0])
  expect(scores(yes!, [alert()]).trust).toBe(60)
  const reported = device(0, { reported: { atMs: NOW_MS, trustScore: 33 } })
  expect(scores(reported).trust).toBe(33)
})
