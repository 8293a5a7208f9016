/** Why the kernel refuses a tracing program, and what would make it work. */
import { existsSync, readFileSync } from 'node:fs'
import { errorName } from '../libbpf.ts'
import type { Way } from './trace-hooks.ts'

const LOCKDOWN_FILE = '/sys/kernel/security/lockdown'
/** Of perf, else of tracefs. */
const KPROBE_FILES = [
  '/sys/bus/event_source/devices/kprobe/type',
  '/sys/kernel/tracing/kprobe_events',
]
const CAPABILITY_BITS = { CAP_SYS_ADMIN: 21, CAP_PERFMON: 38, CAP_BPF: 39 }
const EPERM = -1
const EINVAL = -22
const EACCES = -13
/** ENOENT, ESRCH: no such function. */
const ABSENT = new Set([-2, -3])

export interface Refusal {
  reason: string
  remedy: string
}

/** What decides over tracing besides the kernel's version. */
export interface Surroundings {
  /** Undefined: it cannot be read (securityfs is not mounted, or only root may). */
  lockdown: 'none' | 'integrity' | 'confidentiality' | undefined
  /** Of CAP_BPF and CAP_PERFMON, those that this process lacks. */
  lackingCapabilities: readonly string[]
  hasKprobes: boolean
}

/** How one way of hooking in was refused; `errno` is negative. */
export interface Attempt {
  way: Way
  errno: number
}

const LOCKED_DOWN = 'kernel lockdown (confidentiality) forbids tracing programs'
const WITHOUT_LOCKDOWN = 'Boot without lockdown=confidentiality; all but tracing works as it is.'

/** `othersWork`: other tracing programs of ours run, which lockdown for confidentiality would not allow. */
export const explainRefusal = (
  target: string,
  { way, errno }: Attempt,
  { lockdown, lackingCapabilities, hasKprobes }: Surroundings,
  othersWork: boolean,
): Refusal => {
  const name = errorName(errno)
  // Lockdown also takes the functions that read kernel memory away, which the verifier says as EINVAL.
  if (lockdown === 'confidentiality' && [EPERM, EINVAL, EACCES].includes(errno))
    return { reason: LOCKED_DOWN, remedy: WITHOUT_LOCKDOWN }
  if (errno === EPERM && lackingCapabilities.length > 0) {
    const lacking = lackingCapabilities.join(' and ')
    return { reason: `${lacking} lacking`, remedy: `Give the agent ${lacking}, or run it as root.` }
  }
  if (errno === EPERM && lockdown === undefined && !othersWork) {
    return {
      reason: `${LOCKED_DOWN}, it seems: ${name} although CAP_BPF and CAP_PERFMON are held`,
      remedy: WITHOUT_LOCKDOWN,
    }
  }
  if (errno === EPERM) {
    return {
      reason: `the kernel forbids it (${name}) although CAP_BPF and CAP_PERFMON are held`,
      remedy: 'Look for a security module, or a seccomp filter around the agent, that forbids it.',
    }
  }
  if (ABSENT.has(errno) && way === 'kprobe' && !hasKprobes) return NO_KPROBES
  if (ABSENT.has(errno)) {
    return {
      reason: `this kernel has no ${target} that can be traced (${name})`,
      remedy: `A kernel in which \`grep -w ${target} /proc/kallsyms\` finds something.`,
    }
  }
  return {
    reason: `the kernel refused the program for ${target} (${name})`,
    remedy: 'Please report it with the release of the kernel.',
  }
}

const NO_KPROBES: Refusal = {
  reason: 'this kernel has no kprobes',
  remedy: 'A kernel built with CONFIG_KPROBE_EVENTS=y.',
}
export const NO_BTF: Refusal = {
  reason: 'this kernel has no BTF (/sys/kernel/btf/vmlinux): nobody can tell where its fields lie',
  remedy: 'A kernel built with CONFIG_DEBUG_INFO_BTF=y, as those of all large distributions are.',
}
export const NOT_BUILT: Refusal = {
  reason: 'the tracing programs are not there (bpf/build/trace-*.bpf.o)',
  remedy: 'Run bin/setup to build them.',
}
export const NO_REASONS: Refusal = {
  reason: 'this kernel does not say why it drops a packet, so drops cannot be told from other ends',
  remedy: 'Linux 5.17 or later.',
}
/** A file's text, or an empty string. */
export const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** By /proc/self/status and the lockdown file. CAP_SYS_ADMIN stands for both capabilities. */
export const readSurroundings = (read: (path: string) => string): Surroundings => {
  const effective = BigInt(
    `0x${/^CapEff:\s*([0-9a-f]+)/m.exec(read('/proc/self/status'))?.[1] ?? '0'}`,
  )
  const holds = (name: keyof typeof CAPABILITY_BITS) =>
    ((effective >> BigInt(CAPABILITY_BITS[name])) & 1n) === 1n
  const state = /\[(none|integrity|confidentiality)\]/.exec(read(LOCKDOWN_FILE))?.[1]
  return {
    lockdown: state as Surroundings['lockdown'],
    lackingCapabilities: holds('CAP_SYS_ADMIN')
      ? []
      : (['CAP_BPF', 'CAP_PERFMON'] as const).filter((name) => !holds(name)),
    hasKprobes: KPROBE_FILES.some((path) => existsSync(path)),
  }
}
