/**
 * The agent's side of the uplink: connects to the server, again and again, and sends frames. Records of ended flows
 * arrive exactly once (ended-batches.ts): they are on the disk before they are sent. Everything else is only sent
 * while connected: counters of live flows are cumulative, and `onConnected` asks for all of them again.
 */
import type { Diagnosis } from '@netscope/core/diagnosis.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { encodeJsonFrame, parseJsonPayload } from '@netscope/core/frame.ts'
import type { Status } from '@netscope/core/status.ts'
import {
  BATCH_HEADER_BYTES,
  FRAME,
  MAX_FRAME_BYTES,
  type Dictionary,
  type Hello,
  type Reply,
} from '@netscope/core/wire.ts'
import { createSpool, type SpoolCounts } from '../spool/spool.ts'
import { createAnswers } from './answers.ts'
import type { BatchNamesDeps } from './batch-names.ts'
import { createEndedBatches } from './ended-batches.ts'
import { countEnded, splitEnded } from './ended-records.ts'
import { createEpochs } from './epochs.ts'
import type { Membership } from './membership.ts'
import { openConnection } from './open-connection.ts'
import { createOutgoing } from './outgoing.ts'
import { reasonsOf, refusalOf } from './uplink-reasons.ts'
import { createServerLink, type LinkLog } from './server-link.ts'

export interface UplinkConfig {
  spool: { path: string; maxBytes: number }
  /** Bound of what waits in memory while the disk takes nothing; 32 MiB unless told. */
  maxMemoryBytes?: number
  /** See ServerLinkConfig. */
  silenceMs?: number
}

export interface UplinkDeps extends BatchNamesDeps {
  membership: Membership
  /** Without epoch and credential, which are added here. */
  hello(): Omit<Hello, 'epoch' | 'credential'>
  now(): number
  /** Executes a command of the server; must not reject. */
  onCommand(command: unknown): Promise<Reply>
  /** The server is there and knows no live flow yet: publish them all. */
  onConnected(): void
  onDisconnected(): void
  /** What the server's name means now, before it is connected to. */
  onResolved?(addresses: readonly string[]): void
  log: LinkLog
}

export interface UplinkCounts {
  connected: boolean
  /** Records of ended flows that were given up. */
  droppedRecords: number
  /** Under way to the server, or waiting in memory. */
  queuedBytes: number
  spool: SpoolCounts
  /** Every reason why records may be lost or late, in words for people. */
  degraded: string[]
}

export interface Uplink {
  start(): void
  /** Waits up to `flushMs` for acknowledgements, then closes. */
  stop(flushMs?: number): Promise<void>
  /**
   * Takes `count` records (RECORD_BYTES each, from byte 0; at most MAX_RECORDS), which are copied. Those
   * of ended flows are always taken; false, and nothing is taken, when there are others and the server
   * is away or slow.
   */
  sendFlows(records: Uint8Array, count: number): boolean
  /**
   * Sends `count` packet events (EVENT_BYTES each), which are copied; false, and they are lost, when the
   * server is away or slow.
   */
  sendEvents(records: Uint8Array, count: number): boolean
  sendStatus(status: Status): void
  /** What ids in records mean: before the first record that uses them; lost while the server is away. */
  sendDictionary(pieces: readonly Dictionary[]): void
  /** Lost while the server is away: send it again when it is back. */
  sendDiagnosis(diagnosis: Diagnosis): void
  /** Sends the JSON texts of at most MAX_OBSERVATIONS observations; false, and nothing is taken, when the server is away or slow. */
  sendObservations(texts: readonly string[]): boolean
  /** Sends the next bytes of a capture, which are copied, none when it is over; false, and they are lost, when the server is away. */
  sendCapture(capture: number, bytes: Uint8Array): boolean
  /** Whether the server reads what it is sent. */
  isReady(): boolean
  counts(): UplinkCounts
}

/** While more than this waits for the server, live flows and events are refused. */
const MAX_AHEAD_BYTES = 4 << 20
const MAX_EVENTS_AHEAD_BYTES = 2 << 20
/** Records that one frame takes. */
const MAX_RECORDS = Math.floor((MAX_FRAME_BYTES - BATCH_HEADER_BYTES) / RECORD_BYTES)
const PING_BYTES = 8
const MAX_MEMORY_BYTES = 32 << 20

/** A client of the server; does nothing before start(). */
export const createUplink = (config: UplinkConfig, deps: UplinkDeps): Uplink => {
  const { membership, log } = deps
  const spool = createSpool(config.spool, {
    clock: () => performance.now(),
    isSettled: (tag) => batches.isSettled(tag),
    log,
  })
  let lastSeq = 0
  let onIdle: (() => void) | undefined
  /** The hello is sent; before, and while joining, nothing else is. */
  let isSession = false
  let refusal = ''
  const nextSeq = () => (lastSeq = (lastSeq + 1) >>> 0)

  const link = createServerLink(
    { where: membership.where, ...(config.silenceMs && { silenceMs: config.silenceMs }) },
    {
      connect: (onReady) => openConnection(membership.place, onReady, deps.onResolved),
      onOpen: () => {
        const secret = membership.joinSecret()
        if (secret === undefined) begin()
        else {
          const { protocol, agent, hostname, version } = deps.hello()
          const join = { protocol, secret, agent, hostname, version }
          link.write(encodeJsonFrame(FRAME.join, 0, join))
        }
      },
      onFrame: (type, seq, payload) => onFrame[type]?.(payload, seq),
      onClose: () => {
        if (!isSession) return
        isSession = false
        batches.close()
        onIdle?.()
        deps.onDisconnected()
      },
      log,
    },
  )
  const { wallOffsetMs, now } = deps
  const outgoing = createOutgoing({ link, nextSeq, wallOffsetMs, now })
  const answer = createAnswers({ link, nextSeq, onCommand: deps.onCommand })

  const begin = (): void => {
    isSession = true
    const credential = membership.credential()
    const hello: Hello = {
      ...deps.hello(),
      epoch: batches.open(),
      ...(credential && { credential }),
    }
    link.write(encodeJsonFrame(FRAME.hello, 0, hello))
    const spooledBytes = spool.counts().bytes
    log.info({ server: membership.where, spooledBytes }, 'connected to the server')
    deps.onConnected()
    batches.replay()
  }

  const onFrame: Readonly<Record<number, (payload: Uint8Array, seq: number) => void>> = {
    [FRAME.ack]: (_payload, seq) => {
      // An acknowledgement of what was never sent is ignored.
      if (((lastSeq - seq) | 0) < 0) return
      refusal = ''
      batches.acknowledge(seq)
      if (batches.isIdle()) onIdle?.()
    },
    [FRAME.command]: (payload) => void answer(payload),
    [FRAME.ping]: (payload) => {
      if (isSession && payload.length === PING_BYTES) outgoing.pong(payload)
    },
    [FRAME.refused]: (payload) => {
      const { message, remedy } = refusalOf(payload)
      refusal = `The server refuses this agent: ${message} ${remedy}`
      log.error({ server: membership.where, remedy }, `the server refuses this agent: ${message}`)
      link.holdBack()
      link.reset('the server refuses this agent')
    },
    [FRAME.joined]: (payload) => {
      const given = parseJsonPayload(payload) as
        | { agent?: unknown; credential?: unknown }
        | undefined
      const { agent, credential } = given ?? {}
      if (isSession || typeof agent !== 'string' || typeof credential !== 'string') return
      try {
        membership.joined({ agent, credential })
        log.info({ server: membership.where, agent }, 'joined the server')
      } catch (error) {
        const reason = (error as Error).message
        log.error({ reason }, 'the credential cannot be kept: join again after the next start')
      }
      link.reset('joined; connecting as a member')
    },
  }

  const batches = createEndedBatches(
    { maxMemoryBytes: config.maxMemoryBytes ?? MAX_MEMORY_BYTES },
    {
      ...deps,
      spool,
      nextEpoch: createEpochs(deps.now),
      nextSeq,
      sendFlows: outgoing.flows,
      write: link.write,
      waitingBytes: link.waitingBytes,
    },
  )

  const sendLive = (records: Uint8Array): void => {
    const seq = nextSeq()
    const { bytes, done } = outgoing.flows(seq, records)
    batches.sentLive(seq, bytes, done)
  }

  const sendFlows = (records: Uint8Array, count: number): boolean => {
    if (count > MAX_RECORDS) {
      throw new RangeError(`${count} records, at most ${MAX_RECORDS} fit a frame`)
    }
    const all = records.subarray(0, count * RECORD_BYTES)
    const ended = countEnded(all, count)
    if (ended < count && !(isSession && batches.liveBytes() < MAX_AHEAD_BYTES)) return false
    if (ended === count) batches.take(all, count)
    else if (ended === 0) sendLive(all)
    else {
      const parts = splitEnded(all, count)
      batches.take(parts.ended, ended)
      sendLive(parts.live)
    }
    return true
  }

  /** Resolves when all is acknowledged, the server goes away, or the time is over. */
  const idle = (withinMs: number): Promise<void> =>
    new Promise((resolve) => {
      onIdle = resolve
      setTimeout(resolve, withinMs).unref()
    })

  const sendJson = (type: number, value: unknown): void => {
    if (isSession) outgoing.json(type, value)
  }
  const takesMore = (): boolean => isSession && link.waitingBytes() <= MAX_EVENTS_AHEAD_BYTES

  const lostRecords = () => spool.counts().overflowRecords + batches.lostRecords()

  const degraded = (): string[] => {
    const counts = { ...spool.counts(), lostRecords: lostRecords() }
    return reasonsOf(refusal, spool.problem(), config.spool.path, counts)
  }

  return {
    start: () => {
      spool.start()
      link.start()
    },
    stop: async (flushMs = 1000) => {
      if (isSession && !batches.isIdle()) await idle(flushMs)
      await link.stop(flushMs)
      spool.stop()
    },
    sendFlows,
    sendEvents: (records, count) => {
      if (!takesMore()) return false
      outgoing.events(records, count)
      return true
    },
    sendStatus: (status) => {
      sendJson(FRAME.status, status)
      batches.replay()
    },
    sendDictionary: (pieces) => pieces.forEach((piece) => sendJson(FRAME.dictionary, piece)),
    sendDiagnosis: (diagnosis) => sendJson(FRAME.diagnosis, diagnosis),
    sendObservations: (texts) => {
      if (!takesMore()) return false
      outgoing.observations(texts)
      return true
    },
    sendCapture: (capture, bytes) => {
      if (isSession) outgoing.capture(capture, bytes)
      return isSession
    },
    isReady: takesMore,
    counts: () => ({
      connected: isSession,
      droppedRecords: lostRecords(),
      queuedBytes: batches.liveBytes() + batches.memoryBytes(),
      spool: spool.counts(),
      degraded: degraded(),
    }),
  }
}
