/** What one station claims, and tells whom. */
import type { Claim } from './address-claims.ts'

const MAX_CLAIMED = 16
const MAX_TOLD = 32

interface Claimed {
  all: number
  forged: number
}

export interface Claimant {
  /** Addresses that it claimed, the latest last, and how often: all, and those that look forged. */
  addresses: Map<string, Claimed>
  /** `address>told` of its unasked claims, with the times. */
  told: Map<string, number[]>
}

export const newClaimant = (): Claimant => ({ addresses: new Map(), told: new Map() })

export const noteAddress = (who: Claimant, ip: string): void => {
  const claimed = who.addresses.get(ip) ?? { all: 0, forged: 0 }
  claimed.all++
  remember(who.addresses, ip, claimed, MAX_CLAIMED)
}

/** Mostly in ordinary ways: a question that we missed makes one answer look forged. */
export const isHonest = (who: Claimant, ip: string): boolean => {
  const claimed = who.addresses.get(ip)
  return claimed !== undefined && claimed.all >= 2 * claimed.forged
}

/** Times in the window that the station told somebody so. */
export const noteTold = (
  who: Claimant,
  { ip, told, unasked, speaks, timeMs }: Claim,
  from: number,
): number => {
  // Hosts poll their neighbours by requests to one station.
  if (!unasked || speaks || told === '' || told === ip) return 0
  const key = `${ip}>${told}`
  const times = (who.told.get(key) ?? []).filter((at) => at > from).slice(-MAX_TOLD)
  times.push(timeMs)
  remember(who.told, key, times, MAX_TOLD)
  return times.length
}

export const firstTold = (who: Claimant, { ip, told, timeMs }: Claim): number =>
  who.told.get(`${ip}>${told}`)?.[0] ?? timeMs

/** All that it told unasked since `from`: which address, whom, and when first. */
export const toldSince = (
  who: Claimant,
  from: number,
): { ip: string; told: string; firstMs: number }[] =>
  [...who.told].flatMap(([key, times]) => {
    const [ip = '', told = ''] = key.split('>')
    const firstMs = times.find((at) => at > from)
    return firstMs === undefined ? [] : [{ ip, told, firstMs }]
  })

/** It tells A that it is B and B that it is A: traffic between them passes it. */
export const isBetween = (who: Claimant, { ip, told }: Claim, from: number): boolean =>
  (who.told.get(`${told}>${ip}`) ?? []).filter((at) => at > from).length >= 2

/** Sets an entry as the newest one of at most `max`. */
const remember = <V>(map: Map<string, V>, key: string, value: V, max: number): void => {
  map.delete(key)
  if (map.size >= max)
    for (const oldest of map.keys()) {
      map.delete(oldest)
      break
    }
  map.set(key, value)
}
