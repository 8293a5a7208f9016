/** What the form of a channel tells the API. */
import { expect, it } from 'vitest'
import type { Channel } from '../api/notify.ts'
import { bodyOf, valuesOf } from './channel-values.ts'

const SCHEMA = { properties: { port: { type: 'integer' }, to: { type: 'array' }, host: {} } }
const MAIL: Channel = {
  ...{ name: 'mail', kind: 'email', target: '', origin: 'api', author: '', createdAt: null },
  settings: {
    host: 'mail.example.org',
    port: 25,
    to: ['a@b.example', 'c@d.example'],
    password: '***',
  },
  rules: {
    ...{ minSeverity: 'high', filter: '', newThings: true, groupSeconds: 0, dailyBudget: 9 },
    ...{ quietHours: { from: '22:00', to: '07:00' }, timeZone: 'UTC' },
  },
  ...{ enabled: true, disabled: '', disabledAt: null, lastError: '', lastErrorAt: null },
  ...{ lastSentAt: null, sentToday: 0, waiting: 0 },
}

it('what is not changed is told as it was, but for secrets, which are not known', () => {
  const { settings, rules } = bodyOf(valuesOf(MAIL, ['password']), SCHEMA)
  expect(settings).toEqual({ host: 'mail.example.org', port: 25, to: MAIL.settings['to'] })
  expect(rules).toEqual(MAIL.rules)
})

it('without both ends there are no quiet hours, and what is empty is left out', () => {
  const values = {
    ...valuesOf(undefined, []),
    settings: { port: ' 465 ', host: ' ' },
    quietFrom: '22:00',
  }
  expect(bodyOf(values, SCHEMA)).toMatchObject({
    settings: { port: 465 },
    rules: { quietHours: null },
  })
})
