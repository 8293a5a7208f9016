/** Opens bpf/build/flow.bpf.o, sizes its maps, loads it and hands out file descriptors. */
import { existsSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'
import * as libbpf from './libbpf.ts'

const OBJECT_FILE = join(import.meta.dirname, '../../../bpf/build/flow.bpf.o')
const EPERM = -1

export interface Sizes {
  /** Entries of the flow table. */
  flows: number
  /** Entries of each list. */
  listEntries: number
  /** Bytes of the event ring: a power of two and a multiple of the page size. */
  eventRingBytes: number
}

/** `.rodata` of flow.bpf.c, in order: slot_capacity, free_mask, has_coarse_clock. */
const RODATA = { slotCapacity: 0, freeMask: 1, hasCoarseClock: 2 }

export interface BpfObject {
  mapFd(name: string): number
  programFd(name: string): number
  close(): void
}

/** Size of the ring of free slots: the next power of two. */
export const ringSize = (capacity: number): number => 2 ** Math.ceil(Math.log2(capacity))

/** Throws NetscopeError `kernel.not-root` or `kernel.load-failed` with the errno's name. */
export const loadBpfObject = (sizes: Sizes): BpfObject => {
  libbpf.silence()
  if (!existsSync(OBJECT_FILE)) {
    throw new NetscopeError('kernel.load-failed', { reason: `${OBJECT_FILE} is not there` })
  }
  const object: unknown = libbpf.openFile(OBJECT_FILE, null)
  if (!object) throw loadError(-libbpf.lastError())
  setSizes(object, sizes)
  const result: number = libbpf.loadObject(object)
  if (result < 0) {
    libbpf.closeObject(object)
    throw loadError(result)
  }
  return {
    mapFd: (name) => libbpf.mapFd(libbpf.findMap(object, name)),
    programFd: (name) => libbpf.programFd(libbpf.findProgram(object, name)),
    close: () => libbpf.closeObject(object),
  }
}

const setSizes = (object: unknown, sizes: Sizes): void => {
  const entries: Record<string, number> = {
    flows4: sizes.flows,
    flows6: sizes.flows,
    slots: sizes.flows,
    owners: sizes.flows,
    free_slots: ringSize(sizes.flows),
    allow: sizes.listEntries,
    deny: sizes.listEntries,
    events: sizes.eventRingBytes,
  }
  for (const [name, count] of Object.entries(entries)) {
    libbpf.setMaxEntries(libbpf.findMap(object, name), count)
  }
  const size = [0]
  const rodata: unknown = libbpf.initialValue(libbpf.findMap(object, '.rodata'), size)
  const words = new Uint32Array(libbpf.viewOf(rodata, Number(size[0])).buffer)
  words[RODATA.slotCapacity] = sizes.flows
  words[RODATA.freeMask] = ringSize(sizes.flows) - 1
  words[RODATA.hasCoarseClock] = kernelAtLeast(5, 11) ? 1 : 0
}

/** Compares with the running kernel's release, `6.1.0-18-amd64`. */
export const kernelAtLeast = (major: number, minor: number, running = release()): boolean => {
  const [a = 0, b = 0] = running.split('.').map((part) => Number.parseInt(part, 10))
  return a > major || (a === major && b >= minor)
}

const loadError = (result: number): NetscopeError =>
  result === EPERM
    ? new NetscopeError('kernel.not-root', { missing: 'CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON' })
    : new NetscopeError('kernel.load-failed', { reason: libbpf.errorName(result) })
