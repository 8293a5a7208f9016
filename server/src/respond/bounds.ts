/** How much may be blocked without a person: so many an hour, so many of one network; then its prefix, or nothing. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { prefixAround } from './policy.ts'

export interface BoundsConfig {
  blocksPerHour: number
  addressesPerPrefix: number
}

/** A block that was made without a person, and holds. */
export interface Held {
  target: string
  createdAtMs: number
}

export type Bounded = { target: string; why: string } | { target: undefined; why: string }

const HOUR_MS = 3_600_000
/** Networks that addresses are put together in. */
export const AGGREGATE = { prefix4: 24, prefix6: 64 } as const

const isInside = (outer: string, inner: string): boolean => {
  const [wide, narrow] = [parsePrefix(outer), parsePrefix(inner)]
  if (wide.length > narrow.length) return false
  return prefixTest(wide)(new DataView(narrow.addr.buffer, narrow.addr.byteOffset, 16), 0)
}

/** `held`: of the last hour and those that hold; `isProven`: the source is not forged. */
export const bound = (
  target: string,
  held: readonly Held[],
  { blocksPerHour, addressesPerPrefix }: BoundsConfig,
  { nowMs, isProven }: { nowMs: number; isProven: boolean },
): Bounded => {
  const ofHour = held.filter(({ createdAtMs }) => nowMs - createdAtMs < HOUR_MS).length
  if (ofHour >= blocksPerHour) {
    const why = `${ofHour} automatic blocks within an hour, respond.blocksPerHour is ${blocksPerHour}`
    return { target: undefined, why }
  }
  // Whoever forges addresses must not use up what is for those that are there.
  const mostForged = Math.ceil(blocksPerHour / 2)
  if (!isProven && ofHour >= mostForged) {
    const why = `${ofHour} automatic blocks within an hour, and of sources that may be forged only ${mostForged} are allowed, half of respond.blocksPerHour`
    return { target: undefined, why }
  }
  if (target.includes('/')) return { target, why: '' }
  const network = prefixAround(target, AGGREGATE)
  const others = new Set(
    held.map((one) => one.target).filter((one) => one !== target && isInside(network, one)),
  )
  if (others.size < addressesPerPrefix) return { target, why: '' }
  const count = `${others.size} addresses of ${network} are blocked already`
  return isProven
    ? { target: network, why: `${count}: the network instead` }
    : { target: undefined, why: `${count}, and its sources may be forged` }
}
