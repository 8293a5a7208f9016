/**
 * Captures on demand, from the kernel's ring to the server as a pcapng file (core/src/wire.ts): one at a time, or several
 * out of the capture ring, with what has been, where the agent keeps one. A reader that is slow stops the draining: the
 * ring fills, and the file's statistics count what found no room. Nothing waits here.
 */
import { machine, release, type } from 'node:os'
import { NetscopeError } from '@netscope/core/errors.ts'
import { CAPTURE_WINDOW_BYTES } from '@netscope/core/wire.ts'
import type { CaptureFilter, CaptureLimits } from '@netscope/core/wire.ts'
import type { Source } from '../source.ts'
import { createCaptureFile, type CaptureFile } from './capture-file.ts'
import type { CaptureRing } from './capture-ring.ts'
import { CAPTURED, type CapturedPacket } from './captured-packet.ts'
import { encodeFilter } from './encode-filter.ts'
import { createPacketComments, type PacketCommentDeps } from './packet-comment.ts'
import type { OpenTap } from './packet-tap.ts'

const DRAIN_MS = 50
/** While the ring is fuller than BUSY_FILL: 100 MB/s fill it in 40 ms. */
const BUSY_MS = 2
const BUSY_FILL = 0.25
/** A packet waits in the ring until the flow table has been read after it: then its program is known. Not in a ring fuller than that. */
const MOST_WAITING = 0.75
/** After its end it waits no longer for a table that cannot be read. */
const KNOWN_WITHIN_NS = 3e9
/** After its end a capture waits so long for a reader that does not read. */
const READER_WITHIN_MS = 60_000
/** What the statistics at the file's end may take of its bound. */
const STATISTICS_BYTES = 4096

export interface CapturesDeps {
  agent: string
  version: string
  source: Pick<Source, 'packets' | 'table' | 'interfaces' | 'wallOffsetMs' | 'nowNs'>
  /** Where it runs, captures are read out of it. */
  ring?: Pick<CaptureRing, 'isRunning' | 'problem' | 'open' | 'sinceNs'>
  /** Port of our own page on lo. */
  ownPort: number
  /** As PacketCommentDeps. */
  owners: PacketCommentDeps['owners']
  /** Sends the next bytes of a file, none when it is over; false, and they are lost: the server is away. */
  send(capture: number, bytes: Uint8Array): boolean
  /** Whether the server takes more now. */
  isReady(): boolean
  log: { error(fields: object, message: string): void }
}

export interface Captures {
  /** Throws NetscopeError `capture.*`. */
  start(capture: number, filter: CaptureFilter, limits: CaptureLimits): void
  /** No further packet; what was captured is still sent. Throws `capture.not-found`. */
  stop(capture: number): void
  /** The reader has taken so many bytes. */
  more(capture: number, takenBytes: number): void
  /** The flow table has been read: who owns what is known for packets before `untilNs`. */
  known(untilNs: number): void
  /** The server is away: its captures are over. */
  abandon(): void
  /** Sends what was captured up to now, and the file's end. */
  finish(): void
}

type Ending = 'stopped' | 'time' | 'size'

interface Running {
  capture: number
  limits: CaptureLimits
  tap: OpenTap
  file: CaptureFile
  timer?: NodeJS.Timeout
  startNs: number
  /** When its first packet came. */
  fromNs: number
  /** Set once no packet comes any more. */
  ended?: { why: Ending; atNs: number }
  takenBytes: number
}

export const createCaptures = (deps: CapturesDeps): Captures => {
  const { source, agent } = deps
  const comments = createPacketComments({
    agent,
    slots: source.table.slots,
    handedOut: () => source.table.handedOut(),
    owners: deps.owners,
  })
  const running = new Map<number, Running>()
  let knownNs = 0

  const wallOffsetNs = (): bigint => BigInt(Math.round(source.wallOffsetMs() * 1000)) * 1000n

  const end = (one: Running, why: Ending): void => {
    if (one.ended) return
    one.ended = { why, atNs: source.nowNs() }
    one.tap.close()
  }

  const free = (one: Running): void => {
    clearTimeout(one.timer)
    one.tap.free()
    running.delete(one.capture)
  }

  const isKnown = (one: Running, packet: CapturedPacket): boolean => {
    if (one.ended && source.nowNs() - one.ended.atNs > KNOWN_WITHIN_NS) return true
    return timeOf(packet) < knownNs || one.tap.fill() > MOST_WAITING
  }

  /** Whether the packet is done with. */
  const take = (one: Running, packet: CapturedPacket, offsetNs: bigint): boolean => {
    if (!isKnown(one, packet)) return false
    const { file, limits, takenBytes } = one
    const after = file.bytes + file.bytesOf(packet)
    if (after > takenBytes + CAPTURE_WINDOW_BYTES) return false
    if (after + STATISTICS_BYTES > limits.maxBytes) {
      end(one, 'size')
      return false
    }
    if (file.packets === 0) one.fromNs = Math.min(one.fromNs, timeOf(packet))
    file.packet(packet, comments.of(packet), offsetNs)
    return true
  }

  const finish = (one: Running): void => {
    const { file, tap, startNs, fromNs, ended } = one
    const offsetNs = wallOffsetNs()
    const [from, to] = [BigInt(fromNs) + offsetNs, BigInt(ended?.atNs ?? startNs) + offsetNs]
    const left = discard(tap)
    // What did not fit was not wanted: it is no loss.
    const isLost = ended?.why !== 'size'
    const counts = tap
      .counts()
      .map((of) => (isLost ? { ...of, lost: of.lost + (left.get(of.ifindex) ?? 0) } : of))
    file.statistics(counts, from, to, endingText(one))
    file.flush()
    deps.send(one.capture, EMPTY)
    free(one)
  }

  /** Whether more can be read at once. */
  const pump = (one: Running): boolean => {
    const nowNs = source.nowNs()
    if (nowNs - one.startNs >= one.limits.seconds * 1e9) end(one, 'time')
    let hasMore = false
    if (deps.isReady()) {
      const offsetNs = wallOffsetNs()
      hasMore = one.tap.drain((packet) => take(one, packet, offsetNs))
      one.file.flush()
    }
    if (!one.ended) return hasMore
    const waitedMs = (nowNs - one.ended.atNs) / 1e6
    if (one.ended.why === 'size' || one.tap.fill() === 0 || waitedMs > READER_WITHIN_MS) finish(one)
    return hasMore
  }

  /** A capture that fails is over; counting goes on. */
  const pumpAndWait = (one: Running): void => {
    const { packets } = one.file
    let hasMore = false
    try {
      hasMore = pump(one)
    } catch (err) {
      deps.log.error({ err }, 'a capture failed')
      free(one)
      deps.send(one.capture, EMPTY)
    }
    if (!running.has(one.capture)) return
    const isBusy = hasMore || (one.file.packets > packets && one.tap.fill() > BUSY_FILL)
    one.timer = setTimeout(() => pumpAndWait(one), isBusy ? BUSY_MS : DRAIN_MS)
  }

  const find = (capture: number): Running => {
    const found = running.get(capture)
    if (found) return found
    throw new NetscopeError('capture.not-found', { capture })
  }

  const ifindexOf = (name: string | undefined): number => {
    if (name === undefined) return 0
    const found = source.interfaces().find((one) => one.name === name && one.attached)
    if (found) return found.ifindex
    throw new NetscopeError('capture.no-interface', { interface: name })
  }

  const openTap = (filter: Uint8Array, beforeBytes: number, sinceNs: number): OpenTap => {
    const { packets } = source
    const { ring } = deps
    if (ring?.isRunning) {
      const opened = ring.open(filter, beforeBytes, sinceNs)
      if (opened) return opened
      throw new NetscopeError('capture.busy', { agent })
    }
    if (running.size > 0) throw new NetscopeError('capture.busy', { agent })
    if (!packets)
      throw new NetscopeError('capture.unavailable', { agent, reason: 'its packets are made up.' })
    try {
      return packets.open(filter)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new NetscopeError('capture.unavailable', { agent, reason }, { cause })
    }
  }

  return {
    start(capture, filter, limits) {
      const { snapLength, beforeBytes, beforeSeconds } = limits
      const ifindex = ifindexOf(filter.interface)
      const encoded = encodeFilter(filter, { snapLength, ifindex, ownPort: deps.ownPort })
      const startNs = source.nowNs()
      const comment = beforeBytes === undefined ? '' : askedText(deps, startNs)
      const sinceNs = beforeSeconds === undefined ? 0 : startNs - beforeSeconds * 1e9
      const tap = openTap(encoded, Math.min(beforeBytes ?? 0, limits.maxBytes), sinceNs)
      const file = createCaptureFile({
        hardware: machine(),
        system: `${type()} ${release()}`,
        application: `NetScope ${deps.version}`,
        snapLength,
        comment,
        interfaceName: (index) =>
          source.interfaces().find((one) => one.ifindex === index)?.name ?? `if${index}`,
        write: (bytes) => void deps.send(capture, bytes),
      })
      const one: Running = {
        capture,
        limits,
        tap,
        file,
        startNs,
        fromNs: startNs,
        takenBytes: 0,
      }
      running.set(capture, one)
      one.timer = setTimeout(() => pumpAndWait(one), 0)
    },
    stop: (capture) => end(find(capture), 'stopped'),
    more(capture, takenBytes) {
      const one = find(capture)
      one.takenBytes = Math.max(one.takenBytes, takenBytes)
    },
    known(untilNs) {
      knownNs = untilNs
      comments.forget()
    },
    abandon() {
      for (const one of running.values()) free(one)
    },
    finish() {
      knownNs = Infinity
      for (const one of running.values()) {
        end(one, 'stopped')
        while (pump(one)) continue
        if (running.has(one.capture)) finish(one)
      }
    },
  }
}

const timeOf = ({ view, at }: CapturedPacket): number =>
  Number(view.getBigUint64(at + CAPTURED.timeNs, true))

const EMPTY = new Uint8Array(0)

/** Packets of each interface that nobody reads any more. */
const discard = (tap: OpenTap): Map<number, number> => {
  const left = new Map<number, number>()
  const count = ({ view, at }: CapturedPacket): boolean => {
    const ifindex = view.getUint32(at + CAPTURED.ifindex, true)
    left.set(ifindex, (left.get(ifindex) ?? 0) + 1)
    return true
  }
  while (tap.drain(count)) continue
  return left
}

/** The server reads both times (server/src/captures/describe-capture.ts). */
const askedText = ({ ring, source, agent }: CapturesDeps, nowNs: number): string => {
  const at = (ns: number) => new Date(source.wallOffsetMs() + ns / 1e6).toISOString()
  const asked = `Asked for at ${at(nowNs)}.`
  if (ring?.isRunning)
    return `${asked} The capture ring of ${agent} reached back to ${at(Math.min(nowNs, ring.sinceNs()))}.`
  const why = ring?.problem
    ? `its capture ring does not work: ${ring.problem}`
    : 'it keeps no capture ring (agent.captureRingMegabytes is 0)'
  return `${asked} Nothing from before is known to ${agent}: ${why}.`
}

/** What is lost on the way to the capture ring is of no known filter: it is said beside. */
const endingText = (one: Running): string => {
  const note = one.tap.note?.() ?? ''
  return note === '' ? whyOver(one) : `${whyOver(one)}; ${note}`
}

const whyOver = ({ ended, limits }: Running): string => {
  if (ended?.why === 'time') return `over after ${limits.seconds} s`
  if (ended?.why === 'size')
    return `over: the next packet would have made more than ${limits.maxBytes} bytes`
  return 'stopped'
}
