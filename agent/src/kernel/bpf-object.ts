/**
 * Opens bpf/build/flow.bpf.o, sizes its maps, loads it and hands out file descriptors. The programs for interfaces without
 * a link header are loaded when first asked for: few hosts have one, and the verifier takes 0.2 s for each program.
 */
import { existsSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'
import * as libbpf from './libbpf.ts'
import { PIN_CAPACITY } from './response-table.ts'

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

const IS_L3 = /_l3$/

export interface BpfObject {
  mapFd(name: string): number
  programFd(name: string): number
  /** Of the flow programs, those that are loaded. */
  loadedPrograms(): string[]
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
  const first = openObject((name) => !IS_L3.test(name))
  setSizes(first, sizes)
  load(first)
  const mapFd = (name: string): number => libbpf.mapFd(libbpf.findMap(first, name))
  let l3: unknown
  const loadL3 = (): unknown => {
    const object = openObject((name) => IS_L3.test(name))
    for (const map of listed(object, libbpf.nextMap))
      libbpf.reuseMap(map, mapFd(libbpf.mapName(map)))
    load(object)
    return object
  }
  return {
    mapFd,
    programFd(name) {
      const object = IS_L3.test(name) ? (l3 ??= loadL3()) : first
      return libbpf.programFd(libbpf.findProgram(object, name))
    },
    loadedPrograms: () =>
      listed(first, libbpf.nextProgram)
        .map((program): string => libbpf.programName(program))
        .filter((name) => l3 !== undefined || !IS_L3.test(name)),
    close() {
      libbpf.closeObject(first)
      if (l3) libbpf.closeObject(l3)
    },
  }
}

/** What `next` walks through. */
const listed = (
  object: unknown,
  next: (object: unknown, previous: unknown) => unknown,
): unknown[] => {
  const found: unknown[] = []
  for (let one = next(object, null); one; one = next(object, one)) found.push(one)
  return found
}

const openObject = (isWanted: (program: string) => boolean): unknown => {
  const object: unknown = libbpf.openFile(OBJECT_FILE, null)
  if (!object) throw loadError(-libbpf.lastError())
  for (const program of listed(object, libbpf.nextProgram))
    libbpf.setAutoload(program, isWanted(libbpf.programName(program)))
  return object
}

const load = (object: unknown): void => {
  const result: number = libbpf.loadObject(object)
  if (result >= 0) return
  libbpf.closeObject(object)
  throw loadError(result)
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
    pinned: PIN_CAPACITY,
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
