/**
 * The capture ring: the last packets of this host, kept in memory before anybody asks (agent.captureRingMegabytes). It
 * holds the kernel's tap open with a short snap length, and captures are read out of it, several at once.
 */
import { KEY } from '@netscope/core/slot.ts'
import type { CaptureRingStatus } from '@netscope/core/status.ts'
import type { Source } from '../source.ts'
import {
  CAPTURED_BYTES,
  CAPTURE_FILTER,
  MAX_SNAP_LENGTH,
  type CapturedPacket,
} from './captured-packet.ts'
import { encodeFilter } from './encode-filter.ts'
import { createPacketTest, type PacketTest } from './match-packet.ts'
import { createPacketRing, type PacketRing } from './packet-ring.ts'
import type { OpenKernelTap, OpenTap } from './packet-tap.ts'
import { openRingReader } from './ring-reader.ts'

/** The kernel's ring is emptied so often that it is about as full as that each time. */
const WANTED_FILL = 0.1
const MIN_DRAIN_MS = 2
const MAX_DRAIN_MS = 50
/** What was lost is asked for so often. */
const COUNTS_NS = 1e9
/** Captures at once. */
const MOST_READERS = 8
/** Of the kernel's ring, by ours: at 500,000 packets/s 16 MiB are full in 160 ms. */
const kernelBytes = (ringBytes: number): number =>
  ringBytes >= 64 << 20 ? 16 << 20 : ringBytes >= 32 << 20 ? 8 << 20 : 4 << 20
const MIN_RING_BYTES = 4 * (CAPTURED_BYTES + MAX_SNAP_LENGTH)

export interface CaptureRingConfig {
  /** 0: there is none. */
  bytes: number
  /** Bytes that are kept of each packet. */
  snapLength: number
  /** Port of our own page on lo. */
  ownPort: number
}

export interface CaptureRingDeps {
  source: Pick<Source, 'packets' | 'nowNs' | 'wallOffsetMs'>
  log: { warn(fields: object, message: string): void }
}

export interface CaptureRing {
  readonly isRunning: boolean
  /** Why there is none though it is wanted. */
  readonly problem: string
  start(): void
  stop(): void
  /**
   * Packets that pass `filter`, with up to `beforeBytes` of a file from before, none that came before `sinceNs` of the
   * kernel's clock; undefined: as many run as can.
   */
  open(filter: Uint8Array, beforeBytes: number, sinceNs?: number): OpenTap | undefined
  /** When its oldest packet came, in the kernel's clock; now where there is none. */
  sinceNs(): number
  status(): CaptureRingStatus | undefined
}

interface Wish {
  test: PacketTest
  snapLength: number
  ownPage: boolean
}

export const createCaptureRing = (
  config: CaptureRingConfig,
  { source, log }: CaptureRingDeps,
): CaptureRing => {
  const wishes = new Set<Wish>()
  /** Those that want more of a packet than the ring keeps. */
  let wide: readonly Wish[] = []
  let ring: PacketRing | undefined
  let tap: OpenKernelTap | undefined
  let timer: NodeJS.Timeout | undefined
  let delayMs = MAX_DRAIN_MS
  let problem = ''
  let lostPackets = 0
  let countedNs = 0
  const lostOf = new Map<number, number>()

  const filterNow = (): Uint8Array => {
    const snapLength = Math.max(config.snapLength, ...wide.map((one) => one.snapLength))
    const filter = encodeFilter({}, { snapLength, ifindex: 0, ownPort: config.ownPort })
    if ([...wishes].some(({ ownPage }) => ownPage)) filter[CAPTURE_FILTER.ownPage] = 1
    return filter
  }
  const refilter = (): void => {
    wide = [...wishes].filter((one) => one.snapLength > config.snapLength)
    tap?.refilter(filterNow())
  }

  let from: Int32Array | undefined
  const keep = (packet: CapturedPacket): boolean => {
    const { buffer } = packet.view
    if (from?.buffer !== buffer) from = new Int32Array(buffer, 0, buffer.byteLength >> 2)
    let kept = config.snapLength
    for (const one of wide) if (one.snapLength > kept && one.test(packet)) kept = one.snapLength
    ring?.put(from, (packet.view.byteOffset + packet.at) >> 2, kept)
    return true
  }

  const count = (nowNs: number): void => {
    countedNs = nowNs
    for (const { ifindex, lost } of tap?.counts() ?? []) {
      const more = lost - (lostOf.get(ifindex) ?? 0)
      if (more <= 0) continue
      lostOf.set(ifindex, lost)
      lostPackets += more
      ring?.mark(ifindex, more, nowNs)
    }
  }

  /** Brings in what has come. */
  const settle = (): void => {
    tap?.drain(keep)
    count(source.nowNs())
  }

  const stop = (): void => {
    clearTimeout(timer)
    tap?.free()
    tap = undefined
    ring = undefined
  }

  const pump = (): void => {
    if (!tap) return
    try {
      drain(tap)
    } catch (error) {
      fail(error)
      return stop()
    }
    timer = setTimeout(pump, delayMs)
  }

  const fail = (error: unknown): void => {
    problem = error instanceof Error ? error.message : String(error)
    log.warn({ err: error }, 'there is no capture ring')
  }

  const drain = (tap: OpenKernelTap): void => {
    const fill = tap.fill()
    tap.drain(keep)
    const nowNs = source.nowNs()
    if (nowNs - countedNs >= COUNTS_NS) count(nowNs)
    const wanted = (delayMs * WANTED_FILL) / Math.max(fill, WANTED_FILL / 10)
    delayMs = Math.min(MAX_DRAIN_MS, Math.max(MIN_DRAIN_MS, wanted))
  }

  return {
    get isRunning() {
      return tap !== undefined
    },
    get problem() {
      return problem
    },
    start() {
      if (config.bytes === 0) return
      try {
        if (!source.packets) throw new Error('its packets are made up')
        ring = createPacketRing(Math.max(config.bytes, MIN_RING_BYTES))
        // All of its memory now: what is touched for the first time while packets come makes them wait.
        ring.words.fill(0)
        tap = source.packets.open(filterNow(), kernelBytes(config.bytes))
      } catch (error) {
        fail(error)
        return stop()
      }
      countedNs = source.nowNs()
      timer = setTimeout(pump, delayMs)
    },
    stop,
    open(filter, beforeBytes, sinceNs = 0) {
      if (!ring || wishes.size >= MOST_READERS) return undefined
      const test = createPacketTest(filter, config.ownPort)
      const bytes = new DataView(filter.buffer, filter.byteOffset)
      const snapLength = bytes.getUint32(CAPTURE_FILTER.snapLength, true)
      const wish: Wish = { test, snapLength, ownPage: isOfOwnPage(bytes, config.ownPort) }
      settle()
      wishes.add(wish)
      refilter()
      const onFree = () => {
        wishes.delete(wish)
        refilter()
      }
      return openRingReader({ ring, test, snapLength, beforeBytes, sinceNs, settle, onFree })
    },
    sinceNs: () => ring?.oldestNs() ?? source.nowNs(),
    status() {
      if (!ring) return undefined
      const { packets, words } = ring
      const sinceMs = source.wallOffsetMs() + (ring.oldestNs() ?? source.nowNs()) / 1e6
      return {
        ...{ bytes: words.byteLength, snapLength: config.snapLength },
        ...{ packets, sinceMs: Math.round(sinceMs), lostPackets },
      }
    },
  }
}

/** By its port, or a flow of it: that packets of our own page are wanted. */
const isOfOwnPage = (filter: DataView, ownPort: number): boolean => {
  const { hasKey, key, ownPage } = CAPTURE_FILTER
  if (filter.getUint8(hasKey) === 0) return filter.getUint8(ownPage) === 1
  return [KEY.loPort, KEY.hiPort].some((at) => filter.getUint16(key + at, true) === ownPort)
}
