/** What is told of flows that are followed. */
import { expect, test } from 'vitest'
import { fakeFlow, timeAt } from '../client/fake-flow.ts'
import type { FlowRow } from './field.ts'
import { createFollower } from './follow.ts'

const all = () => true
const flow = (id: string, firstMs: number, lastMs: number, changes: Partial<FlowRow> = {}) =>
  fakeFlow({ id, firstSeen: timeAt(firstMs), lastSeen: timeAt(lastMs), ...changes })
const told = (happenings: ReturnType<ReturnType<typeof createFollower>['look']>) =>
  happenings.map(({ change, flow }) => `${change} ${flow.id}`)

test('a flow begins, changes and ends once, and what was there is not told', () => {
  const { look } = createFollower(all)
  const old = flow('old', -60_000, 0)
  expect(told(look([old]))).toEqual([])
  expect(told(look([old, flow('new', 500, 600)]))).toEqual(['begun new'])
  expect(told(look([old, flow('new', 500, 600)]))).toEqual([])
  const changed = [flow('new', 500, 2000), flow('old', -60_000, 1900)]
  expect(told(look(changed))).toEqual(['changed old', 'changed new'])
  const over = [
    flow('new', 500, 2000, { end: 'closed' }),
    flow('old', -60_000, 1900, { end: 'idle' }),
  ]
  expect(told(look(over))).toEqual(['ended old', 'ended new'])
  expect(told(look(over))).toEqual([])
})

test('a flow that began and ended between two looks is told once, as ended', () => {
  const { look } = createFollower(all)
  look([flow('old', -60_000, 0)])
  expect(told(look([flow('short', 100, 200, { end: 'closed' })]))).toEqual(['ended short'])
})

test('an old flow that was out of sight does not begin, but ends', () => {
  const { look } = createFollower(all)
  look([flow('one', -60_000, 0)])
  expect(told(look([flow('idle', -50_000, 900)]))).toEqual([])
  expect(told(look([flow('idle', -50_000, 900, { end: 'closed' })]))).toEqual(['ended idle'])
  expect(told(look([flow('other', -50_000, 900, { end: 'reset' })]))).toEqual(['ended other'])
  expect(told(look([flow('gone', -50_000, -40_000, { end: 'idle' })]))).toEqual([])
})

test('a flow begins when it first passes the filter', () => {
  const { look } = createFollower(({ srcRetransmits }) => srcRetransmits > 0)
  look([flow('a', -60_000, 0)])
  expect(told(look([flow('a', -60_000, 100), flow('b', 50, 100)]))).toEqual([])
  const lossy = [
    flow('a', -60_000, 200, { srcRetransmits: 1 }),
    flow('b', 50, 300, { srcRetransmits: 2 }),
  ]
  expect(told(look(lossy))).toEqual(['begun a', 'begun b'])
  expect(told(look([flow('a', -60_000, 200, { end: 'closed' })]))).toEqual([])
})

test('with no flow at first, all begin', () => {
  const { look } = createFollower(all)
  expect(look([])).toEqual([])
  expect(told(look([flow('a', -60_000, 0)]))).toEqual(['begun a'])
})

test('what was forgotten is not told again', () => {
  const { look } = createFollower(all, 3)
  look([flow('old', -60_000, 0)])
  const flows = Array.from({ length: 10 }, (_, i) => flow(`f${i}`, 100 * i, 100 * i + 50))
  expect(look(flows)).toHaveLength(10)
  expect(look(flows)).toHaveLength(0)
  const ended = flows.map((one) => ({ ...one, end: 'closed' as const }))
  look(ended)
  expect(look(ended)).toHaveLength(0)
  expect(told(look([flow('new', 5000, 5100)]))).toEqual(['begun new'])
})
