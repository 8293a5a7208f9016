/** How many claims of a station look forged and were not counted by a finding yet: findings bear the station's MAC alone. */
import { createBoundedMap } from '../bounded-map.ts'
import type { Claim } from './address-claims.ts'

const MAX_STATIONS = 8192
const MAX_CLAIMS = 8192
/** More are no longer told apart: the incident has long begun. */
const MAX_TIMES = 256
/**
 * A frame that passes a bridge is seen at two ports of it, and by agents of several hosts, whose clocks differ by less: the
 * link that showed it first counts.
 */
const SAME_MS = 1000

export interface ForgedCount {
  note(claim: Claim): void
  /** Those after `from`; they count as told now. */
  take(mac: string, from: number): number
}

export const createForgedCount = (): ForgedCount => {
  const stations = createBoundedMap<string, number[]>(MAX_STATIONS)
  const firsts = createBoundedMap<string, { link: string; timeMs: number }>(MAX_CLAIMS)

  const isCopy = ({ link, ip, mac, told, timeMs }: Claim): boolean => {
    const key = `${mac} ${ip} ${told}`
    const first = firsts.get(key)
    if (first && first.link !== link && Math.abs(timeMs - first.timeMs) < SAME_MS) return true
    firsts.set(key, { link, timeMs })
    return false
  }

  return {
    note(claim) {
      if (isCopy(claim)) return
      const times = stations.get(claim.mac)
      if (!times) stations.set(claim.mac, [claim.timeMs])
      else if (times.length < MAX_TIMES) times.push(claim.timeMs)
    },
    take(mac, from) {
      const fresh = stations.peek(mac)?.filter((at) => at > from).length ?? 0
      stations.delete(mac)
      return fresh
    },
  }
}
