/** For tests: a host whose connections come, send and go, and an agent that reports each of them late. */
import type { TcpTotals } from '@netscope/core/status.ts'
import { flowRecord } from './flow-record.ts'
import type { FakeRecord } from './flow-record.ts'

type Random = (below: number) => number

interface Connection extends Partial<FakeRecord> {
  /** Interfaces that see it: a slot each. */
  slots: number[]
  /** How busy it is. */
  pace: number
}

export interface TcpWorld {
  readonly totals: TcpTotals
  /** One second passes; returns the records that are reported in it. */
  step(nowMs: number): Buffer[]
}

export const createRandom = (seed: number): Random => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
}

const noTotals = (): TcpTotals => ({
  sentBytes: 0,
  receivedBytes: 0,
  retransmits: 0,
  retransmitEvents: 0,
  rttSamples: 0,
  drops: 0,
  connects: 0,
  accepts: 0,
  refused: 0,
  timedOut: 0,
  established: 0,
})

/** About `most` connections at a time. */
export const createTcpWorld = (random: Random, most: number): TcpWorld => {
  const totals = noTotals()
  const live = new Set<Connection>()
  const freeSlots = Array.from({ length: 3 * most }, (_, i) => i)

  const open = (nowMs: number): Connection => ({
    slots: freeSlots.splice(-1 - random(2)),
    pace: 10 ** random(6),
    src: `10.0.${random(3)}.${random(9)}`,
    dst: `192.0.2.${random(5)}`,
    srcPort: 1024 + random(60_000),
    dstPort: [22, 80, 443][random(3)] ?? 0,
    firstNs: nowMs * 1e6 + random(1000),
    syn: random(5) === 0 ? 0 : 1,
    srcSent: 0,
    srcReceived: 0,
    dstSent: 0,
    srcRetransmits: 0,
    srcRttSamples: 0,
    drops: 0,
    srcRttUs: 1 + random(90_000),
  })

  const traffic = (connection: Connection): void => {
    const add = (
      field: 'srcSent' | 'dstSent' | 'srcReceived' | 'srcRetransmits' | 'srcRttSamples' | 'drops',
      total: 'sentBytes' | 'receivedBytes' | 'retransmits' | 'rttSamples' | 'drops',
      more: number,
    ) => {
      connection[field] = (connection[field] ?? 0) + more
      totals[total] = (totals[total] ?? 0) + more
    }
    add('srcSent', 'sentBytes', random(connection.pace))
    add('dstSent', 'sentBytes', random(7) === 0 ? random(connection.pace) : 0)
    add('srcReceived', 'receivedBytes', random(connection.pace))
    add('srcRetransmits', 'retransmits', random(9) === 0 ? 1 : 0)
    add('srcRttSamples', 'rttSamples', 1 + random(5))
    add('drops', 'drops', random(30) === 0 ? 1 : 0)
  }

  const records = (connection: Connection, end: number): Buffer[] =>
    connection.slots.map((slot, i) => flowRecord({ ...connection, slot, end, ifindex: 2 + i }))

  return {
    totals,
    step(nowMs) {
      const reported: Buffer[] = []
      while (live.size < most && random(3) > 0) live.add(open(nowMs))
      for (const connection of live) {
        // What no status tells before the record: sockets are read after the totals.
        if (random(4) > 0) traffic(connection)
        const hasEnded = random(25) === 0
        if (hasEnded || random(3) === 0) reported.push(...records(connection, hasEnded ? 2 : 0))
        if (!hasEnded) continue
        live.delete(connection)
        // A slot is free again a while after its last record.
        freeSlots.unshift(...connection.slots)
      }
      return reported
    },
  }
}
