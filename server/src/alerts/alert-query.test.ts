/** Labels of severity stand for their numbers in the filter language over alerts. */
import { expect, test } from 'vitest'
import { alertTest, isAll, parseAlertQuery } from './alert-query.ts'
import type { KeptAlert } from './alert-row.ts'

const SEVERITIES = [0, 19, 20, 39, 40, 59, 60, 79, 80, 100]

const read = (text: string) => {
  const result = parseAlertQuery(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.query
}

const found = (text: string): number[] => {
  const isWanted = alertTest(read(text), () => 0)
  return SEVERITIES.filter((severity) => isWanted({ severity } as KeptAlert))
}

test.each([
  ['severity >= high', [60, 79, 80, 100]],
  ['severity > HIGH', [80, 100]],
  ['severity < high', [0, 19, 20, 39, 40, 59]],
  ['severity <= low', [0, 19, 20, 39]],
  ['severity = medium', [40, 59]],
  ['severity != medium', [0, 19, 20, 39, 60, 79, 80, 100]],
  ['severity in (info, critical)', [0, 19, 80, 100]],
  ['severity in (low, 100)', [20, 39, 100]],
  ['severity >= 60', [60, 79, 80, 100]],
])('%s', (text, severities) => {
  expect(found(text)).toEqual(severities)
})

test('another word is said with those that there are', () => {
  expect(parseAlertQuery('severity >= severe')).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('info, low, medium, high, critical') as string },
  })
})

test('what holds whatever the severity is everything', () => {
  expect([isAll(read('severity >= info')), isAll(read('severity >= low'))]).toEqual([true, false])
})
