/** What a process may do, from /proc. */
import { describe, expect, it } from 'vitest'
import { createFakeSystem, healthyMachine } from './fake-system.ts'
import { lacking, readPrivileges } from './privileges.ts'

const status = (capabilities: string, seccomp = 0) =>
  `Name:\tnode\nSeccomp:\t${seccomp}\nCapEff:\t${capabilities}\n`
const read = (files: Record<string, string>, mounts: Record<string, number> = {}) =>
  readPrivileges(createFakeSystem({ ...healthyMachine({ files }), mounts }))

describe('privileges', () => {
  it('come from the effective set', () => {
    const agent = read({ '/proc/self/status': status('000000c000001000', 2) })
    expect([[...agent.held].toSorted(), agent.seccomp]).toEqual([
      ['bpf', 'net_admin', 'perfmon'],
      true,
    ])
  })

  it('CAP_SYS_ADMIN stands for all but CAP_NET_ADMIN', () => {
    expect(lacking(['bpf', 'perfmon', 'net_admin'], { held: new Set(['sys_admin']) })).toEqual([
      'net_admin',
    ])
  })

  it('know a user namespace by its map', () => {
    expect(read({}).inInitialUserNamespace).toBe(true)
    expect(read({ '/proc/self/uid_map': '0 1000 1\n' }).inInitialUserNamespace).toBe(false)
  })

  it('read lockdown from a mount of their own where securityfs is not mounted', () => {
    const machine = healthyMachine()
    const { '/sys/kernel/security/lockdown': _, ...files } = machine.files!
    const system = createFakeSystem({
      ...machine,
      files: { ...files, '/proc/self/fd/42/lockdown': 'none integrity [confidentiality]' },
      mounts: { securityfs: 42 },
    })
    expect(readPrivileges(system).lockdown).toBe('confidentiality')
    const refused = createFakeSystem({ ...machine, files, mounts: { securityfs: -1 } })
    expect(readPrivileges(refused).lockdown).toBeUndefined()
  })

  it('know that locked memory may be unlimited', () => {
    expect(read({}).lockedMemoryBytes).toBe(8_388_608)
    const limits = 'Max locked memory         unlimited            unlimited            bytes'
    expect(read({ '/proc/self/limits': limits }).lockedMemoryBytes).toBe(Infinity)
  })
})
