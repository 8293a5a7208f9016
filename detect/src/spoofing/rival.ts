/** A station that claims an address which another one has, and how it insists. */
import type { Claim } from './address-claims.ts'

/** Moments that are kept. */
const MAX_KEPT = 32
const MAX_RIVALS = 4
/** Who takes over by right tells all a few times, some once a minute from then on; more within the window is insistence. */
const ANNOUNCEMENTS = 20

export interface Rival {
  mac: string
  firstMs: number
  lastMs: number
  pokeTimes: number[]
  /** Told to all, while nothing was heard of the owner. */
  announced: number[]
  mismatches: number
  spoke: boolean
}

/** Of those of one address; a new one if it is none yet. */
export const findRival = (rivals: Rival[], { mac, timeMs }: Claim): Rival => {
  const known = rivals.find((one) => one.mac === mac)
  if (known) return known
  const rival: Rival = {
    ...{ mac, firstMs: timeMs, lastMs: 0, pokeTimes: [], announced: [] },
    ...{ mismatches: 0, spoke: false },
  }
  if (rivals.length === MAX_RIVALS) rivals.shift()
  rivals.push(rival)
  return rival
}

/** Whether it is one of the claims that convict. */
export const noteRival = (ownerMs: number, rival: Rival, one: Claim, from: number): boolean => {
  const ownerLives = ownerMs > rival.firstMs
  rival.lastMs = one.timeMs
  rival.spoke ||= one.speaks
  rival.pokeTimes = rival.pokeTimes.filter((at) => at > from)
  if (one.mismatch) rival.mismatches++
  // What all are told again and again counts only against an owner that is still there: else it is a failover.
  if (!one.unasked) return false
  if (one.told === '' && !one.mismatch && !ownerLives && !isInsistent(rival, one, from))
    return false
  if (rival.pokeTimes.length < MAX_KEPT) rival.pokeTimes.push(one.timeMs)
  return true
}

const isInsistent = (rival: Rival, { timeMs }: Claim, from: number): boolean => {
  rival.announced = rival.announced.filter((at) => at > from)
  if (rival.announced.length < MAX_KEPT) rival.announced.push(timeMs)
  return rival.announced.length > ANNOUNCEMENTS
}
