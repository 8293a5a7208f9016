/** The kernel itself: release, types, lockdown, the JIT, and what this process may ask of it. */
import type { DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import { errnoName } from './errno.ts'
import { atLeast } from './kernel-version.ts'
import { RUN_AS_ROOT, type Outcome } from './outcome.ts'
import { lacking, spell } from './privileges.ts'
import { readWord, toCheck, type ProbeContext } from './probe.ts'

const AREA = 'kernel'
const TYPES = '/sys/kernel/btf/vmlinux'
const AGENT_NEEDS = ['bpf', 'net_admin', 'perfmon'] as const

export const probeKernel = async (context: ProbeContext): Promise<DiagnosisCheck[]> => [
  toCheck(AREA, 'release', release(context)),
  toCheck(AREA, 'capabilities', capabilities(context)),
  toCheck(AREA, 'types (BTF)', types(context)),
  toCheck(AREA, 'lockdown', lockdown(context)),
  toCheck(AREA, 'JIT', jit(context)),
  toCheck(AREA, 'unprivileged BPF', unprivileged(context)),
]

const release = ({ system }: ProbeContext): Outcome =>
  atLeast(system.release, [5, 10])
    ? { state: 'works', detail: system.release }
    : {
        state: 'limited',
        detail: `${system.release}; NetScope is made for Linux 5.10 and later`,
        remedy: 'Boot Linux 5.10 or newer.',
      }

const capabilities = ({ standing: { privileges } }: ProbeContext): Outcome => {
  const missing = lacking(AGENT_NEEDS, privileges)
  const around = privileges.seccomp ? ' (a filter of system calls is on: a container)' : ''
  if (!privileges.inInitialUserNamespace) {
    return {
      state: 'missing',
      detail: 'this is a user namespace: capabilities held in it count for nothing here',
      remedy: 'Run it outside the user namespace (rootless container, unshare -U).',
    }
  }
  if (missing.length === 0)
    return { state: 'works', detail: `${AGENT_NEEDS.map(spell).join(', ')} held${around}` }
  return {
    state: 'missing',
    detail: `${missing.map(spell).join(', ')} missing${around}: much below could not be tried`,
    remedy: RUN_AS_ROOT,
  }
}

const types = ({ system, standing }: ProbeContext): Outcome => {
  const folder = system.list('/sys/kernel/btf')
  if (folder.includes('vmlinux')) return { state: 'works', detail: `in ${TYPES}` }
  const found = system.read(TYPES)
  const cause = 'errno' in found ? ` (${errnoName(found.errno)})` : ''
  return {
    state: 'limited',
    detail: `no ${TYPES}${cause}: no fentry, no typed tracepoints; tier A needs none`,
    remedy: atLeast(standing.release, [5, 4])
      ? 'Boot a kernel with CONFIG_DEBUG_INFO_BTF.'
      : 'Boot Linux 5.4 or newer with CONFIG_DEBUG_INFO_BTF.',
  }
}

const lockdown = ({ standing: { privileges } }: ProbeContext): Outcome => {
  const { lockdown } = privileges
  if (lockdown === undefined) {
    return {
      state: 'unknown',
      detail: 'it cannot be read; the checks of tier B show what it refuses',
      remedy: 'Run it as root, or mount securityfs on /sys/kernel/security.',
    }
  }
  if (lockdown === 'none') return { state: 'works', detail: 'off' }
  return {
    state: 'limited',
    detail:
      lockdown === 'integrity'
        ? 'integrity: the kernel refuses some tracing; the checks of tier B show which'
        : 'confidentiality: reading kernel memory is refused, and with it most tracing',
    remedy: 'Boot without lockdown= (with Secure Boot: turn that off, too). Tier A needs neither.',
  }
}

/** Where the JIT is built in and always on, the file says 1 and can't be changed. */
const jit = ({ system }: ProbeContext): Outcome => {
  const value = readWord(system, '/proc/sys/net/core/bpf_jit_enable')
  if (value === '') {
    return {
      state: 'unknown',
      detail: 'net.core.bpf_jit_enable cannot be read',
      remedy: 'Run it as root in the network namespace of the host.',
    }
  }
  if (value === '0') {
    return {
      state: 'limited',
      detail: 'off: programs are interpreted, several times slower',
      remedy: '`sysctl net.core.bpf_jit_enable=1`',
    }
  }
  return { state: 'works', detail: value === '1' ? 'on' : 'on, and writes to the log (2)' }
}

const unprivileged = ({ system }: ProbeContext): Outcome => {
  const value = readWord(system, '/proc/sys/kernel/unprivileged_bpf_disabled')
  if (value === '0') {
    return {
      state: 'works',
      detail: 'allowed; not needed, and `sysctl kernel.unprivileged_bpf_disabled=2` would be safer',
    }
  }
  if (value === '') return { state: 'works', detail: 'not offered by this kernel; not needed' }
  return { state: 'works', detail: 'off, as it should be; not needed' }
}
