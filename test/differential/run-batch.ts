/** The same random packets through a fresh kernel table and a fresh WebAssembly engine. */
import {
  DIRECTIONS,
  type HookCounters,
  KEY_BYTES,
  OBSERVATION,
  OBSERVATION_BYTES,
  SLOT,
  SLOT_BYTES,
} from '@netscope/core/slot.ts'
import { createRandom } from '../../agent/src/mock/random.ts'
import type { ListTable, ObservationRing, Traffic } from '../../agent/src/source.ts'
import { createEngine } from '../../agent/src/wasm/engine.ts'
import { randomFrame } from './random-packets.ts'
import { createTestKernel, LO } from '../../agent/src/kernel/test-kernel.ts'
import { createTestRun } from '../../agent/src/kernel/test-run.ts'

const SSH_PORTS = [22]
const TC_ACT_SHOT = 2
const OBSERVATION_END = OBSERVATION.key + KEY_BYTES

interface Both<T> {
  kernel: T
  wasm: T
}

export interface Outcome {
  /** How many packets had each result of the engine's count(). */
  verdicts: Record<string, number>
  differentVerdicts: number
  accepted: number
  /** Packets that test runs do not take. */
  refused: number
  handedOut: Both<number>
  /** Slots in hexadecimal, without what differs by nature. */
  slots: Both<string[]>
  packetsInSlots: number
  /** Records of the observation rings in hexadecimal, without their time. */
  observations: Both<string[]>
  totals: Both<{ hook: HookCounters; overflow: Traffic[] }>
}

const prefix = (length: number, ...addr: number[]): Buffer => {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt32LE(length)
  bytes.set(addr, 4)
  return bytes
}
const V4 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]
const DENIED = [
  prefix(128, ...V4, 10, 0, 1, 7),
  prefix(120, ...V4, 10, 0, 2, 0),
  prefix(128, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9),
]
const ALLOWED = [prefix(127, ...V4, 10, 0, 2, 4)]

const fillLists = (lists: ListTable): void => {
  lists.add('deny', Buffer.concat(DENIED), DENIED.length)
  lists.add('allow', Buffer.concat(ALLOWED), ALLOWED.length)
}

/** All slots, without their times and the generation of the lists. */
const comparable = (slots: Uint8Array, capacity: number): string[] =>
  Array.from({ length: capacity }, (_, i) => {
    const slot = Buffer.from(slots.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES))
    slot.fill(0, SLOT.lastNs, SLOT.listGen + 4)
    slot.fill(0, SLOT.firstNs, SLOT.droppedPackets)
    return slot.toString('hex')
  })

/** Far above what a batch observes in 10 ms: the kernel's clock is real, the engine's is not. */
const UNLIMITED = 1e9
/** Within the smaller of the two rings. */
const DRAIN_EVERY = 50

const observationsOf = (ring: ObservationRing) => {
  const records: string[] = []
  const drain = () =>
    ring.drain((record) => {
      const copy = Buffer.from(record)
      copy.fill(0, OBSERVATION.timeNs, OBSERVATION.slot)
      copy.fill(0, OBSERVATION_END, OBSERVATION_BYTES)
      records.push(copy.toString('hex'))
    })
  ring.observe({ maxPerSecond: UNLIMITED, http: true, hopsPerSecond: UNLIMITED })
  return { records, drain }
}

const sumPackets = (slots: Uint8Array, capacity: number): number => {
  const view = new DataView(slots.buffer, slots.byteOffset)
  let sum = 0
  for (let at = 0; at < capacity * SLOT_BYTES; at += SLOT_BYTES) {
    sum += Number(view.getBigUint64(at, true) + view.getBigUint64(at + 8, true))
  }
  return sum
}

/** The kernel's four programs, and how the engine is told the same. */
export const PROGRAMS = [
  { name: 'netscope_in', direction: 0, linkHeaderBytes: 14 },
  { name: 'netscope_out', direction: 1, linkHeaderBytes: 14 },
  { name: 'netscope_in_l3', direction: 0, linkHeaderBytes: 0 },
  { name: 'netscope_out_l3', direction: 1, linkHeaderBytes: 0 },
] as const
export type Program = (typeof PROGRAMS)[number]

/** Shortest frame that test runs take. */
const SHORTEST = 14

/** `capacity` is the size of both flow tables. */
export const runBatch = (
  program: Program,
  seed: number,
  packets: number,
  capacity: number,
): Outcome => {
  const { direction, linkHeaderBytes } = program
  const kernel = createTestKernel(capacity, SSH_PORTS)
  const engine = createEngine({ capacity, sshPorts: SSH_PORTS, listCapacity: 100 })
  fillLists(kernel.lists)
  fillLists(engine.lists)
  const observed = {
    kernel: observationsOf(kernel.observations),
    wasm: observationsOf(engine.observations),
  }
  const drainBoth = () => {
    observed.kernel.drain()
    observed.wasm.drain()
  }
  const run = createTestRun(kernel.programFd(program.name))
  const random = createRandom(seed)
  const hook = DIRECTIONS[direction]
  const verdicts: Record<string, number> = {}
  let [accepted, differentVerdicts] = [0, 0]
  for (let i = 0; i < packets; i++) {
    const whole = randomFrame(random)
    const frame = linkHeaderBytes || whole.length < 14 + SHORTEST ? whole : whole.subarray(14)
    const segments = random.chance(0.05) ? random.int(2, 40) : 1
    const inKernel = run(frame, segments)
    if (inKernel === undefined) continue
    accepted++
    engine.packetBytes.set(frame)
    const inWasm = engine.count(
      frame.length,
      frame.length,
      linkHeaderBytes,
      LO,
      direction,
      i * 1000,
      segments,
    )
    verdicts[inWasm] = (verdicts[inWasm] ?? 0) + 1
    if (accepted % DRAIN_EVERY === 0) drainBoth()
    if ((inKernel === TC_ACT_SHOT) !== (inWasm === 1)) differentVerdicts++
  }
  drainBoth()
  const outcome = {
    verdicts,
    differentVerdicts,
    accepted,
    refused: packets - accepted,
    handedOut: { kernel: kernel.table.handedOut(), wasm: engine.table.handedOut() },
    slots: {
      kernel: comparable(kernel.table.slots, capacity),
      wasm: comparable(engine.table.slots, capacity),
    },
    packetsInSlots: sumPackets(kernel.table.slots, capacity),
    observations: { kernel: observed.kernel.records, wasm: observed.wasm.records },
    totals: {
      kernel: { hook: kernel.hookCounters(LO, hook), overflow: kernel.overflow() },
      wasm: { hook: engine.hookCounters(LO, hook), overflow: engine.overflow() },
    },
  }
  kernel.close()
  return outcome
}
