/** Which stations are next hops, and what explains that traffic goes by another one from now on. */
import type { Observation } from '@netscope/core/observation.ts'
import type { NextHopObservation } from '@netscope/core/observation/next-hop.ts'
import { createBoundedMap } from '../bounded-map.ts'

const MAX_ENTRIES = 8192
/** A next hop that nothing went by for so long is none any more. */
const HOP_MS = 900_000
/** Hosts that change their route ask for the new router's address first; who takes over announces it. */
const EXPLAINED_MS = 60_000
/** In the place of an address: a router advertisement. */
const ROUTER = ''

export interface HopWatch {
  note(seen: Observation, link: string): void
  /** Whether packets of others went by way of this station of late. */
  isHop(link: string, mac: string, timeMs: number): boolean
  /** The last time that this station took over from another one of late. */
  takenOver(link: string, mac: string, timeMs: number): NextHopObservation | undefined
  /** Of late it told all that it has one of these addresses, as failovers do, or is a router. */
  hasAnnounced(seen: NextHopObservation, link: string, addresses: readonly string[]): boolean
  /** An ordinary reason for that: it was a next hop before, said so to all, or was asked for. */
  isExplained(seen: NextHopObservation, link: string, addresses: readonly string[]): boolean
}

interface Hop {
  lastMs: number
  /** Since when packets go by way of it that no other station carried before. */
  ownMs: number | undefined
  move: NextHopObservation | undefined
}

export const createHopWatch = (): HopWatch => {
  const hops = createBoundedMap<string, Hop>(MAX_ENTRIES)
  const announced = createBoundedMap<string, number>(MAX_ENTRIES)
  const askedFor = createBoundedMap<string, number>(MAX_ENTRIES)

  const noteHop = (seen: NextHopObservation, link: string): void => {
    const key = `${link} ${seen.mac}`
    const hop = hops.get(key) ?? { lastMs: 0, ownMs: undefined, move: undefined }
    hop.lastMs = seen.timeMs
    if (seen.movedFrom === '') hop.ownMs ??= seen.timeMs
    else hop.move = seen
    hops.set(key, hop)
  }
  const isRecent = (atMs: number | undefined, timeMs: number, withinMs: number): boolean =>
    atMs !== undefined && Math.abs(timeMs - atMs) < withinMs

  const hasAnnounced: HopWatch['hasAnnounced'] = ({ mac, timeMs }, link, addresses) =>
    [ROUTER, ...addresses].some((ip) =>
      isRecent(announced.peek(`${link} ${mac} ${ip}`), timeMs, EXPLAINED_MS),
    )

  return {
    note(seen, link) {
      if (seen.kind === 'next-hop') noteHop(seen, link)
      else if (seen.kind === 'arp') {
        const { senderMac, senderIp, targetIp, timeMs } = seen
        if (seen.gratuitous && !seen.unicast)
          announced.set(`${link} ${senderMac} ${senderIp}`, timeMs)
        if (seen.operation === 'request') askedFor.set(`${link} ${targetIp}`, timeMs)
      } else if (seen.kind === 'ndp') {
        const { message, srcMac, timeMs } = seen
        if (message === 'RA') announced.set(`${link} ${srcMac} ${ROUTER}`, timeMs)
        if (message === 'NA' && seen.dst.startsWith('ff'))
          announced.set(`${link} ${srcMac} ${seen.target}`, timeMs)
        if (message === 'NS') askedFor.set(`${link} ${seen.target}`, timeMs)
      }
    },
    isHop: (link, mac, timeMs) => isRecent(hops.peek(`${link} ${mac}`)?.lastMs, timeMs, HOP_MS),
    takenOver(link, mac, timeMs) {
      const move = hops.peek(`${link} ${mac}`)?.move
      return isRecent(move?.timeMs, timeMs, HOP_MS) ? move : undefined
    },
    hasAnnounced,
    isExplained(seen, link, addresses) {
      const { mac, timeMs } = seen
      if (hops.peek(`${link} ${mac}`)?.ownMs !== undefined) return true
      if (hasAnnounced(seen, link, addresses)) return true
      return addresses.some((ip) => isRecent(askedFor.peek(`${link} ${ip}`), timeMs, EXPLAINED_MS))
    },
  }
}
