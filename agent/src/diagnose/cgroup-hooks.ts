/** The hooks of cgroup v2 that concern the network, and which programs are on those of a cgroup. */
import type { CgroupProgram } from '@netscope/core/diagnosis.ts'
import { COMMAND } from './minimal-program.ts'
import { ownerOf } from './program-owner.ts'
import { createNameReader } from './program-name.ts'
import type { SystemCalls } from './system.ts'

/** enum bpf_attach_type */
export const CGROUP_HOOKS = {
  'skb ingress': 0,
  'skb egress': 1,
  sock_create: 2,
  sock_ops: 3,
  bind4: 8,
  bind6: 9,
  connect4: 10,
  connect6: 11,
  post_bind4: 12,
  post_bind6: 13,
  sendmsg4: 14,
  sendmsg6: 15,
  recvmsg4: 19,
  recvmsg6: 20,
  getpeername4: 29,
  getpeername6: 30,
  sock_release: 34,
} as const
export type CgroupHook = keyof typeof CGROUP_HOOKS

const MAX_PROGRAMS = 64
/** BPF_F_ALLOW_MULTI: others may attach beside it. */
const ALLOW_MULTI = 2

/** Numbers of the programs on a hook, in the order in which they run; undefined: not permitted, or no such hook. */
export const queryPrograms = (
  calls: SystemCalls,
  target: number,
  attachType: number,
): { ids: number[]; flags: number } | undefined => {
  const ids = Buffer.alloc(MAX_PROGRAMS * 4)
  const attr = Buffer.alloc(64)
  attr.writeUInt32LE(target, 0)
  attr.writeUInt32LE(attachType, 4)
  attr.writeBigUInt64LE(calls.addressOf(ids), 16)
  attr.writeUInt32LE(MAX_PROGRAMS, 24)
  if (calls.bpf(COMMAND.progQuery, attr) < 0) return undefined
  const count = Math.min(attr.readUInt32LE(24), MAX_PROGRAMS)
  return {
    ids: Array.from({ length: count }, (_, i) => ids.readUInt32LE(i * 4)),
    flags: attr.readUInt32LE(12),
  }
}

/** Programs on a cgroup itself, not those that it inherits. `folder` is its file descriptor. */
export const readCgroupPrograms = (calls: SystemCalls, folder: number): CgroupProgram[] => {
  const nameOf = createNameReader(calls)
  return Object.entries(CGROUP_HOOKS).flatMap(([hook, attachType]) => {
    const found = queryPrograms(calls, folder, attachType)
    return (found?.ids ?? []).map((id, index) => {
      const name = nameOf(id)
      const owner = ownerOf(name)
      return {
        hook,
        position: index + 1,
        name,
        id,
        ...(owner && { owner }),
        exclusive: ((found?.flags ?? 0) & ALLOW_MULTI) === 0,
      }
    })
  })
}
