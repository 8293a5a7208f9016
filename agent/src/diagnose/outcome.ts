/** What an answer of the kernel means: it works, it may not, or the kernel lacks it; and what would help. */
import type { DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import { ERRNO, errnoName } from './errno.ts'
import { atLeast, type Version } from './kernel-version.ts'
import { lacking, spell, type CapabilityName, type Privileges } from './privileges.ts'

export type Outcome = Pick<DiagnosisCheck, 'state' | 'detail' | 'remedy'>

export interface Need {
  capabilities: readonly CapabilityName[]
  /** The first kernel that has it. */
  since: Version
  /** The kernel's build option. */
  option: string
  /** Lockdown from this level on refuses it. */
  lockdown?: 'integrity' | 'confidentiality'
}

/** What this process and kernel are, as far as answers depend on it. */
export interface Standing {
  release: string
  privileges: Privileges
}

export const RUN_AS_ROOT =
  'Run it as root, or give the process CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON.'
const LOCKED_MEMORY_SINCE: Version = [5, 11]

/** `result` below 0 is -errno. `works` is the detail where it works. */
export const judge = (result: number, works: string, need: Need, standing: Standing): Outcome => {
  if (result >= 0) return { state: 'works', detail: works }
  if (result === ERRNO.EPERM || result === ERRNO.EACCES) return judgeRefusal(result, need, standing)
  const isOld = !atLeast(standing.release, need.since)
  if (isOld) {
    return {
      state: 'missing',
      detail: `this kernel has none (${errnoName(result)}); Linux ${need.since.join('.')} brings it`,
      remedy: `Boot Linux ${need.since.join('.')} or newer.`,
    }
  }
  if (result === ERRNO.ENOMEM) {
    return {
      state: 'missing',
      detail: 'no memory for it (ENOMEM)',
      remedy: 'Free memory, or raise the memory limit of the cgroup.',
    }
  }
  return {
    state: 'missing',
    detail: `this kernel was built without it (${errnoName(result)})`,
    remedy: `Boot a kernel with ${need.option}.`,
  }
}

const judgeRefusal = (result: number, need: Need, { release, privileges }: Standing): Outcome => {
  const missing = lacking(need.capabilities, privileges)
  if (missing.length > 0) {
    return {
      state: 'unknown',
      detail: `not permitted: ${missing.map(spell).join(' and ')} missing`,
      remedy: RUN_AS_ROOT,
    }
  }
  const name = errnoName(result)
  // With the capabilities, it is the verifier that says EACCES.
  if (result === ERRNO.EACCES) {
    const version = need.since.join('.')
    return {
      state: 'missing',
      detail: `this kernel does not take the program (${name})${
        atLeast(release, need.since) ? '' : `; Linux ${version} does`
      }`,
      remedy: `Boot Linux ${version} or newer with ${need.option}.`,
    }
  }
  if (!privileges.inInitialUserNamespace) {
    return {
      state: 'missing',
      detail: `refused (${name}): in a user namespace, capabilities count for nothing here`,
      remedy: 'Run it outside the user namespace (rootless container, unshare -U).',
    }
  }
  const { lockdown } = privileges
  if (need.lockdown && (lockdown === 'confidentiality' || lockdown === need.lockdown)) {
    return {
      state: 'missing',
      detail: `refused (${name}) although the capabilities are held, likely by lockdown (mode ${lockdown})`,
      remedy: 'Boot without lockdown= (with Secure Boot: turn that off, too).',
    }
  }
  if (privileges.seccomp) {
    return {
      state: 'missing',
      detail: `refused (${name}), likely by the container's filter of system calls (seccomp)`,
      remedy: 'Allow bpf and perf_event_open in the seccomp profile of the container.',
    }
  }
  if (!atLeast(release, LOCKED_MEMORY_SINCE) && privileges.lockedMemoryBytes !== Infinity) {
    return {
      state: 'missing',
      detail: `refused (${name}): only ${privileges.lockedMemoryBytes} bytes of locked memory are allowed`,
      remedy: 'Raise RLIMIT_MEMLOCK: `prlimit --memlock=unlimited netscope ...`.',
    }
  }
  if (need.lockdown && lockdown === undefined) {
    return {
      state: 'missing',
      detail: `refused (${name}) although the capabilities are held: as lockdown does it`,
      remedy: 'Boot without lockdown= (with Secure Boot: turn that off, too).',
    }
  }
  return {
    state: 'missing',
    detail: `refused (${name}) although the capabilities are held`,
    remedy: 'Look for a security module (AppArmor, SELinux, BPF LSM) or a kernel that forbids it.',
  }
}
