/** Numbers sockets as they connect, as tier A's programs do: a sock_ops program that only asks for the cookie. */
import { mkdirSync, openSync, statSync, writeFileSync } from 'node:fs'
import { addressOf, bpf, errorName } from '../../../agent/src/kernel/libbpf.ts'
import { here } from './link.ts'

const PROG_LOAD = 5
const PROG_ATTACH = 8
/** The verifier gives up for a signal that is pending. */
const EAGAIN = -11
const TRIES = 10
const TYPE_SOCK_OPS = 13
const ATTACH_SOCK_OPS = 3
/** call bpf_get_socket_cookie; r0 = 1; exit */
const CODE = Buffer.from('850000002e000000b7000000010000009500000000000000', 'hex')
const LICENSE = Buffer.from('GPL\0')
const ROOT = '/run/cgroup'

const orThrow = (what: string, result: number): number => {
  if (result < 0) throw new Error(`${what}: ${errorName(result)}`)
  return result
}

/** Stays attached until this machine ends. */
export const numberSockets = (): void => {
  mkdirSync(ROOT)
  here(`mount -t cgroup2 none ${ROOT}`)
  const load = Buffer.alloc(128)
  load.writeUInt32LE(TYPE_SOCK_OPS, 0)
  load.writeUInt32LE(CODE.length / 8, 4)
  load.writeBigUInt64LE(addressOf(CODE), 8)
  load.writeBigUInt64LE(addressOf(LICENSE), 16)
  let program = EAGAIN
  for (let tries = 0; program === EAGAIN && tries < TRIES; tries++) program = bpf(PROG_LOAD, load)
  orThrow('loading a sock_ops program', program)
  const attach = Buffer.alloc(32)
  attach.writeUInt32LE(openSync(ROOT, 'r'), 0)
  attach.writeUInt32LE(program, 4)
  attach.writeUInt32LE(ATTACH_SOCK_OPS, 8)
  orThrow('attaching a sock_ops program', bpf(PROG_ATTACH, attach))
}

/** Puts a process into a cgroup of its own; returns the cgroup's id. */
export const moveToCgroup = (name: string, pid: number): bigint => {
  const folder = `${ROOT}/${name}`
  mkdirSync(folder)
  writeFileSync(`${folder}/cgroup.procs`, String(pid))
  return statSync(folder, { bigint: true }).ino
}
