/** `netscope doctor` as a user runs it, with whatever privileges the tests have, and with none. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { tierWorks, type Diagnosis } from '@netscope/core/diagnosis.ts'

const NETSCOPE = fileURLToPath(new URL('../../../bin/netscope', import.meta.url))
const IS_ROOT = process.getuid?.() === 0
const NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--bounding-set=-all']

const run = (args: readonly string[], before: readonly string[] = []) => {
  const [command = '', ...rest] = [...before, NETSCOPE, 'doctor', ...args]
  return spawnSync(command, rest, { encoding: 'utf8' })
}
const unprivileged = (args: readonly string[]) =>
  IS_ROOT ? run(args, ['setpriv', ...NOBODY]) : run(args)

describe('netscope doctor', () => {
  it('prints JSON whose tier A says what the exit code says, by the settings that are given', () => {
    const { status, stdout, stderr } = run(['--json', '--flows-table-size', '1000000'])
    const diagnosis = JSON.parse(stdout) as Diagnosis
    expect(stderr).toBe('')
    expect(status).toBe(tierWorks(diagnosis.checks, 'tier A') ? 0 : 1)
    const memory = diagnosis.checks.find(({ name }) => name === 'memory')
    expect(memory?.detail).toContain('1000000 flows')
  })

  it('ends with 1 without privileges, and says what is missing', () => {
    const { status, stdout, stderr } = unprivileged([])
    expect([status, stderr]).toEqual([1, ''])
    expect(stdout).toMatch(/✗ capabilities .*CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON missing/)
    expect(stdout).toContain('Tier A does not work')
    expect(stdout).not.toContain('\u001B')
  })

  it('ends with 2 for wrong usage or configuration', () => {
    const wrong = [['more'], ['--flows-table-size', '1']]
    expect(wrong.map((args) => unprivileged(args).status)).toEqual([2, 2])
  })
})
