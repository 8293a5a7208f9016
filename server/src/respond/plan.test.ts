/** Tests of what a policy may do to a target, within its bounds. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { prefixesOverlap } from '@netscope/core/query/prefix-test.ts'
import { describe, expect, test } from 'vitest'
import { proves } from './handshake-proof.ts'
import { planFor, restMs } from './plan.ts'
import type { Circumstances } from './plan.ts'
import { durationFor, targetOf } from './policy.ts'
import { PolicyProblem, policyOf, specOf } from './policy-spec.ts'
import type { ProtectedAddress } from './protected.ts'

const NOW_MS = 1e12
const HOUR_MS = 3_600_000
const policy = policyOf({
  ...{ name: 'p', when: 'detector = scan', do: { block: 'address' }, mode: 'enforce' },
  ...{ for: '1h', escalate: { factor: 4, cap: '1d' } },
})
const GATEWAY: ProtectedAddress = {
  ...{ prefix: '10.0.0.1', kind: 'gateway', reason: 'default gateway of a', agent: 'a' },
  ...{ lastSeenMs: NOW_MS, canOverride: false },
}
const BOUNDS = { blocksPerHour: 5, addressesPerPrefix: 3 }
const plan = (target: string, given: Partial<Circumstances> = {}, bounds = BOUNDS) =>
  planFor(
    policy,
    target,
    {
      ...{ nowMs: NOW_MS, isProven: true, repeats: 0, held: [], trialUntilMs: undefined },
      ...{ address: target.split('/')[0]!, isExternal: false },
      hit: ({ text }) => (text === '10.0.0.1' ? GATEWAY : undefined),
      within: (prefix) =>
        prefix.length < 128 && prefixesOverlap(parsePrefix('10.0.0.1'), prefix) ? [GATEWAY] : [],
      ...given,
    },
    bounds,
  )
const held = (...targets: string[]) =>
  targets.map((target) => ({ target, createdAtMs: NOW_MS - 1000 }))

test('who comes back is answered for longer, up to the cap', () => {
  const seconds = [0, 1, 2, 3, 1000].map((repeats) => durationFor(policy, repeats))
  expect(seconds).toEqual([3600, 14_400, 57_600, 86_400, 86_400])
})

test('a source that may be forged gets a minute, whatever it did before', () => {
  const { seconds, isSpoofable, notes } = plan('192.0.2.7', { isProven: false, repeats: 9 })
  expect([seconds, isSpoofable]).toEqual([60, true])
  expect(notes.join()).toContain('no longer than a minute')
})

test('and never has its neighbours blocked, also by a policy of prefixes', () => {
  const wide = { ...policy, do: { ...policy.do, block: 'prefix' as const } }
  const plans = (mode: 'enforce' | 'ask', isProven: boolean) =>
    planFor(
      { ...wide, mode },
      '192.0.2.0/24',
      {
        ...{ nowMs: NOW_MS, isProven, repeats: 0, held: [], trialUntilMs: undefined },
        ...{ address: '192.0.2.7', isExternal: false, hit: () => undefined, within: () => [] },
      },
      BOUNDS,
    )
  expect(plans('enforce', false)).toMatchObject({ target: '192.0.2.7', seconds: 60 })
  expect(plans('enforce', true)).toMatchObject({ target: '192.0.2.0/24', seconds: 3600 })
  // A person decides.
  expect(plans('ask', false)).toMatchObject({ target: '192.0.2.0/24', seconds: 3600 })
})

test('what others told is not done where no agent has seen it', () => {
  const seen = { ...policy, do: { ...policy.do, at: 'seen' as const } }
  const of = { nowMs: NOW_MS, isProven: true, repeats: 0, held: [], trialUntilMs: undefined }
  const at = { address: '192.0.2.7', hit: () => undefined, within: () => [] }
  const { refusal } = planFor(seen, '192.0.2.7', { ...of, ...at, isExternal: true }, BOUNDS)
  expect(refusal).toContain('`at: all`')
  expect(planFor(seen, '192.0.2.7', { ...of, ...at, isExternal: false }, BOUNDS).refusal).toBe('')
})

test('nothing lasts longer than a trial that runs', () => {
  expect(plan('192.0.2.7', { trialUntilMs: NOW_MS + 90_000 }).seconds).toBe(90)
})

test('who works here is refused, and how an admin insists is said; who perhaps does is asked about again soon', () => {
  const operator = {
    ...GATEWAY,
    prefix: '192.0.2.50',
    kind: 'operator' as const,
    canOverride: true,
  }
  const refused = plan('192.0.2.50', { hit: () => operator })
  expect(refused.refusal).toContain('netscope block 192.0.2.50 --override')
  expect(restMs(refused)).toBe(600_000)
  const unsure = plan('192.0.2.50', { hit: () => ({ ...operator, isUnsure: true }) })
  expect(unsure.refusal).not.toContain('override')
  expect([unsure.seconds, restMs(unsure)]).toEqual([15, 15_000])
})

test('what is protected is refused by name; a prefix around it leaves it reachable, and says so', () => {
  expect(plan('10.0.0.1').refusal).toContain('10.0.0.1, which is protected: gateway')
  const around = plan('10.0.0.0/24')
  expect([around.refusal, around.hit]).toEqual(['', undefined])
  expect(around.notes).toEqual(['10.0.0.1 (gateway) stays reachable, because protected'])
})

test('so many blocks an hour and no more', () => {
  const five = held('198.51.100.1', '198.51.101.1', '198.51.102.1', '198.51.103.1', '203.0.113.1')
  expect(plan('192.0.2.7', { held: five }).refusal).toContain('respond.blocksPerHour is 5')
  const older = five.map((one) => ({ ...one, createdAtMs: NOW_MS - HOUR_MS }))
  expect(plan('192.0.2.7', { held: older }).refusal).toBe('')
})

test('sources that may be forged use up no more than half of them', () => {
  const three = held('198.51.100.1', '198.51.101.1', '198.51.102.1')
  const [forged, proven] = [false, true].map((isProven) =>
    plan('192.0.2.7', { held: three, isProven }),
  )
  expect(forged!.refusal).toContain('only 3 are allowed')
  expect(proven!.refusal).toBe('')
  expect(plan('192.0.2.7', { held: three.slice(1), isProven: false }).refusal).toBe('')
})

describe('beyond so many addresses of a network', () => {
  const three = held('192.0.2.1', '192.0.2.2', '192.0.2.3')
  test('the network is blocked instead', () => {
    expect(plan('192.0.2.7', { held: three })).toMatchObject({
      target: '192.0.2.0/24',
      refusal: '',
    })
  })
  test('unless sources may be forged', () => {
    const many = { blocksPerHour: 10, addressesPerPrefix: 3 }
    const forged = plan('192.0.2.7', { held: three, isProven: false }, many)
    expect(forged.refusal).toContain('its sources may be forged')
  })
  test('what is protected in it stays reachable', () => {
    const operator = { ...GATEWAY, prefix: '192.0.2.50', kind: 'operator' as const }
    const { target, notes } = plan('192.0.2.7', { held: three, within: () => [operator] })
    expect(target).toBe('192.0.2.0/24')
    expect(notes.join()).toContain('192.0.2.50 (operator) stays reachable')
  })
  test('unless it is a network of ours: guests of it would have everybody blocked', () => {
    const near = held('10.0.0.7', '10.0.0.8', '10.0.0.9')
    const { target, refusal } = plan('10.0.0.10', { held: near })
    expect([target, refusal]).toEqual(['10.0.0.10', expect.stringMatching('a network of ours')])
  })
  test('IPv6 counts by /64', () => {
    const near = held('2001:db8::1', '2001:db8::2', '2001:db8::3')
    expect(plan('2001:db8::7', { held: near }).target).toBe('2001:db8::/64')
  })
})

test.each(['', '0.0.0.0', '::', '224.0.0.1', 'ff02::1', '127.0.0.1', 'nobody'])(
  '%j is the address of no host',
  (src) => expect(targetOf(policy, { src, dst: '' })).toBeUndefined(),
)

test('a prefix is that around the address', () => {
  const wide = policyOf({ name: 'p', when: 'severity > 1', do: { block: 'prefix', prefix4: 20 } })
  expect(targetOf(wide, { src: '192.0.2.7', dst: '' })).toBe('192.0.0.0/20')
  expect(targetOf(wide, { src: '2001:db8::7', dst: '' })).toBe('2001:db8::/64')
})

describe('somebody is at an address', () => {
  const flow = {
    ...{ src: '192.0.2.7', handshake: 'complete', synCount: 1, synAckCount: 1, rstCount: 0 },
    ...{ srcPackets: 4, dstPackets: 3, srcRttSamples: 0, dstRttSamples: 0 },
  } as const
  test.each([
    ['once the other side went on after its SYN-ACK', {}, true],
    ['not by a SYN-ACK, sent again or not', { dstPackets: 2, synAckCount: 2 }, false],
    ['not by a reset', { dstPackets: 2, rstCount: 1 }, false],
    ['not without an answer', { handshake: 'unanswered' }, false],
    ['if a socket measured its round trip', { dstPackets: 1, dstRttSamples: 1 }, true],
  ] as const)('%s', (_, given, proven) => {
    expect(proves({ ...flow, ...given }, '192.0.2.7')).toBe(proven)
  })
})

test('a policy is written as it was read, but for its secret', () => {
  const spec = specOf({
    ...policy,
    do: { ...policy.do, webhook: 'https://x/y', captureSeconds: 90 },
  })
  expect(spec).toMatchObject({ for: '1h', do: { webhook: '***', capture: '90s' } })
  expect(policyOf({ ...spec, do: { ...spec.do, webhook: '' } })).toEqual({
    ...policy,
    do: { ...policy.do, captureSeconds: 90 },
  })
})

test('what is wrong is named with its place', () => {
  const wrong = () => policyOf({ name: 'p', when: 'severity > 1', do: { block: 'no' } })
  expect(wrong).toThrow(PolicyProblem)
  const escalate = { factor: 2, cap: '1m' }
  const capped = () => policyOf({ ...specOf(policy), for: '1h', escalate })
  expect(capped).toThrow('a cap of 1m is less than `for`, 1h')
})
