/** Windows of five minutes of each device, from flows as the history and captures give them. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Flow } from '@netscope/core/flow.ts'
import { createPeerMemory, type PeerMemory } from '@netscope/detect/anomaly/peer-memory.ts'
import {
  createTrafficWindow,
  type DevicePart,
  type TrafficWindow,
} from '@netscope/detect/anomaly/traffic-window.ts'
import { WINDOW_MS, windowOf, type WindowCounts } from '@netscope/detect/anomaly/window-columns.ts'
import { createBoundedMap } from '@netscope/detect/bounded-map.ts'

export interface DeviceWindow {
  device: string
  counts: WindowCounts
  /** It was not seen from its beginning to its end, so its amounts are too small. */
  isPartial: boolean
}

export interface FlowWindows {
  /** Whether the flow has all that is needed. Throws `anomaly.input` where there are too many windows. */
  add(flow: Partial<Flow>): boolean
  /** By time, then by device. */
  windows(): DeviceWindow[]
  /** Whom the devices have had to do with; the first MAX_KEPT_PEERS devices. */
  peers(): Map<string, Uint8Array>
}

/** Some 1 kB each. */
const MAX_WINDOWS = 500_000
/** A flow that lives longer has its amounts in its last so many windows (a week). */
const MAX_SPREAD = 2016
const MAX_OPEN_FLOWS = 100_000
/** 5.5 kB each in the file of models. */
const MAX_KEPT_PEERS = 1000
/** What may be missing of a whole window. */
const TOLERANCE_MS = WINDOW_MS / 10

interface FlowFacts {
  fromMs: number
  toMs: number
  begins: boolean
  src: string
  dst: string
  amounts: Pick<Flow, 'srcBytes' | 'dstBytes' | 'srcPackets' | 'dstPackets'>
  port: number
  protocol: number
  handshake: string
}

const amount = (value: unknown): number => {
  const number = Number(value)
  return number >= 0 && number < Infinity ? number : 0
}

/** A device's share of a flow in one window; `share` of the amounts. */
const partOf = (flow: FlowFacts, isClient: boolean, share: number, begins: boolean): DevicePart => {
  const { srcBytes, dstBytes, srcPackets, dstPackets } = flow.amounts
  const [sentBytes, receivedBytes] = isClient ? [srcBytes, dstBytes] : [dstBytes, srcBytes]
  const [sentPackets, receivedPackets] = isClient
    ? [srcPackets, dstPackets]
    : [dstPackets, srcPackets]
  return {
    isClient,
    peer: isClient ? flow.dst : flow.src,
    port: flow.port,
    protocol: flow.protocol,
    sentBytes: sentBytes * share,
    receivedBytes: receivedBytes * share,
    sentPackets: sentPackets * share,
    receivedPackets: receivedPackets * share,
    begins,
    isAttempt: ['complete', 'refused', 'unanswered'].includes(flow.handshake),
    isAccepted: begins && flow.handshake === 'complete',
  }
}

/** Windows that the flow lived in, each with the share of its time. */
const sharesOf = ({ fromMs, toMs }: FlowFacts): { window: number; share: number }[] => {
  const last = windowOf(toMs)
  const first = Math.max(windowOf(fromMs), last - MAX_SPREAD + 1)
  const beginMs = Math.max(fromMs, first * WINDOW_MS)
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const startMs = (first + i) * WINDOW_MS
    const overlap = Math.min(toMs, startMs + WINDOW_MS) - Math.max(beginMs, startMs)
    return { window: first + i, share: toMs > beginMs ? overlap / (toMs - beginMs) : 1 }
  })
}

/**
 * `isLocal`: whose addresses are devices. `file`: for errors. `before`: peers as they were learned; who is not in it has no new ones,
 * because nobody knows.
 */
export const createFlowWindows = (
  isLocal: (address: string) => boolean,
  file: string,
  before?: ReadonlyMap<string, Uint8Array>,
): FlowWindows => {
  const windows = new Map<number, Map<string, TrafficWindow>>()
  const known = new Map<string, PeerMemory>()
  /** When the last part of a flow that goes on was seen. */
  const seen = createBoundedMap<string, number>(MAX_OPEN_FLOWS)
  let [earliestMs, latestMs, count] = [Infinity, -Infinity, 0]

  const factsOf = (flow: Partial<Flow>): FlowFacts | undefined => {
    const { id = '', src, dst, firstSeen, lastSeen } = flow
    const [firstMs, toMs] = [Date.parse(String(firstSeen)), Date.parse(String(lastSeen))]
    if (typeof src !== 'string' || typeof dst !== 'string' || !(firstMs <= toMs)) return undefined
    const before = id === '' ? undefined : seen.get(id)
    if (id !== '') seen.set(id, toMs)
    return {
      fromMs: before === undefined ? firstMs : Math.min(Math.max(before, firstMs), toMs),
      toMs,
      begins: before === undefined,
      src,
      dst,
      amounts: {
        srcBytes: amount(flow.srcBytes),
        dstBytes: amount(flow.dstBytes),
        srcPackets: amount(flow.srcPackets),
        dstPackets: amount(flow.dstPackets),
      },
      port: amount(flow.dstPort),
      protocol: amount(flow.protocolNumber),
      handshake: String(flow.handshake ?? ''),
    }
  }

  const windowAt = (window: number, device: string): TrafficWindow => {
    let devices = windows.get(window)
    if (!devices) windows.set(window, (devices = new Map<string, TrafficWindow>()))
    let counted = devices.get(device)
    if (counted) return counted
    if (++count > MAX_WINDOWS)
      throw new NetscopeError('anomaly.input', {
        place: file,
        reason: `more than ${MAX_WINDOWS} windows of devices; name what is local with --local, or give less at a time`,
      })
    let peers = known.get(device)
    if (!peers) known.set(device, (peers = createPeerMemory(before?.get(device))))
    counted = createTrafficWindow(peers)
    devices.set(device, counted)
    return counted
  }

  const addSide = (flow: FlowFacts, isClient: boolean): void => {
    const device = isClient ? flow.src : flow.dst
    const { srcPackets, dstPackets } = flow.amounts
    // Who never sent anything is no device: the target of a scan.
    if ((isClient ? srcPackets : dstPackets) === 0 || !isLocal(device)) return
    sharesOf(flow).forEach(({ window, share }, at) =>
      windowAt(window, device).add(partOf(flow, isClient, share, flow.begins && at === 0)),
    )
  }

  const isPartial = (startMs: number): boolean =>
    earliestMs > startMs + TOLERANCE_MS || latestMs < startMs + WINDOW_MS - TOLERANCE_MS

  return {
    add(flow) {
      const facts = factsOf(flow)
      if (!facts) return false
      earliestMs = Math.min(earliestMs, facts.fromMs)
      latestMs = Math.max(latestMs, facts.toMs)
      addSide(facts, true)
      addSide(facts, false)
      return true
    },
    windows: () =>
      [...windows]
        .toSorted(([a], [b]) => a - b)
        .flatMap(([window, devices]) =>
          [...devices]
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([device, counted]) => {
              const startMs = window * WINDOW_MS
              const counts = counted.counts(startMs)
              if (before && !before.has(device)) counts.newPeers = 0
              return { device, counts, isPartial: isPartial(startMs) }
            }),
        ),
    peers: () =>
      new Map(
        [...known].slice(0, MAX_KEPT_PEERS).map(([device, memory]) => [device, memory.bytes()]),
      ),
  }
}
