/** Capabilities and the commands that give them up. */
import { expect, test } from 'vitest'
import { AGENT_CAPABILITIES, lacking, spell } from './capabilities.ts'
import { asAccount, withLockedMemory } from './privileges.ts'

test.each([
  ['5.10.0-28-amd64', true],
  ['5.4.0', true],
  ['4.19.0', true],
  ['5.11.0', false],
  ['6.1.0-18-amd64', false],
])('on Linux %s locked memory is raised: %j', (release, raised) => {
  expect(withLockedMemory(['node'], release)[0] === 'prlimit').toBe(raised)
})

test('finds the capabilities that a process lacks', () => {
  const statusOf = (mask: string): string => `Name:\tx\nCapInh:\t0\nCapPrm:\t${mask}\nCapEff:\t0\n`
  expect(lacking(AGENT_CAPABILITIES, statusOf('000001ffffffffff'))).toEqual([])
  expect(lacking(AGENT_CAPABILITIES, statusOf('000000c000000000'))).toEqual(['net_admin'])
  expect(lacking(AGENT_CAPABILITIES, '')).toEqual(['bpf', 'net_admin', 'perfmon'])
})

test('spells capabilities as docker does', () => {
  expect(spell(['bpf', 'net_admin'])).toBe('CAP_BPF, CAP_NET_ADMIN')
})

test('drops everything that is not named', () => {
  const command = asAccount({ user: 'x', uid: 5, gid: 6 }, ['bpf'], ['node', 'main.ts'])
  expect(command).toContain('--bounding-set=-all,+bpf')
  expect(command.slice(-2)).toEqual(['node', 'main.ts'])
})
