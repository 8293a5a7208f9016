/** Loads the socket programs (bpf/socket.bpf.c) and attaches them to the root of cgroup v2, each as a link that dies with us. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { kernelAtLeast, ringSize } from './bpf-object.ts'
import { openCgroupRoot } from './cgroup-root.ts'
import * as libbpf from './libbpf.ts'

const OBJECT_FILE = join(import.meta.dirname, '../../../bpf/build/socket.bpf.o')
const LINK_CREATE = 28

/** Program → enum bpf_attach_type. */
const HOOKS = {
  netscope_create: 2,
  netscope_sockops: 3,
  netscope_connect4: 10,
  netscope_connect6: 11,
  netscope_sendmsg4: 14,
  netscope_sendmsg6: 15,
  netscope_recvmsg4: 19,
  netscope_recvmsg6: 20,
  netscope_release: 34,
} as const

/** `.rodata` of socket-maps.h, in order. */
const RODATA = { slotCapacity: 0, freeMask: 1, hasCoarseClock: 2, hasSockopsNetns: 3 }

export interface SocketPrograms {
  mapFd(name: string): number
  programs: { name: string; fd: number }[]
  close(): void
}

/** Loads without attaching; throws with the reason in words. */
export const loadSocketPrograms = (capacity: number): SocketPrograms & { attach(): void } => {
  if (!existsSync(OBJECT_FILE)) throw new Error(`${OBJECT_FILE} is not there: run bin/setup`)
  const object: unknown = libbpf.openFile(OBJECT_FILE, null)
  if (!object) throw new Error(`opening ${OBJECT_FILE}: ${libbpf.errorName(libbpf.lastError())}`)
  setSizes(object, capacity)
  const result: number = libbpf.loadObject(object)
  if (result < 0) {
    libbpf.closeObject(object)
    throw new Error(`the kernel refused the socket programs: ${libbpf.errorName(result)}`)
  }
  const links: number[] = []
  const programs = Object.keys(HOOKS).map((name) => ({
    name,
    fd: libbpf.programFd(libbpf.findProgram(object, name)) as number,
  }))
  const detach = () => links.splice(0).forEach((fd) => void libbpf.closeFd(fd))
  return {
    mapFd: (name) => libbpf.mapFd(libbpf.findMap(object, name)),
    programs,
    attach: () => {
      const root = openCgroupRoot(process.env['NETSCOPE_CGROUP_FD'])
      try {
        for (const { name, fd } of programs)
          links.push(attachTo(root.fd, fd, name as keyof typeof HOOKS))
      } catch (error) {
        detach()
        throw error
      } finally {
        root.close()
      }
    },
    close: () => {
      detach()
      libbpf.closeObject(object)
    },
  }
}

const attachTo = (cgroup: number, program: number, name: keyof typeof HOOKS): number => {
  const attr = Buffer.alloc(64)
  attr.writeUInt32LE(program, 0)
  attr.writeUInt32LE(cgroup, 4)
  attr.writeUInt32LE(HOOKS[name], 8)
  const link = libbpf.bpf(LINK_CREATE, attr)
  if (link < 0) throw new Error(`attaching ${name} to the cgroup root: ${libbpf.errorName(link)}`)
  return link
}

const setSizes = (object: unknown, capacity: number): void => {
  libbpf.setMaxEntries(libbpf.findMap(object, 'sockets'), capacity)
  libbpf.setMaxEntries(libbpf.findMap(object, 'free_sockets'), ringSize(capacity))
  const size = [0]
  const rodata: unknown = libbpf.initialValue(libbpf.findMap(object, '.rodata'), size)
  const words = new Uint32Array(libbpf.viewOf(rodata, Number(size[0])).buffer)
  words[RODATA.slotCapacity] = capacity
  words[RODATA.freeMask] = ringSize(capacity) - 1
  words[RODATA.hasCoarseClock] = kernelAtLeast(5, 11) ? 1 : 0
  words[RODATA.hasSockopsNetns] = kernelAtLeast(5, 15) ? 1 : 0
}
