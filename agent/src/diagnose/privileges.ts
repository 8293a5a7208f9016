/** What this process may do, and what may stop it although it may: namespaces, seccomp, lockdown. */
import { ERRNO } from './errno.ts'
import type { System } from './system.ts'

/** Bits of capabilities(7). */
const BITS = { net_admin: 12, sys_admin: 21, perfmon: 38, bpf: 39 } as const
export type CapabilityName = keyof typeof BITS

export type Lockdown = 'none' | 'integrity' | 'confidentiality'

export interface Privileges {
  /** Effective ones. */
  readonly held: ReadonlySet<CapabilityName>
  /** In another, the capabilities that we hold count for nothing with bpf(2). */
  readonly inInitialUserNamespace: boolean
  /** A filter of system calls is on, as in containers. */
  readonly seccomp: boolean
  /** undefined: it could not be read. */
  readonly lockdown: Lockdown | undefined
  /** Locked memory that is allowed, in bytes; counts before Linux 5.11. */
  readonly lockedMemoryBytes: number
}

/** `CAP_BPF` */
export const spell = (name: CapabilityName): string => `CAP_${name.toUpperCase()}`

/** Which of `wanted` are not held. CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON (Linux 5.8). */
export const lacking = (
  wanted: readonly CapabilityName[],
  { held }: Pick<Privileges, 'held'>,
): CapabilityName[] =>
  wanted.filter((name) => !held.has(name) && !(held.has('sys_admin') && name !== 'net_admin'))

const textOf = (system: System, path: string): string => {
  const found = system.read(path)
  return 'text' in found ? found.text : ''
}

export const readPrivileges = (system: System): Privileges => {
  const status = textOf(system, '/proc/self/status')
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  const names = Object.keys(BITS) as CapabilityName[]
  const memory = /^Max locked memory\s+(\S+)/m.exec(textOf(system, '/proc/self/limits'))?.[1]
  return {
    held: new Set(names.filter((name) => (effective >> BigInt(BITS[name])) & 1n)),
    // Where there are no user namespaces, there is no such file.
    inInitialUserNamespace: /^\s*(0\s+0\s+4294967295\s*)?$/.test(
      textOf(system, '/proc/self/uid_map'),
    ),
    seccomp: /^Seccomp:\s*2$/m.test(status),
    lockdown: readLockdown(system),
    lockedMemoryBytes: memory === 'unlimited' ? Infinity : Number(memory ?? 0),
  }
}

const parseLockdown = (text: string): Lockdown | undefined =>
  /\[(none|integrity|confidentiality)\]/.exec(text)?.[1] as Lockdown | undefined

/** From where securityfs is mounted, else from a mount of our own that nobody sees. */
const readLockdown = (system: System): Lockdown | undefined => {
  const mounted = system.read('/sys/kernel/security/lockdown')
  if ('text' in mounted) return parseLockdown(mounted.text)
  if (mounted.errno === ERRNO.EACCES) return undefined
  const mount = system.calls.mountUnseen('securityfs')
  if (mount < 0) return undefined
  const own = system.read(`/proc/self/fd/${mount}/lockdown`)
  system.calls.close(mount)
  // Without the file, the kernel was built without lockdown.
  return 'text' in own ? parseLockdown(own.text) : 'none'
}
