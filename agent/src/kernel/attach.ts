/**
 * Attaching the tc programs to one interface: a tcx link (Linux 6.6) that dies with us, else a clsact
 * filter with a handle of our own. We never replace or delete what somebody else attached.
 */
import { execFileSync } from 'node:child_process'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { BpfObject } from './bpf-object.ts'
import {
  bpf,
  closeFd,
  errorName,
  hookCreate,
  hookDestroy,
  tcAttach,
  tcDetach,
  tcQuery,
} from './libbpf.ts'

const LINK_CREATE = 28
/** enum bpf_attach_type */
const TCX = { in: 46, out: 47 } as const
/** enum bpf_tc_attach_point */
const CLSACT = { in: 1, out: 2 } as const
/** First in the chain: what others drop or redirect has been seen. */
const BPF_F_BEFORE = 8
const UNSUPPORTED = new Set([-22, -95])
const EEXIST = -17

const HANDLE = 0x4e53 // "NS": our filters are known by it
const PRIORITIES = [10, 11, 12]

type Side = 'in' | 'out'
const SIDES: readonly Side[] = ['in', 'out']

export interface Attachment {
  how: 'tcx' | 'clsact'
  detach(): void
}

export interface Target {
  ifindex: number
  name: string
  linkHeaderBytes: 0 | 14
}

const programFor = (object: BpfObject, target: Target, side: Side): number =>
  object.programFd(`netscope_${side}${target.linkHeaderBytes ? '' : '_l3'}`)

/** Throws NetscopeError `kernel.attach-failed`; nothing of ours is left attached then. */
export const attach = (
  object: BpfObject,
  target: Target,
  way: 'auto' | 'tcx' | 'clsact',
): Attachment => {
  sweep(target)
  const byTcx = way === 'clsact' ? undefined : attachTcx(object, target)
  if (byTcx) return byTcx
  if (way === 'tcx') throw failed(target, 'tcx', 'this kernel has no tcx (Linux 6.6)')
  return attachClsact(object, target)
}

const failed = (target: Target, hook: string, reason: string) =>
  new NetscopeError('kernel.attach-failed', { interface: target.name, hook, reason })

/** undefined: this kernel has no tcx. */
const attachTcx = (object: BpfObject, target: Target): Attachment | undefined => {
  const links: number[] = []
  const detach = () => links.splice(0).forEach((fd) => void closeFd(fd))
  for (const side of SIDES) {
    const attr = Buffer.alloc(64)
    attr.writeUInt32LE(programFor(object, target, side), 0)
    attr.writeUInt32LE(target.ifindex, 4)
    attr.writeUInt32LE(TCX[side], 8)
    attr.writeUInt32LE(BPF_F_BEFORE, 12)
    const link = bpf(LINK_CREATE, attr)
    if (link < 0) {
      detach()
      if (UNSUPPORTED.has(link)) return undefined
      throw failed(target, `tcx ${side}`, errorName(link))
    }
    links.push(link)
  }
  return { how: 'tcx', detach }
}

/** struct bpf_tc_hook of libbpf 1.x. */
const hookOf = (ifindex: number, point: number): Buffer => {
  const hook = Buffer.alloc(24)
  hook.writeBigUInt64LE(24n, 0)
  hook.writeInt32LE(ifindex, 8)
  hook.writeInt32LE(point, 12)
  return hook
}

/** struct bpf_tc_opts of libbpf 1.x; `programFd` 0 names the filter only. */
const optionsOf = (priority: number, programFd = 0): Buffer => {
  const options = Buffer.alloc(32)
  options.writeBigUInt64LE(28n, 0)
  options.writeInt32LE(programFd, 8)
  options.writeUInt32LE(HANDLE, 20)
  options.writeUInt32LE(priority, 24)
  return options
}

const attachClsact = (object: BpfObject, target: Target): Attachment => {
  const created: number = hookCreate(hookOf(target.ifindex, CLSACT.in | CLSACT.out))
  if (created < 0 && created !== EEXIST) throw failed(target, 'clsact', errorName(created))
  const attached: { side: Side; priority: number }[] = []
  const detach = () => {
    for (const { side, priority } of attached.splice(0)) {
      tcDetach(hookOf(target.ifindex, CLSACT[side]), optionsOf(priority))
    }
    if (created === 0) destroyIfUnused(target)
  }
  for (const side of SIDES) {
    let result = 0
    const priority = PRIORITIES.find((p) => {
      const options = optionsOf(p, programFor(object, target, side))
      result = tcAttach(hookOf(target.ifindex, CLSACT[side]), options)
      return result === 0
    })
    if (priority === undefined) {
      detach()
      const tried = `at priorities ${PRIORITIES.join(', ')}`
      throw failed(target, `clsact ${side}`, `${errorName(result)} ${tried}`)
    }
    attached.push({ side, priority })
  }
  return { how: 'clsact', detach }
}

/** Removes the clsact qdisc that we made, unless somebody has put a filter there since. */
const destroyIfUnused = (target: Target): void => {
  const filters = (side: string) =>
    execFileSync('tc', ['filter', 'show', 'dev', target.name, side], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
  try {
    if (filters('ingress').trim() || filters('egress').trim()) return
    hookDestroy(hookOf(target.ifindex, CLSACT.in | CLSACT.out))
  } catch {
    // The interface has gone, or there is no tc to look with: an empty qdisc does no harm.
  }
}

/** Removes filters that an agent left behind when it was killed; known by our handle and program names. */
export const sweep = ({ ifindex, name }: Pick<Target, 'ifindex' | 'name'>): void => {
  for (const side of SIDES) {
    for (const priority of PRIORITIES) {
      const hook = hookOf(ifindex, CLSACT[side])
      if ((tcQuery(hook, optionsOf(priority)) as number) < 0) continue
      if (isOurs(name, side, priority)) tcDetach(hook, optionsOf(priority))
    }
  }
}

interface Filter {
  pref: number
  options?: { handle?: string; bpf_name?: string }
}

/** Asks tc, because looking a program up by its id would take CAP_SYS_ADMIN. */
const isOurs = (name: string, side: Side, priority: number): boolean => {
  try {
    const text = execFileSync(
      'tc',
      ['-j', 'filter', 'show', 'dev', name, `${side === 'in' ? 'in' : 'e'}gress`],
      {
        encoding: 'utf8',
        stdio: 'pipe',
      },
    )
    return (JSON.parse(text) as Filter[]).some(
      ({ pref, options }) =>
        pref === priority &&
        Number(options?.handle) === HANDLE &&
        options?.bpf_name?.startsWith('netscope_'),
    )
  } catch {
    return false
  }
}
