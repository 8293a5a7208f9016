/** Which stations pass on packets of others, from samples of new flows (bpf/observe.h, observe_hop). */
import { formatAddress } from '@netscope/core/address.ts'
import { isUnicast } from '@netscope/core/local-networks.ts'
import type { Observation } from '@netscope/core/observation.ts'
import { MAX_RECENT, type NextHopObservation } from '@netscope/core/observation/next-hop.ts'
import type { RedirectObservation } from '@netscope/core/observation/redirect.ts'
import type { ObservationShared } from '@netscope/core/observation/shared-fields.ts'
import { KEY } from '@netscope/core/slot.ts'
import { createLinkSubnets, linkOf } from './link-subnets.ts'
import type { ObservedFrame } from './observed-frame.ts'

const MAX_BEHIND = 64
/** Moves that are told one by one. */
const FIRST_MOVES = 6
const MAX_HOPS = 1024
const MAX_ADDRESSES = 8192
/** What was seen behind a station longer ago is forgotten. */
const KEPT_MS = 600_000
const AGAIN_MS = 60_000

type Way = NextHopObservation['way']

interface Hop {
  /** Addresses behind it, with the last time; the latest one last. */
  behind: Map<string, number>
  movedFrom: string
  moved: Set<string>
  movedMs: number
  /** 0: not yet. */
  toldMs: number
  toldMoved: number
}

interface Place {
  mac: string
  timeMs: number
}

export interface NextHops {
  /** Learns which addresses are on the link itself. */
  note(seen: Observation): void
  /** Takes a sample. */
  take(frame: ObservedFrame, shared: () => ObservationShared): void
}

/** `leastAddresses`: observe.hopAddresses. */
export const createNextHops = (
  leastAddresses: number,
  deps: { onObservation(one: NextHopObservation | RedirectObservation): void },
): NextHops => {
  const subnets = createLinkSubnets()
  const hops = new Map<string, Hop>()
  const places = new Map<string, Place>()

  const see = (mac: string, address: string, way: Way, of: () => ObservationShared): void => {
    const seen = of()
    const link = linkOf(seen)
    const family = address.includes(':') ? 6 : 4
    if (subnets.has(link, address)) return
    const stations = `${link} ${way} ${family} `
    const hop = touch(hops, stations + mac, newHop, MAX_HOPS)
    const place = touch(places, stations + address, () => ({ mac, timeMs: 0 }), MAX_ADDRESSES)
    if (place.mac !== mac) {
      const before = hops.get(stations + place.mac)
      before?.behind.delete(address)
      const isMove = before !== undefined && before.toldMs > 0
      if (isMove && seen.timeMs - place.timeMs < KEPT_MS) noteMove(hop, place.mac, address, seen)
      place.mac = mac
    }
    place.timeMs = seen.timeMs
    noteBehind(hop, address, seen.timeMs)
    if (!isWorthTelling(hop, leastAddresses, seen.timeMs)) return
    hop.toldMs = seen.timeMs
    hop.toldMoved = hop.moved.size
    deps.onObservation({
      ...seen,
      kind: 'next-hop',
      mac,
      way,
      family,
      addresses: hop.behind.size,
      recent: [...hop.behind.keys()].slice(-MAX_RECENT).toReversed(),
      movedFrom: hop.movedFrom,
      moved: hop.moved.size,
    })
  }

  return {
    note: subnets.note,
    take(frame, of) {
      const view = new DataView(frame.key.buffer, frame.key.byteOffset, frame.key.byteLength)
      const srcAt = frame.side * 16
      const shared = once(of)
      const { srcMac, dstMac, direction } = shared()
      if (isRedirect(view, srcAt)) {
        const [src, dst] = [formatAddress(view, srcAt), formatAddress(view, 16 - srcAt)]
        deps.onObservation({ ...shared(), kind: 'redirect', src, dst, incomplete: false })
      }
      if (isStation(dstMac) && isRoutable(view, 16 - srcAt)) {
        see(dstMac, formatAddress(view, 16 - srcAt), 'to', shared)
      }
      // What leaves comes from this host, or from a station that was seen when it came in.
      if (direction === 'INGRESS' && isStation(srcMac) && isRoutable(view, srcAt)) {
        see(srcMac, formatAddress(view, srcAt), 'from', shared)
      }
    },
  }
}

const newHop = (): Hop => ({
  behind: new Map(),
  movedFrom: '',
  moved: new Set(),
  movedMs: 0,
  toldMs: 0,
  toldMoved: 0,
})

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => (made ??= make())
}

/** The entry as the newest one of at most `max`. */
const touch = <V>(map: Map<string, V>, key: string, make: () => V, max: number): V => {
  const value = map.get(key) ?? make()
  map.delete(key)
  if (map.size >= max) {
    for (const oldest of map.keys()) {
      map.delete(oldest)
      break
    }
  }
  map.set(key, value)
  return value
}

const noteBehind = (hop: Hop, address: string, timeMs: number): void => {
  touch(hop.behind, address, () => timeMs, MAX_BEHIND)
  hop.behind.set(address, timeMs)
  for (const [oldest, at] of hop.behind) {
    if (timeMs - at <= KEPT_MS) break
    hop.behind.delete(oldest)
  }
}

const noteMove = (hop: Hop, from: string, address: string, { timeMs }: ObservationShared): void => {
  if (hop.movedFrom !== from || timeMs - hop.movedMs > KEPT_MS) {
    hop.moved.clear()
    hop.toldMoved = 0
  }
  hop.movedFrom = from
  hop.movedMs = timeMs
  if (hop.moved.size < MAX_BEHIND) hop.moved.add(address)
}

/** Moves at once: the first ones, and then each time that they have doubled. */
const isWorthTelling = (hop: Hop, leastAddresses: number, timeMs: number): boolean => {
  if (
    hop.moved.size >= FIRST_MOVES
      ? hop.moved.size >= hop.toldMoved * 2
      : hop.moved.size > hop.toldMoved
  )
    return true
  if (hop.behind.size < leastAddresses) return false
  return hop.toldMs === 0 || Math.abs(timeMs - hop.toldMs) > AGAIN_MS
}

/** ICMP type 5; of ICMP the sender's port is the type. */
const isRedirect = (key: DataView, srcAt: number): boolean =>
  key.getUint8(KEY.protocol) === 1 &&
  key.getUint16(srcAt === 0 ? KEY.loPort : KEY.hiPort, true) === 5

/** Groups (broadcast too) have the lowest bit of the first byte set. */
const isStation = (mac: string): boolean =>
  mac !== '' && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0

/** Not for everybody, and not link-local (RFC 3927, RFC 4291 section 2.5.6): routers pass neither on. */
const isRoutable = (view: DataView, at: number): boolean => {
  if (!isUnicast(view, at) || view.getUint16(at) >>> 6 === 0x3fa) return false
  const isV4 =
    view.getUint32(at) === 0 && view.getUint32(at + 4) === 0 && view.getUint32(at + 8) === 0xffff
  const v4 = view.getUint32(at + 12)
  return !isV4 || (v4 >>> 16 !== 0xa9fe && v4 !== 0xffffffff)
}
