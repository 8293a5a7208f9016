/** Arguments of capture.start: what is wrong with them is said. */
import { expect, test } from 'vitest'
import { captureFilterOf, captureLimitsOf } from './capture-arguments.ts'

const limits = { seconds: 10, maxBytes: 1_000_000, snapLength: 65_535 }

test('what is right is taken, and nothing else with it', () => {
  const filter = { ip: '10.0.0.0/8', port: 0, protocol: 6, interface: 'eth0', key: 'ab'.repeat(48) }
  expect(captureFilterOf({ filter: { ...filter, extra: 1 } })).toEqual(filter)
  expect(captureFilterOf({ filter: {} })).toEqual({})
  expect(captureLimitsOf({ limits: { ...limits, extra: 1 } })).toEqual(limits)
  const withBefore = { ...limits, beforeBytes: 0, beforeSeconds: 30 }
  expect(captureLimitsOf({ limits: withBefore })).toEqual(withBefore)
})

test.each([
  [undefined, 'filter must be'],
  [null, 'filter must be'],
  [{ ip: 7 }, 'ip must be'],
  [{ ip: '' }, 'ip must be'],
  [{ port: 65_536 }, 'port must be'],
  [{ port: '53' }, 'port must be'],
  [{ protocol: -1 }, 'protocol must be'],
  [{ interface: 'x'.repeat(65) }, 'interface must be'],
  [{ key: 'ab' }, 'key must be'],
  [{ key: 'zz'.repeat(48) }, 'key must be'],
])('the filter %j is refused', (filter, reason) => {
  expect(() => captureFilterOf({ filter })).toThrow(reason)
})

test.each([
  [{ seconds: 0 }, 'seconds must be'],
  [{ seconds: 601 }, 'seconds must be'],
  [{ maxBytes: 2 ** 31 }, 'maxBytes must be'],
  [{ maxBytes: 1.5 }, 'maxBytes must be'],
  [{ snapLength: 15 }, 'snapLength must be'],
  [{ snapLength: 65_536 }, 'snapLength must be'],
  [{ snapLength: Number.NaN }, 'snapLength must be'],
  [{ beforeBytes: -1 }, 'beforeBytes must be'],
  [{ beforeBytes: null }, 'beforeBytes must be'],
  [{ beforeSeconds: 0 }, 'beforeSeconds must be'],
  [{ beforeSeconds: 86_401 }, 'beforeSeconds must be'],
])('the limits %j are refused', (wrong, reason) => {
  expect(() => captureLimitsOf({ limits: { ...limits, ...wrong } })).toThrow(reason)
})
