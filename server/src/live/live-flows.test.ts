/** Records become messages for those whose filter holds, within a bound of time. */
import { expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { createLiveFlows } from './live-flows.ts'

const CONTEXT = {
  agent: 'a',
  wallOffsetMs: 0,
  interfaceName: () => 'eth0',
  text: () => '',
  process: () => undefined,
}

const taker = () => {
  const payloads: Record<string, unknown>[] = []
  const skips: number[] = []
  return {
    payloads,
    skips,
    push: (text: string) => void payloads.push(JSON.parse(text)),
    skip: (count: number) => void skips.push(count),
  }
}

test('a record goes to whoever asked for such', () => {
  const flows = createLiveFlows({ now: () => 0, cpuMs: () => 0, wallClock: () => 0 })
  const [all, https, none] = [taker(), taker(), taker()]
  flows.open('', all)
  const end = flows.open('dstPort = 443 and src in 10.0.0.0/8', https)
  flows.open('process = nobody', none)
  const records = [flowRecord({ slot: 1 }), flowRecord({ slot: 2, dstPort: 80 })]
  flows.take(Buffer.concat(records), CONTEXT)
  expect(all.payloads).toHaveLength(2)
  expect(https.payloads).toMatchObject([
    { src: '10.0.0.1', dstPort: 443, agent: 'a', interface: 'eth0', stale: false },
  ])
  expect(none.payloads).toEqual([])
  end()
  flows.take(Buffer.concat(records), CONTEXT)
  expect([all.payloads.length, https.payloads.length]).toEqual([4, 1])
})

test('time that others take is not counted', () => {
  let nowMs = 0
  const flows = createLiveFlows({ now: () => (nowMs += 50), cpuMs: () => 0, wallClock: () => 0 })
  const one = taker()
  flows.open('', one)
  flows.take(Buffer.concat(Array.from({ length: 200 }, () => flowRecord())), CONTEXT)
  expect([one.payloads.length, one.skips]).toEqual([200, []])
})

test('a wrong filter is refused with its place', () => {
  const flows = createLiveFlows({ now: () => 0, cpuMs: () => 0, wallClock: () => 0 })
  expect(() => flows.open('dstPort = x y', taker())).toThrow(/wrong at character/)
})

test('looking costs so much of a window and no more; the rest is counted, of everyone in turn', () => {
  let nowMs = 0
  // Each look at the clock costs a millisecond.
  const flows = createLiveFlows({ now: () => nowMs++, cpuMs: () => nowMs, wallClock: () => 0 })
  const takers = [taker(), taker()]
  for (const one of takers) flows.open('dstPort = 1', one)
  const records = Buffer.concat(Array.from({ length: 6400 }, () => flowRecord()))
  for (let i = 0; i < 8; i++) flows.take(records, CONTEXT)
  const skipped = takers.map(({ skips }) => skips.reduce((sum, count) => sum + count, 0))
  expect(Math.min(...skipped)).toBeGreaterThan(0)
  expect(skipped.reduce((sum, count) => sum + count, 0)).toBeLessThan(2 * 8 * 6400)
  nowMs += 1000
  const before = takers.map(({ skips }) => skips.length)
  flows.take(records.subarray(0, records.length / 100), CONTEXT)
  expect(takers.map(({ skips }) => skips.length)).toEqual(before)
})
