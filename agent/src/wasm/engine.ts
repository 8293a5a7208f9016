/** The kernel's counting program as WebAssembly (bpf/wasm/count.c): what `pcap` and `mock` stand on. */
import { existsSync, readFileSync } from 'node:fs'
import {
  CONTROL,
  type Direction,
  DIRECTIONS,
  EVENT_BYTES,
  HOOK_COUNTERS,
  type HookCounters,
  KEY_BYTES,
  OWNER_BYTES,
  SLOT_BYTES,
} from '@netscope/core/slot.ts'
import type {
  EventRing,
  FlowTable,
  ListTable,
  ObservationRing,
  ResponseTable,
  Traffic,
} from '../source.ts'
import { createObservations } from './observations.ts'
import { createPrefixSets } from './prefix-sets.ts'
import { createLimitIndex, createResponse } from './response.ts'

/** Results of count(); 0 is a packet that passes. */
export const DROPPED = 1
export const NOT_IP = -1
export const MALFORMED = -2

const OVERFLOW_ENTRIES = 40
/** key_buffer of count.c */
const KEYS_AT_ONCE = 8192
const EVENT_COUNTERS = { sent: 16, skipped: 24, lost: 32 }

export interface Exports {
  memory: WebAssembly.Memory
  init(capacity: number): number
  packet_buffer(): number
  packet_buffer_bytes(): number
  count_packet(
    captured: number,
    wire: number,
    l2: number,
    ifindex: number,
    direction: number,
    timeLow: number,
    timeHigh: number,
    segments: number,
    cameInBy: number,
  ): number
  slots(): number
  control_page(): number
  free_slots(): number
  handed_out(): number
  key_buffer(): number
  limits(): number
  remove_keys(count: number): void
  hook_count(ifindex: number, direction: number): number
  overflow(): number
  events(): number
  event_count(): number
  events_reset(): void
  event_counts(): number
  observations(): number
  observation_bytes(): number
  observation_counts(): number
}

export interface EngineConfig {
  /** Entries of the flow table. */
  capacity: number
  /** Up to 8 TCP ports that are never dropped. */
  sshPorts: readonly number[]
  /** Entries that each list takes. */
  listCapacity: number
}

export interface Engine {
  readonly table: FlowTable
  readonly lists: ListTable
  readonly response: ResponseTable
  readonly events: EventRing
  readonly observations: ObservationRing
  /** Where a packet is put before count(): longer ones are cut to its length. */
  readonly packetBytes: Uint8Array
  /**
   * Counts the packet of `captured` bytes in packetBytes, `wire` on the wire. `l2`: 14 = begins with an
   * Ethernet header, 0 = with IP. `segments` > 1: it stands for that many packets on the
   * wire (GSO). Returns 0, DROPPED (what the kernel would do by the deny list), NOT_IP or MALFORMED.
   */
  count(
    captured: number,
    wire: number,
    l2: number,
    ifindex: number,
    direction: number,
    timeNs: number,
    segments?: number,
  ): number
  hookCounters(ifindex: number, direction: Direction): HookCounters
  /** Packets without an entry; index as in Source.overflow(). */
  overflow(): Traffic[]
}

/** A fresh engine with an empty table. Throws when there is no module or no memory for the table. */
export const createEngine = (config: EngineConfig): Engine => {
  const sets = createPrefixSets(config.listCapacity)
  const limits = createLimitIndex()
  const wasm = instantiate({
    list_has: (list, at) => (sets.has(list, view, at) ? 1 : 0),
    limit_index: (at) => limits.find(view, at),
  })
  if (wasm.init(config.capacity) !== 0)
    throw new Error(`no memory for a flow table of ${config.capacity} entries`)
  const memory = wasm.memory.buffer
  const view = new DataView(memory) // memory grows in init() only
  const control = wasm.control_page()
  const u64 = (at: number) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296
  config.sshPorts
    .slice(0, 8)
    .forEach((port, i) => view.setUint16(control + CONTROL.sshPorts + 2 * i, port, true))

  return {
    table: createTable(wasm, view, config.capacity),
    lists: createLists(view, control, sets, config.listCapacity),
    response: createResponse({ view, control, limitsAt: wasm.limits(), sets, limits, u64 }),
    events: createEvents(wasm, view, u64),
    observations: createObservations(wasm, view, u64),
    packetBytes: new Uint8Array(memory, wasm.packet_buffer(), wasm.packet_buffer_bytes()),
    count: (captured, wire, l2, ifindex, direction, timeNs, segments = 1) =>
      wasm.count_packet(
        captured,
        wire,
        l2,
        ifindex,
        direction,
        timeNs % 4294967296,
        Math.floor(timeNs / 4294967296),
        segments,
        0,
      ),
    hookCounters: (ifindex, direction) => {
      const at = wasm.hook_count(ifindex, DIRECTIONS.indexOf(direction))
      return Object.fromEntries(
        HOOK_COUNTERS.map((name, i) => [name, at ? u64(at + 8 * i) : 0]),
      ) as HookCounters
    },
    overflow: () =>
      Array.from({ length: OVERFLOW_ENTRIES }, (_, i) => {
        const at = wasm.overflow() + 16 * i
        return { packets: u64(at), bytes: u64(at + 8) }
      }),
  }
}

const FOLDERS = ['build', 'prebuilt'].map(
  (name) => new URL(`../../../bpf/${name}/count.wasm`, import.meta.url),
)

/** Addresses are where they lie in memory. */
interface Imports extends Record<string, (...values: number[]) => number> {
  list_has: (list: number, addressAt: number) => number
  limit_index: (addressAt: number) => number
}

const instantiate = (env: Imports): Exports => {
  const file = FOLDERS.find((url) => existsSync(url))
  if (file === undefined) throw new Error('bpf/build/count.wasm is missing: run bpf/build.sh')
  const module = new WebAssembly.Module(readFileSync(file))
  const instance = new WebAssembly.Instance(module, { env })
  return instance.exports as unknown as Exports
}

const createTable = (wasm: Exports, view: DataView, capacity: number): FlowTable => {
  const slots = new Uint8Array(view.buffer, wasm.slots(), capacity * SLOT_BYTES)
  const keyBuffer = new Uint8Array(view.buffer, wasm.key_buffer(), KEYS_AT_ONCE * KEY_BYTES)
  const freeRing = wasm.free_slots()
  const freeMask = 2 ** Math.ceil(Math.log2(capacity)) - 1
  const tailAt = wasm.control_page() + CONTROL.freeTail
  return {
    capacity,
    slots,
    owners: new Uint8Array(capacity * OWNER_BYTES), // nobody's: captures have no sockets
    handedOut: () => wasm.handed_out() >>> 0,
    remove: (keys, count) => {
      for (let from = 0; from < count; from += KEYS_AT_ONCE) {
        const n = Math.min(KEYS_AT_ONCE, count - from)
        keyBuffer.set(keys.subarray(from * KEY_BYTES, (from + n) * KEY_BYTES))
        wasm.remove_keys(n)
      }
    },
    recycle: (free, count) => {
      let tail = view.getUint32(tailAt, true)
      for (let i = 0; i < count; i++, tail++) {
        const at = freeRing + 8 * ((tail & freeMask) >>> 0)
        view.setUint32(at, free[i] ?? 0, true)
        view.setUint32(at + 4, 0, true)
      }
      view.setUint32(tailAt, tail >>> 0, true)
    },
  }
}

const createLists = (
  view: DataView,
  control: number,
  sets: ReturnType<typeof createPrefixSets>,
  capacity: number,
): ListTable => {
  const publish = (): void => {
    view.setUint32(control + CONTROL.allowEntries, sets.size(0), true)
    view.setUint32(control + CONTROL.denyEntries, sets.size(1), true)
    view.setUint32(
      control + CONTROL.listGen,
      view.getUint32(control + CONTROL.listGen, true) + 1,
      true,
    )
  }
  const index = (list: 'allow' | 'deny') => (list === 'allow' ? 0 : 1)
  return {
    capacity,
    add: (list, prefixes, count) => {
      sets.add(index(list), prefixes, count)
      publish()
    },
    remove: (list, prefixes, count) => {
      sets.remove(index(list), prefixes, count)
      publish()
    },
  }
}

const createEvents = (wasm: Exports, view: DataView, u64: (at: number) => number): EventRing => {
  const [control, counters] = [wasm.control_page(), wasm.event_counts()]
  return {
    watch: (on, eventsPerSecond) => {
      view.setUint32(
        control + CONTROL.eventsPer10ms,
        Math.max(1, Math.round(eventsPerSecond / 100)),
        true,
      )
      view.setUint32(control + CONTROL.watch, on ? 1 : 0, true)
    },
    drain: (on) => {
      const count = wasm.event_count()
      if (count > 0) on(new Uint8Array(view.buffer, wasm.events(), count * EVENT_BYTES), count)
      wasm.events_reset()
      return count
    },
    counts: () => ({
      sent: u64(counters + EVENT_COUNTERS.sent),
      skipped: u64(counters + EVENT_COUNTERS.skipped),
      lost: u64(counters + EVENT_COUNTERS.lost),
    }),
  }
}
