/** What an answer of the kernel is said to mean. */
import { describe, expect, it } from 'vitest'
import { ERRNO, errnoName } from './errno.ts'
import { judge, type Need, type Standing } from './outcome.ts'
import type { CapabilityName, Privileges } from './privileges.ts'

const NEED: Need = {
  capabilities: ['bpf', 'perfmon'],
  since: [5, 5],
  option: 'CONFIG_X',
  lockdown: 'integrity',
}
const standing = (changes: Partial<Privileges> = {}, release = '6.1.0'): Standing => ({
  release,
  privileges: {
    held: new Set<CapabilityName>(['sys_admin']),
    inInitialUserNamespace: true,
    seccomp: false,
    lockdown: 'none',
    lockedMemoryBytes: 65_536,
    ...changes,
  },
})

describe('the answer of the kernel', () => {
  it.each([
    ['a file descriptor', 7, standing(), 'works', /^it does$/],
    [
      'no permission',
      ERRNO.EPERM,
      standing({ held: new Set(['bpf']) }),
      'unknown',
      /CAP_PERFMON missing/,
    ],
    [
      'a user namespace',
      ERRNO.EPERM,
      standing({ inInitialUserNamespace: false }),
      'missing',
      /user namespace/,
    ],
    [
      'lockdown',
      ERRNO.EPERM,
      standing({ lockdown: 'integrity' }),
      'missing',
      /lockdown \(mode integrity\)/,
    ],
    [
      'a stricter lockdown',
      ERRNO.EPERM,
      standing({ lockdown: 'confidentiality' }),
      'missing',
      /lockdown/,
    ],
    ['seccomp', ERRNO.EPERM, standing({ seccomp: true }), 'missing', /seccomp/],
    [
      'locked memory',
      ERRNO.EPERM,
      standing({}, '5.10.1'),
      'missing',
      /65536 bytes of locked memory/,
    ],
    [
      'nobody knows whom',
      ERRNO.EPERM,
      standing(),
      'missing',
      /although the capabilities are held$/,
    ],
    ['the verifier', ERRNO.EACCES, standing({}, '5.4.0'), 'missing', /Linux 5.5 does/],
    ['an old kernel', ERRNO.EINVAL, standing({}, '4.19.0'), 'missing', /Linux 5.5 brings it/],
    ['a kernel without it', ERRNO.EINVAL, standing(), 'missing', /built without it/],
    ['no memory', ERRNO.ENOMEM, standing(), 'missing', /no memory/],
  ] as const)('%s', (_name, result, who, state, detail) => {
    const outcome = judge(result, 'it does', NEED, who)
    expect(outcome.state).toBe(state)
    expect(outcome.detail).toMatch(detail)
    expect(outcome.remedy === undefined).toBe(state === 'works')
  })

  it('has a name, also where Node knows none', () => {
    expect([-1, -524, -99999].map(errnoName)).toEqual(['EPERM', 'ENOTSUPP', 'errno 99999'])
  })
})
