/** When alerts are told of. */
import { expect, test } from 'vitest'
import { createAlertMoments } from './alert-moments.ts'

const START = Date.parse('2026-01-15T00:00:00Z')
const alert = (given: object = {}) => ({
  ...{ id: 'a', state: 'active' as const, severity: 40, lastSeen: '2026-01-15T01:00:00.000Z' },
  ...given,
})
const ended = { state: 'ended' as const }

test('once when it is new, not when it grows, once when it is over', () => {
  const moments = createAlertMoments(START)
  expect(moments.of(alert(), true)).toEqual(['new'])
  expect(moments.of(alert(), true)).toEqual([])
  expect(moments.of(alert(ended), true)).toEqual(['ended'])
  // Somebody acknowledges it.
  expect(moments.of(alert(ended), true)).toEqual([])
})

test('when it has become more severe by a label', () => {
  const moments = createAlertMoments(START)
  moments.of(alert(), true)
  expect(moments.of(alert({ severity: 59 }), true)).toEqual([])
  expect(moments.of(alert({ severity: 60 }), true)).toEqual(['raised'])
  expect(moments.of(alert({ severity: 61 }), true)).toEqual([])
})

test('one that nobody wants is not told of, until it is wanted', () => {
  const moments = createAlertMoments(START)
  expect(moments.of(alert(), false)).toEqual([])
  expect(moments.of(alert(), true)).toEqual(['new'])
  // Silenced meanwhile: its end is told, so that it does not stay open there.
  expect(moments.of(alert(), false)).toEqual([])
  expect(moments.of(alert(ended), false)).toEqual(['ended'])
  expect(moments.of(alert({ ...ended, id: 'b' }), false)).toEqual([])
})

test('one that was over at once is told of as new, too', () => {
  expect(createAlertMoments(START).of(alert(ended), true)).toEqual(['new', 'ended'])
})

test('what was over before the start was told of then', () => {
  const moments = createAlertMoments(START)
  const old = { ...ended, lastSeen: '2026-01-14T23:00:00.000Z' }
  expect(moments.of(alert(old), true)).toEqual([])
})

test('one that went on over a restart is resumed', () => {
  const moments = createAlertMoments(START)
  moments.resume('a')
  expect(moments.of(alert(), true)).toEqual(['resumed'])
  expect(moments.of(alert(ended), true)).toEqual(['ended'])
})
