/** The kernel and the WebAssembly build of one source must make the same entries of the same packets, bit for bit. */
import { beforeAll, describe, expect, it } from 'vitest'
import { OBSERVATION, OBSERVED_KINDS } from '@netscope/core/slot.ts'
import { PROGRAMS, runBatch, type Outcome } from './run-batch.ts'

/** FUZZ_PACKETS=1000000 for the whole run, FUZZ_SEED for another one. */
const PACKETS = Number(process.env['FUZZ_PACKETS'] ?? 100_000) / PROGRAMS.length
const SEED = Number(process.env['FUZZ_SEED'] ?? 7)
/** Both sides remember 4,096 first fragments and forget differently: a batch must stay well below. */
const BATCH = 20_000
const CAPACITY = 1024
/** Of a record in hexadecimal. */
const kindOf = (record: string): string =>
  OBSERVED_KINDS[
    Number.parseInt(record.slice(2 * OBSERVATION.kind, 2 * OBSERVATION.kind + 2), 16)
  ] ?? '?'

describe.each(PROGRAMS)('the kernel program $name and its WebAssembly twin', (program) => {
  const outcomes: Outcome[] = []

  beforeAll(() => {
    for (let done = 0; done < PACKETS; done += BATCH) {
      outcomes.push(
        runBatch(program, SEED * 1000 + outcomes.length, Math.min(BATCH, PACKETS - done), CAPACITY),
      )
    }
  }, 600_000)

  it('see every kind of packet', () => {
    for (const { verdicts } of outcomes) {
      expect(Object.keys(verdicts).sort()).toEqual(['-1', '-2', '0', '1'])
    }
  })

  it('drop the same packets', () => {
    expect(outcomes.map(({ differentVerdicts }) => differentVerdicts)).toEqual(
      outcomes.map(() => 0),
    )
  })

  it('fill the same slots with the same keys and counters, until the table is full and after', () => {
    for (const { slots, handedOut } of outcomes) {
      expect(handedOut).toEqual({ kernel: CAPACITY, wasm: CAPACITY })
      for (let i = 0; i < CAPACITY; i++) expect(slots.kernel[i]).toBe(slots.wasm[i])
    }
  })

  it('hand over the same frames to be decoded, of every kind', () => {
    for (const { observations } of outcomes) {
      expect(observations.kernel.length).toBe(observations.wasm.length)
      observations.kernel.forEach((record, i) => expect(record).toBe(observations.wasm[i]))
    }
    const kinds = outcomes.flatMap(({ observations }) => observations.kernel.map(kindOf))
    const expected = OBSERVED_KINDS.filter(
      // Frames that begin with IP have neither ARP nor stations.
      (kind) => kind !== '' && ((kind !== 'arp' && kind !== 'hop') || program.linkHeaderBytes > 0),
    )
    expect([...new Set(kinds)].sort()).toEqual(expected.toSorted())
  })

  it('keep the same totals of what has no entry', () => {
    for (const { totals } of outcomes) expect(totals.kernel).toEqual(totals.wasm)
  })

  it('lose no packet: entries, overflow, not IP and malformed add up to all', () => {
    for (const { packetsInSlots, totals, accepted, refused } of outcomes) {
      const { overflowPackets, segmentPackets, notIpPackets, malformedPackets } = totals.kernel.hook
      expect(
        packetsInSlots + overflowPackets - segmentPackets + notIpPackets + malformedPackets,
      ).toBe(accepted)
      expect(overflowPackets).toBeGreaterThan(0)
      expect(refused).toBeLessThan(accepted / 20)
    }
  })
})
