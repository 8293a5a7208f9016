/** How many claims of a station look forged and were not counted by a finding yet: findings bear the station's MAC alone. */
import { createBoundedMap } from '../bounded-map.ts'
import type { Claim } from './address-claims.ts'
import { createFrameCopies } from './frame-copies.ts'

const MAX_STATIONS = 8192
/** More are no longer told apart: the incident has long begun. */
const MAX_TIMES = 256

export interface ForgedCount {
  note(claim: Claim): void
  /** Those after `from`; they count as told now. */
  take(mac: string, from: number): number
}

export const createForgedCount = (): ForgedCount => {
  const stations = createBoundedMap<string, number[]>(MAX_STATIONS)
  const isCopy = createFrameCopies()

  return {
    note({ mac, ip, told, link, timeMs }) {
      if (isCopy(`${mac} ${ip} ${told}`, link, timeMs)) return
      const times = stations.get(mac)
      if (!times) stations.set(mac, [timeMs])
      else if (times.length < MAX_TIMES) times.push(timeMs)
    },
    take(mac, from) {
      const fresh = stations.peek(mac)?.filter((at) => at > from).length ?? 0
      stations.delete(mac)
      return fresh
    },
  }
}
