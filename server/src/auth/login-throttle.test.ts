/** Guessing is slowed down, and the owner is not locked out by it. */
import { beforeEach, expect, test } from 'vitest'
import { createLoginThrottle, type Attempt, type LoginThrottle } from './login-throttle.ts'

let throttle: LoginThrottle
let now: number
beforeEach(() => {
  throttle = createLoginThrottle()
  now = 0
})

const attempt = (account: string, client: string, isKnown = false): Attempt => ({
  account,
  client,
  isKnown,
})
/** Attempts that got through within `forMs`, made every 100 ms. */
const guesses = (of: (i: number) => Attempt, forMs: number): number => {
  let through = 0
  for (const end = now + forMs; now < end; now += 100)
    if (throttle.waitMs(of(through), now) === 0) through++
  return through
}

test('five are free, then each takes twice as long', () => {
  const one = attempt('ada', '192.0.2.1')
  for (let i = 0; i < 5; i++) expect(throttle.waitMs(one, now)).toBe(0)
  expect(throttle.waitMs(one, now)).toBe(1000)
  now = 1000
  expect(throttle.waitMs(one, now)).toBe(0)
  expect(throttle.waitMs(one, now)).toBe(2000)
})

test('upper and lower case make no second account', () => {
  for (let i = 0; i < 5; i++) throttle.waitMs(attempt('ada', '192.0.2.1'), now)
  expect(throttle.waitMs(attempt('ADA', '192.0.2.1'), now)).toBe(1000)
})

test('one client gets few guesses in an hour, at one account or at many', () => {
  expect(guesses(() => attempt('ada', '192.0.2.1'), 3_600_000)).toBeLessThan(25)
  expect(guesses((i) => attempt(`user-${i}`, '192.0.2.2'), 3_600_000)).toBeLessThan(40)
})

test('many clients together get few guesses at one account', () => {
  const through = guesses((i) => attempt('ada', `198.51.100.${i}`), 3_600_000)
  expect(through).toBeLessThan(50 + 65)
})

test('while others attack, the owner signs in from where they have before, at once', () => {
  guesses((i) => attempt('ada', `198.51.100.${i}`), 600_000)
  expect(throttle.waitMs(attempt('ada', '203.0.113.7'), now)).toBeGreaterThan(0)
  expect(throttle.waitMs(attempt('ada', '192.0.2.9', true), now)).toBe(0)
})

test('a sign-in forgives the pair, but not guessing at other accounts', () => {
  const own = attempt('mallory', '192.0.2.1')
  for (let i = 0; i < 19; i++) throttle.waitMs(attempt(`user-${i}`, '192.0.2.1'), now)
  expect(throttle.waitMs(own, now)).toBe(0)
  throttle.succeeded(own)
  expect(throttle.waitMs(attempt('user-x', '192.0.2.1'), now)).toBe(0)
  expect(throttle.waitMs(attempt('user-y', '192.0.2.1'), now)).toBeGreaterThan(0)
})

test('is forgotten after an hour', () => {
  for (let i = 0; i < 9; i++) throttle.waitMs(attempt('ada', '192.0.2.1'), (now += 20_000))
  now += 60 * 60_000
  for (let i = 0; i < 5; i++) expect(throttle.waitMs(attempt('ada', '192.0.2.1'), now)).toBe(0)
})

test('counts what it refused', () => {
  for (let i = 0; i < 7; i++) throttle.waitMs(attempt('ada', '192.0.2.1'), now)
  expect(throttle.refused).toBe(2)
})
