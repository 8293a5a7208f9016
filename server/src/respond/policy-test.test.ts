/** Tests of which alerts policies answer: those that others told only where the filter asks for them by name. */
import { expect, test } from 'vitest'
import { parseAlertQuery } from '../alerts/alert-query.ts'
import type { KeptAlert } from '../alerts/alert-row.ts'
import { policyTest } from './policy-test.ts'

const answers = (when: string, given: Partial<KeptAlert>): boolean => {
  const parsed = parseAlertQuery(when)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const alert = { severity: 70, title: 'fail2ban: sshd', src: '192.0.2.7', ...given }
  return policyTest(parsed.query, () => 0)(alert as KeptAlert)
}

test.each([
  ['detector = external', true],
  ['detector = external and severity >= 60', true],
  ['detector = external and severity >= 80', false],
  ['detector in (tcp-scan, external)', true],
  ['(detector = external or detector ~ scan) and title ~ "fail2ban"', true],
  // An alternative that does not name it answers nothing of theirs.
  ['(detector = external and title ~ "suricata") or severity >= 60', false],
  ['severity >= 60 or (detector = external and title ~ "fail2ban")', true],
  ['severity >= 60', false],
  ['src = 192.0.2.7', false],
  ['detector ~ ext', false],
  ['detector != tcp-scan', false],
  ['not detector != external', false],
  ['title ~ "external" or title ~ "fail2ban"', false],
])('what others told is answered by `%s`: %s', (when, isAnswered) => {
  expect(answers(when, { detector: 'external' })).toBe(isAnswered)
})

test('what our own detectors find is answered as the filter says', () => {
  expect(answers('severity >= 60', { detector: 'tcp-scan' })).toBe(true)
  expect(answers('detector = external or severity >= 60', { detector: 'tcp-scan' })).toBe(true)
  expect(answers('detector = external', { detector: 'tcp-scan' })).toBe(false)
})
