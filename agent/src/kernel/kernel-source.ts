/** The source `ebpf`: the kernel program, its tables and the interfaces that it is attached to. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { NetscopeError } from '@netscope/core/errors.ts'
import { DIRECTIONS } from '@netscope/core/slot.ts'
import type { Capability, Source } from '../source.ts'
import {
  createAttachments,
  missingInterface,
  type Attachments,
  type AttachmentsConfig,
} from './attachments.ts'
import { kernelAtLeast, loadBpfObject } from './bpf-object.ts'
import { measureWallOffsetMs, monotonicNs } from './clock.ts'
import { createControl } from './control.ts'
import { readHookCounters, readOverflow } from './counters.ts'
import { createEventRing, createRing } from './event-ring.ts'
import { createFlowTable } from './flow-table.ts'
import { giveBackHeap, mapMemory, pageSize } from './libbpf.ts'
import { createListTable } from './list-table.ts'
import { createObservationRing, OBSERVATION_RING_BYTES } from './observation-ring.ts'
import { dumpTcpSockets } from './sock-diag.ts'
import { createKernelSockets } from './kernel-sockets.ts'
import { ownNetnsCookie, ownNetnsInode } from './own-netns.ts'
import { createTraces } from './traces.ts'
import { createPacketTap } from './packet-tap.ts'
import { createResponseTable } from './response-table.ts'
import { createSocketEnder } from './socket-ender.ts'
import { runStats } from './program-info.ts'

/** A socket has one flow for each interface that it is seen on; forwarded flows have none. */
const FLOWS_PER_SOCKET = 2
const EVENT_RING_BYTES = 512 << 10
/** Only while a capture runs. */
const CAPTURE_RING_BYTES = 4 << 20
const REFRESH_MS = 500
const CLOCK_MS = 5000

export interface KernelSourceConfig extends AttachmentsConfig {
  sshPorts: readonly number[]
  tableSize: number
  listEntries: number
  /** TCP port of our own page on lo: its packets make no packet events and are never dropped. */
  quietPort: number
}

export interface KernelSource extends Source {
  programs(): { name: string; runs: number; runNs: number }[]
}

/**
 * Loads the program; `start` attaches it. Lists may be filled in between, so that they are in force
 * from the first packet. Throws NetscopeError `kernel.*` naming what is missing.
 */
export const createKernelSource = (config: KernelSourceConfig): KernelSource => {
  const object = loadBpfObject({
    flows: config.tableSize,
    listEntries: config.listEntries,
    eventRingBytes: Math.max(EVENT_RING_BYTES, pageSize),
  })
  const page = mapMemory(object.mapFd('.bss'), pageSize, true)
  const control = createControl(page.bytes)
  control.setSshPorts(config.sshPorts)
  control.setQuietPort(config.quietPort)
  const table = createFlowTable(object, control, config.tableSize)
  const ring = createRing(object.mapFd('events'), Math.max(EVENT_RING_BYTES, pageSize))
  const observed = createRing(object.mapFd('observations'), OBSERVATION_RING_BYTES)
  const attachments = createAttachments(config, object)
  const sockets = createKernelSockets(Math.ceil(config.tableSize / FLOWS_PER_SOCKET))
  const traces = createTraces()
  const timers: NodeJS.Timeout[] = []
  let wallOffsetMs = measureWallOffsetMs()
  let lock: Server | undefined

  return {
    name: 'ebpf',
    table,
    lists: createListTable(object, control, config.listEntries),
    response: createResponseTable(object, control),
    socketEnder: createSocketEnder(),
    ...(sockets.table && { sockets: sockets.table }),
    netns: { cookie: ownNetnsCookie(), inode: ownNetnsInode() },
    dumpTcpSockets,
    events: createEventRing(ring, object.mapFd('event_stats'), control),
    observations: createObservationRing(observed, object.mapFd('observation_stats'), control),
    get readTraces() {
      return traces.read()
    },
    packets: createPacketTap(object, control, Math.max(CAPTURE_RING_BYTES, pageSize)),
    capabilities: () => [
      ...describeCapabilities(attachments.unattached()),
      sockets.capability(),
      ...traces.capabilities(),
    ],
    interfaces: () => attachments.interfaces(),
    hookCounters: () =>
      attachments.indexes().flatMap((ifindex) =>
        DIRECTIONS.flatMap((direction, index) => {
          const counters = readHookCounters(object, ifindex, index)
          return counters ? [{ ifindex, direction, counters }] : []
        }),
      ),
    overflow: () => readOverflow(object),
    nowNs: monotonicNs,
    wallOffsetMs: () => wallOffsetMs,
    programs: () => [
      ...object.loadedPrograms().map((name) => ({ name, ...runStats(object.programFd(name)) })),
      ...sockets.programs().map(({ name, fd }) => ({ name, ...runStats(fd) })),
    ],
    start: async () => {
      const missing = missingInterface(config)
      if (missing) throw new NetscopeError('kernel.no-interface', { interface: missing })
      lock = await lockNamespace()
      // The lists first: whatever is blocked must not pass while the rest loads.
      attachments.refresh()
      sockets.attach()
      traces.start()
      giveBackHeap()
      timers.push(setInterval(attachments.refresh, REFRESH_MS))
      timers.push(setInterval(control.settleListGeneration, REFRESH_MS))
      timers.push(setInterval(() => (wallOffsetMs = measureWallOffsetMs()), CLOCK_MS))
    },
    stop: async () => {
      timers.splice(0).forEach(clearInterval)
      attachments.stop()
      lock?.close()
      sockets.close()
      traces.stop()
      table.unmap()
      ring.unmap()
      observed.unmap()
      page.unmap()
      object.close()
    },
  }
}

/** One agent per network namespace: an abstract socket's name is free again when its owner dies. */
const lockNamespace = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy()).unref()
    server.once('error', (cause) =>
      reject(new NetscopeError('kernel.already-running', {}, { cause })),
    )
    server.listen('\0netscope-agent', () => resolve(server))
  })

const describeCapabilities = (unattached: ReturnType<Attachments['unattached']>): Capability[] => [
  { name: 'kernel program', ok: true },
  jit(),
  kernelAtLeast(6, 6)
    ? { name: 'tcx', ok: true }
    : {
        name: 'tcx',
        ok: false,
        reason:
          'Linux 6.6 brings it; clsact filters do the same, but survive a kill -9 until the next start.',
        isExtra: true,
      },
  kernelAtLeast(5, 11)
    ? { name: 'coarse clock', ok: true }
    : {
        name: 'coarse clock',
        ok: false,
        reason: 'Linux 5.11 brings it; each packet costs some 20 ns more.',
        isExtra: true,
      },
  ...unattached.map(({ name, reason }) => ({ name: `interface ${name}`, ok: false, reason })),
]

const jit = (): Capability => {
  const reason = 'The BPF JIT is off: set the sysctl net.core.bpf_jit_enable to 1.'
  try {
    const on = readFileSync('/proc/sys/net/core/bpf_jit_enable', 'utf8').trim() !== '0'
    return on ? { name: 'BPF JIT', ok: true } : { name: 'BPF JIT', ok: false, reason }
  } catch {
    return { name: 'BPF JIT', ok: true } // built in and always on, or not readable for our user
  }
}
