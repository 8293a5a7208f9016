/** Tests of what agents tell of their machines. */
import { expect, test } from 'vitest'
import type { Agent } from '../agents.ts'
import { fakeStatus } from '../fakes/fake-status.ts'
import { toldAddresses } from './told-addresses.ts'

const LIFELINES = {
  ...{
    sshPeers: ['192.0.2.50'],
    own: ['10.0.0.9'],
    gateways: ['10.0.0.1'],
    dnsServers: ['10.0.0.53'],
  },
  ...{ servers: ['198.51.100.1'], pinned: 0, problems: [] },
}
const agent = (given: Partial<Agent>) => ({ name: 'a', from: 'local', ...given }) as Agent
const told = (...agents: Agent[]) =>
  toldAddresses(agents, () => ['10.0.0.77']).map(({ prefix, kind }) => `${kind} ${prefix}`)

test('an agent tells what its host cannot do without, and the server from where it connects', () => {
  const status = fakeStatus({ lifelines: LIFELINES })
  expect(told(agent({ status, from: '::ffff:203.0.113.5' }))).toEqual([
    'own 10.0.0.9',
    'gateway 10.0.0.1',
    'dns 10.0.0.53',
    'server 198.51.100.1',
    'operator 192.0.2.50',
    'agent 203.0.113.5',
  ])
})

test('who may have signed in is an operator as long as that is not known', () => {
  const status = fakeStatus({ lifelines: { ...LIFELINES, sshUnsure: ['192.0.2.51'] } })
  const all = toldAddresses([agent({ status })], () => [])
  expect(all.filter(({ kind }) => kind === 'operator')).toMatchObject([
    { prefix: '192.0.2.50', reason: 'SSH session to a from there' },
    { prefix: '192.0.2.51', isUnsure: true, reason: expect.stringContaining('known soon') },
  ])
  expect(all.find(({ prefix }) => prefix === '192.0.2.50')).not.toHaveProperty('isUnsure')
})

test('of one that cannot tell, its own addresses are what it was seen to send from', () => {
  expect(told(agent({ status: fakeStatus({}) }))).toEqual(['own 10.0.0.77'])
})

test('of one that has just come nothing is made up', () => {
  expect(told(agent({ status: undefined }))).toEqual([])
})
