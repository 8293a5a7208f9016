/**
 * Batches of records of ended flows on their way to the server: each is on the disk before it is sent, is sent as it
 * comes where the server keeps up, and else replayed, oldest first, beside what is live. Exactly once: a batch keeps
 * its epoch and number for good, and within an epoch batches are sent in order:
 *
 * - an epoch of live ones belongs to connections without a gap; once one of its batches was not acknowledged, the
 *   next connection begins another, and what is left of the old one is replayed;
 * - those that were never sent as they came are in an epoch of their own, one for the disk and one for memory.
 */
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { writeFrameHeader } from '@netscope/core/frame.ts'
import { FRAME, FRAME_HEADER_BYTES, SPOOLED_HEADER_BYTES } from '@netscope/core/wire.ts'
import type { Spool, Ticket } from '../spool/spool.ts'
import type { BatchTag } from '../spool/segment-record.ts'
import type { Sent } from './in-flight.ts'
import { createInFlight } from './in-flight.ts'
import { createMemoryBacklog } from './memory-backlog.ts'
import { namesOf, type BatchNamesDeps } from './batch-names.ts'

export interface EndedBatchesConfig {
  /** Of what waits in memory while the disk takes nothing. */
  maxMemoryBytes: number
}

export interface EndedBatchesDeps extends BatchNamesDeps {
  spool: Spool
  nextEpoch(): number
  /** Number of the next frame. */
  nextSeq(): number
  /** Sends a flows frame of this number; `done` is called when it is acknowledged or given up. */
  sendFlows(seq: number, records: Uint8Array, count: number): { bytes: number; done(): void }
  write(bytes: Uint8Array): void
  /** Bytes that wait in the socket. */
  waitingBytes(): number
}

/** Beyond it batches are replayed later instead of sent at once. */
const MAX_LIVE_BYTES = 8 << 20
/** Under way of what is replayed: the rest of the line is for what is live. */
const MAX_REPLAY_BYTES = 1 << 20
/** Nothing is replayed while more than this waits in the socket. */
const MAX_WAITING_BYTES = 256 << 10
/** Longest texts of one batch; of more, records go apart. */
const MAX_NAMES_BYTES = 4 << 20
/** Epochs whose acknowledged numbers are remembered, so that they are not replayed. */
const MAX_EPOCHS = 64

export type EndedBatches = ReturnType<typeof createEndedBatches>

export const createEndedBatches = (config: EndedBatchesConfig, deps: EndedBatchesDeps) => {
  const { spool } = deps
  const inFlight = createInFlight()
  const memory = createMemoryBacklog(config.maxMemoryBytes)
  const acknowledged = new Map<number, number>()
  const lanes = {
    disk: { epoch: deps.nextEpoch(), seq: 0 },
    memory: { epoch: deps.nextEpoch(), seq: 0 },
  }
  let liveEpoch = deps.nextEpoch()
  let isOpen = false
  /** Within an epoch what is on the disk must be older than what is in memory, or it would be replayed in the wrong order. */
  let liveGoesToDisk = true
  let lost = 0

  const settle = ({ epoch, seq }: BatchTag): void => {
    acknowledged.set(epoch, Math.max(seq, acknowledged.get(epoch) ?? 0))
    if (acknowledged.size <= MAX_EPOCHS) return
    for (const old of acknowledged.keys()) {
      if (acknowledged.size <= MAX_EPOCHS) break
      if (old !== liveEpoch && old !== lanes.disk.epoch && old !== lanes.memory.epoch)
        acknowledged.delete(old)
    }
  }

  const sendNow = (records: Uint8Array, count: number, names: Uint8Array): void => {
    const tag = { epoch: liveEpoch, seq: deps.nextSeq(), records: count }
    const pieces = [headOf(tag, names), names, records]
    const ticket = liveGoesToDisk ? spool.append(tag, pieces, true) : undefined
    if (!ticket) liveGoesToDisk = false
    const payload = ticket ? {} : { payload: Buffer.concat(pieces) }
    const { bytes, done } = deps.sendFlows(tag.seq, records, count)
    inFlight.push({
      seq: tag.seq,
      lane: 'live',
      bytes,
      done,
      batch: { ...tag, ticket, ...payload },
    })
  }

  const keep = (records: Uint8Array, count: number, names: Uint8Array): void => {
    const tag = { epoch: lanes.disk.epoch, seq: lanes.disk.seq + 1, records: count }
    if (spool.append(tag, [headOf(tag, names), names, records], false)) {
      lanes.disk.seq++
      return
    }
    const inMemory = { epoch: lanes.memory.epoch, seq: ++lanes.memory.seq, records: count }
    memory.push({ ...inMemory, payload: Buffer.concat([headOf(inMemory, names), names, records]) })
  }

  const take = (records: Uint8Array, count: number): void => {
    const names = Buffer.from(JSON.stringify(namesOf(records, count, deps)))
    if (names.length > MAX_NAMES_BYTES && count > 1) {
      const half = count >> 1
      take(records.subarray(0, half * RECORD_BYTES), half)
      take(records.subarray(half * RECORD_BYTES, count * RECORD_BYTES), count - half)
      return
    }
    const exact = records.subarray(0, count * RECORD_BYTES)
    if (isOpen && inFlight.bytes('live') < MAX_LIVE_BYTES) sendNow(exact, count, names)
    else keep(exact, count, names)
  }

  const nextToReplay = (): (BatchTag & { payload: Buffer; ticket: Ticket }) | undefined => {
    const onDisk = spool.next()
    if (onDisk) return onDisk
    const waiting = memory.next()
    const acknowledge = () => waiting && memory.acknowledge(waiting)
    return waiting && { ...waiting, ticket: { acknowledge, giveBack: () => true } }
  }

  /** Sends what waits, as far as there is room beside what is live. */
  const replay = (): void => {
    while (isOpen && inFlight.bytes('replay') < MAX_REPLAY_BYTES) {
      if (deps.waitingBytes() > MAX_WAITING_BYTES) return
      const found = nextToReplay()
      if (!found) return
      const { payload, ticket, epoch, seq: number, records } = found
      const seq = deps.nextSeq()
      const header = new Uint8Array(FRAME_HEADER_BYTES)
      writeFrameHeader(header, FRAME.spooled, seq, payload.length)
      deps.write(header)
      deps.write(payload)
      inFlight.push({
        seq,
        lane: 'replay',
        bytes: payload.length,
        batch: { epoch, seq: number, records, ticket },
      })
    }
  }

  /** What was sent as it came and has not arrived, as far as we know, is replayed. */
  const giveBack = ({ lane, batch, done }: Sent): void => {
    if (batch && lane === 'live') {
      if (batch.payload) memory.push({ ...batch, payload: batch.payload })
      else if (!batch.ticket?.giveBack()) lost += batch.records
    }
    done?.()
  }

  return {
    take,
    replay,
    /** The connection is there; returns the epoch of what is sent on it. */
    open: (): number => {
      isOpen = true
      return liveEpoch
    },
    close: (): void => {
      isOpen = false
      const sent = inFlight.clear()
      const mustRenew = sent.some(({ lane, batch }) => lane === 'live' && batch)
      for (const one of sent) giveBack(one)
      spool.rewind()
      memory.rewind()
      if (mustRenew) liveEpoch = deps.nextEpoch()
      liveGoesToDisk = true
    },
    /** A flows frame without a record that must arrive. */
    sentLive: (seq: number, bytes: number, done: () => void): void =>
      inFlight.push({ seq, lane: 'live', bytes, done }),
    acknowledge: (seq: number): void => {
      for (const { batch, done } of inFlight.acknowledge(seq)) {
        if (batch) settle(batch)
        batch?.ticket?.acknowledge()
        done?.()
      }
      if (inFlight.batches() === 0) liveGoesToDisk = true
      replay()
    },
    /** Whether the spool need not replay a batch: it has arrived, or is on its way as it came. */
    isSettled: ({ epoch, seq }: BatchTag): boolean =>
      (isOpen && epoch === liveEpoch) || seq <= (acknowledged.get(epoch) ?? 0),
    liveBytes: () => inFlight.bytes('live'),
    /** Nothing that must arrive is under way or waits. */
    isIdle: () => inFlight.batches() === 0,
    memoryBytes: () => memory.bytes(),
    lostRecords: () => lost + memory.lostRecords(),
  }
}

const headOf = ({ epoch, seq }: BatchTag, names: Uint8Array): Buffer => {
  const head = Buffer.alloc(SPOOLED_HEADER_BYTES)
  head.writeUInt32LE(names.length, 0)
  head.writeUInt32LE(seq, 4)
  head.writeDoubleLE(epoch, 8)
  return head
}
