/** The circuit breaker: closed, open, one trial, and longer each time. */
import { beforeEach, expect, test } from 'vitest'
import { createCircuit } from './circuit.ts'
import type { Circuit } from './circuit.ts'

const MINUTE = 60_000
let nowMs: number
let circuit: Circuit
beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 15)
  circuit = createCircuit(() => nowMs)
})
const failTimes = (count: number): void => {
  for (let i = 0; i < count; i++) circuit.failed('busy')
}

test('four failures leave it closed, the fifth opens it for a minute, and a success in between starts anew', () => {
  failTimes(4)
  expect([circuit.enter(), circuit.state.state]).toEqual([true, 'closed'])
  circuit.succeeded()
  failTimes(4)
  expect(circuit.enter()).toBe(true)
  failTimes(1)
  expect(circuit.enter()).toBe(false)
  expect(circuit.state).toEqual({
    ...{ state: 'open', failures: 5, untilMs: nowMs + MINUTE, reason: 'busy' },
  })
})

test('half open it lets one try, and no second one meanwhile; what comes of it decides', () => {
  failTimes(5)
  nowMs += MINUTE
  expect(circuit.state.state).toBe('half-open')
  expect([circuit.enter(), circuit.enter()]).toEqual([true, false])
  circuit.succeeded()
  expect([circuit.state.state, circuit.enter(), circuit.enter()]).toEqual(['closed', true, true])
})

test('a trial that nobody hears of again makes room for another', () => {
  failTimes(5)
  nowMs += MINUTE
  circuit.enter()
  nowMs += MINUTE
  expect(circuit.enter()).toBe(true)
})

test('each trial that fails doubles the pause, to an hour', () => {
  failTimes(5)
  const pauses: number[] = []
  for (let i = 0; i < 8; i++) {
    nowMs = circuit.state.untilMs
    expect(circuit.enter()).toBe(true)
    circuit.failed('still busy')
    pauses.push((circuit.state.untilMs - nowMs) / MINUTE)
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60, 60])
})

test('what is known to last opens it at once, for that long', () => {
  circuit.failed('wrong key', 30 * MINUTE)
  nowMs += 30 * MINUTE - 1
  expect(circuit.enter()).toBe(false)
  nowMs += 1
  expect(circuit.enter()).toBe(true)
})
