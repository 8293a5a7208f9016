/** What the form of a policy tells the API. */
import { expect, it } from 'vitest'
import type { Policy } from '../api/respond.ts'
import { policyOf, policyValuesOf } from './policy-values.ts'

const OLD: Policy = {
  ...{ name: 'old', when: 'severity >= 60', enabled: false, for: '2h', mode: 'ask' },
  do: {
    ...{ side: 'source', block: 'prefix', prefix4: 20, at: 'all', terminate: false },
    ...{ notify: true, capture: '30s', webhook: '***' },
    rateLimit: { packetsPerSecond: 50, burst: 200, of: 'syn' },
  },
  ...{ escalate: { factor: 4, cap: '7d' }, trial: 'none', trialUntil: null, origin: 'api' },
  ...{ author: 'ada', createdAt: '', changedAt: '', modeNow: 'ask' },
}

it('a policy that is changed keeps what the form does not show, also its webhook', () => {
  const told = policyOf({ ...policyValuesOf(OLD), holds: '3h' }, OLD)
  expect(told).toMatchObject({ enabled: false, for: '3h', escalate: { factor: 4, cap: '7d' } })
  expect(told.do).toEqual(OLD.do)
})

it('what is taken out of the form is taken out of the policy', () => {
  const values = { ...policyValuesOf(OLD), limit: '', capture: '', factor: '1' }
  const { do: does, escalate } = policyOf(values, OLD)
  expect([does.rateLimit, does.capture, escalate]).toEqual([undefined, undefined, undefined])
  expect(policyOf({ ...values, limit: '10' }, OLD).do.rateLimit).toEqual({
    ...{ packetsPerSecond: 10, of: 'syn' },
  })
})
