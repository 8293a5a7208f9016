/** What was sent and is not acknowledged yet, in the order of its numbers. */
import type { BatchTag } from '../spool/segment-record.ts'
import type { Ticket } from '../spool/spool.ts'

export type Lane = 'live' | 'replay'

export interface Sent {
  seq: number
  lane: Lane
  bytes: number
  /** undefined: records of live flows, which need not be kept. */
  batch?: BatchTag & {
    /** undefined: it is in memory only, as `payload`. */
    ticket: Ticket | undefined
    payload?: Buffer
  }
  /** Called when it is acknowledged or given up. */
  done?(): void
}

export interface InFlight {
  push(sent: Sent): void
  /** Takes out everything up to `seq`. */
  acknowledge(seq: number): Sent[]
  /** Takes out everything. */
  clear(): Sent[]
  bytes(lane: Lane): number
  /** Batches among it that must arrive. */
  batches(): number
}

export const createInFlight = (): InFlight => {
  const queue: Sent[] = []
  let batches = 0
  const bytes: Record<Lane, number> = { live: 0, replay: 0 }

  const take = (count: number): Sent[] => {
    const taken = queue.splice(0, count)
    for (const sent of taken) {
      bytes[sent.lane] -= sent.bytes
      if (sent.batch) batches--
    }
    return taken
  }

  return {
    push: (sent) => {
      queue.push(sent)
      bytes[sent.lane] += sent.bytes
      if (sent.batch) batches++
    },
    acknowledge: (seq) => {
      // Serial number arithmetic (RFC 1982): the numbers may wrap.
      const first = queue.findIndex((sent) => ((seq - sent.seq) | 0) < 0)
      return take(first < 0 ? queue.length : first)
    },
    clear: () => take(queue.length),
    bytes: (lane) => bytes[lane],
    batches: () => batches,
  }
}
