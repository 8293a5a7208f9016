/** What silence means where a capture sees both directions, then one, then both again. */
import { expect, test } from 'vitest'
import { answered, flowStep } from '../fakes/detector-rig.ts'
import { createObservationPoints } from './observation-points.ts'

const ACK = 0x10
const ANSWERED = answered({})
const ONE_SIDED = flowStep({ srcPackets: 4, srcFlags: ACK })

test('a point that has seen answers for long becomes one-way when they stop, and no longer when they come back', () => {
  const points = createObservationPoints(() => true)
  const isOneWay = () => points.isOneWay(ANSWERED.agent, ANSWERED.ifindex)
  for (let i = 0; i < 100_000; i++) points.note(ANSWERED)
  expect(isOneWay()).toBe(false)
  for (let i = 0; i < 2000; i++) points.note(ONE_SIDED)
  expect(isOneWay()).toBe(true)
  for (let i = 0; i < 2000; i++) points.note(ANSWERED)
  expect(isOneWay()).toBe(false)
})

test('a quiet one-way point stays one', () => {
  const points = createObservationPoints(() => true)
  for (let i = 0; i < 3; i++) points.note(ONE_SIDED)
  expect(points.isOneWay(ONE_SIDED.agent, ONE_SIDED.ifindex)).toBe(true)
})
