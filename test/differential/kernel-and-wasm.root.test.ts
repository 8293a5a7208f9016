/** The kernel and the WebAssembly build of one source must make the same entries of the same packets, bit for bit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIRECTIONS, HOOK_COUNTERS, SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'
import { createRandom } from '../../agent/src/mock/random.ts'
import { createEngine } from '../../agent/src/wasm/engine.ts'
import { randomFrame } from './random-packets.ts'
import { createTestKernel, LO } from './test-kernel.ts'
import { createTestRun } from './test-run.ts'

/** FUZZ_PACKETS=1000000 for the whole run. */
const PACKETS = Number(process.env['FUZZ_PACKETS'] ?? 60_000)
const CAPACITY = 4096
const SSH_PORTS = [22]
const TC_ACT_SHOT = 2

/** A slot without its times and the generation of the lists, which differ by nature. */
const comparable = (slots: Uint8Array, index: number): string => {
  const slot = Buffer.from(slots.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES))
  slot.fill(0, SLOT.lastNs, SLOT.listGen + 4)
  slot.fill(0, SLOT.firstNs, SLOT.droppedPackets)
  return slot.toString('hex')
}

const prefix = (length: number, ...addr: number[]) => {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt32LE(length)
  bytes.set(addr, 4)
  return bytes
}
const V4 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]
const DENIED = [prefix(128, ...V4, 10, 0, 1, 7), prefix(120, ...V4, 10, 0, 2, 0), prefix(128, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9)]
const ALLOWED = [prefix(127, ...V4, 10, 0, 2, 4)]

describe('the kernel program and its WebAssembly twin', () => {
  const kernel = createTestKernel(CAPACITY, SSH_PORTS)
  const engine = createEngine({ capacity: CAPACITY, sshPorts: SSH_PORTS, listCapacity: 100 })
  const verdicts: Record<string, number> = {}
  let differences = 0
  let refused = 0

  beforeAll(() => {
    for (const lists of [kernel.lists, engine.lists]) {
      lists.add('deny', Buffer.concat(DENIED), DENIED.length)
      lists.add('allow', Buffer.concat(ALLOWED), ALLOWED.length)
    }
    const run = createTestRun(kernel.programFd('netscope_in'))
    const random = createRandom(Number(process.env['FUZZ_SEED'] ?? 7))
    for (let i = 0; i < PACKETS; i++) {
      const frame = randomFrame(random)
      const segments = random.chance(0.05) ? random.int(2, 40) : 1
      const verdict = run(frame, segments)
      if (verdict === undefined) {
        refused++
        continue
      }
      engine.packetBytes.set(frame)
      const inWasm = engine.count(frame.length, frame.length, 14, LO, 0, i * 1000, segments)
      verdicts[inWasm] = (verdicts[inWasm] ?? 0) + 1
      if ((verdict === TC_ACT_SHOT) !== (inWasm === 1)) differences++
    }
  }, 600_000)
  afterAll(() => kernel.close())

  it('drop the same packets', () => {
    expect(differences).toBe(0)
    expect(verdicts[1]).toBeGreaterThan(0)
    expect(verdicts[-1]).toBeGreaterThan(0)
    expect(verdicts[-2]).toBeGreaterThan(0)
  })

  it('fill the same slots with the same keys and counters, until the table is full and after', () => {
    expect(kernel.table.handedOut()).toBe(engine.table.handedOut())
    expect(engine.table.handedOut()).toBe(CAPACITY)
    for (let i = 0; i < CAPACITY; i++) {
      expect(comparable(kernel.table.slots, i)).toBe(comparable(engine.table.slots, i))
    }
  })

  it('keep the same totals of what has no entry', () => {
    expect(kernel.overflow()).toEqual(engine.overflow())
    expect(kernel.overflow().some(({ packets }) => packets > 0)).toBe(true)
    for (const direction of DIRECTIONS) {
      expect(kernel.hookCounters(LO, direction)).toEqual(engine.hookCounters(LO, direction))
    }
  })

  it('lose no packet: entries, overflow, not IP and malformed add up to all', () => {
    const counters = kernel.hookCounters(LO, 'INGRESS')
    expect(Object.keys(counters)).toEqual([...HOOK_COUNTERS])
    const view = new DataView(kernel.table.slots.buffer)
    let inSlots = 0
    for (let i = 0; i < CAPACITY; i++) {
      inSlots += Number(view.getBigUint64(i * SLOT_BYTES, true) + view.getBigUint64(i * SLOT_BYTES + 8, true))
    }
    const frames = inSlots + counters.overflowPackets - counters.segmentPackets
    expect(frames + counters.notIpPackets + counters.malformedPackets).toBe(PACKETS - refused)
    expect(refused).toBeLessThan(PACKETS / 20)
  })
})
