/** What a policy may do to a target, within all bounds: pure, so that a preview comes to the same as what is done. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { bound } from './bounds.ts'
import type { BoundsConfig, Held } from './bounds.ts'
import { durationFor } from './policy.ts'
import type { Policy } from './policy.ts'
import type { ProtectedAddress } from './protected.ts'

export interface Plan {
  target: string
  /** Empty: it may be. */
  refusal: string
  /** What it would have hit. */
  hit: ProtectedAddress | undefined
  seconds: number
  isSpoofable: boolean
  /** Why it is not as the policy says. */
  notes: string[]
}

export interface Circumstances {
  nowMs: number
  /** Somebody has shown to be at the address. */
  isProven: boolean
  /** How often the target was answered before. */
  repeats: number
  held: readonly Held[]
  /** End of the trial that runs; undefined: none does. */
  trialUntilMs: number | undefined
  hit(prefix: Prefix): ProtectedAddress | undefined
  /** What stays reachable in a prefix that is blocked. */
  within(prefix: Prefix): readonly ProtectedAddress[]
}

/** A spoofable source is never blocked for longer without a person. */
const SPOOFABLE_SECONDS = 60

export const protectedText = ({ prefix, kind, reason }: ProtectedAddress): string =>
  `it would hit ${prefix}, which is protected: ${kind}, ${reason}`

/** Named in words before the rest is only counted. */
const MOST_NAMED = 5

/** What stays reachable, in words; empty: nothing is protected there. */
export const reachableText = (within: readonly ProtectedAddress[]): string => {
  if (within.length === 0) return ''
  const named = within.slice(0, MOST_NAMED).map(({ prefix, kind }) => `${prefix} (${kind})`)
  const more = within.length - named.length
  const rest = more > 0 ? ` and ${more} more` : ''
  return `${named.join(', ')}${rest} ${within.length === 1 ? 'stays' : 'stay'} reachable, because protected`
}

const secondsOf = (policy: Policy, target: string, of: Circumstances, notes: string[]): number => {
  const seconds = durationFor(policy, of.repeats)
  if (seconds > policy.forSeconds) notes.push(`${target} was answered ${of.repeats} times before`)
  const isShort = policy.do.block === 'no' || of.isProven || policy.mode === 'ask'
  const allowed = isShort ? seconds : Math.min(seconds, SPOOFABLE_SECONDS)
  if (allowed < seconds)
    notes.push('no handshake shows that the source is not forged: no longer than a minute')
  if (of.trialUntilMs === undefined) return allowed
  return Math.max(1, Math.min(allowed, Math.ceil((of.trialUntilMs - of.nowMs) / 1000)))
}

export const planFor = (
  policy: Policy,
  target: string,
  of: Circumstances,
  config: BoundsConfig,
): Plan => {
  const notes: string[] = []
  const isBlock = policy.do.block !== 'no'
  const isSpoofable = isBlock && !of.isProven
  const seconds = secondsOf(policy, target, of, notes)
  const made: Plan = { target, refusal: '', hit: undefined, seconds, isSpoofable, notes }
  const hit = of.hit(parsePrefix(target))
  if (hit) return { ...made, hit, refusal: protectedText(hit) }
  const around = (prefix: string) => {
    const words = reachableText(of.within(parsePrefix(prefix)))
    if (words !== '') notes.push(words)
  }
  if (!isBlock || policy.mode === 'ask') {
    around(target)
    return made
  }
  const limits = { nowMs: of.nowMs, canAggregate: !isSpoofable }
  const bounded = bound(target, of.held, config, limits)
  if (bounded.target === undefined) return { ...made, refusal: bounded.why }
  if (bounded.why !== '') notes.push(bounded.why)
  around(bounded.target)
  if (bounded.target === target) return made
  const wider = of.hit(parsePrefix(bounded.target))
  if (wider) return { ...made, hit: wider, refusal: `${bounded.why}, but ${protectedText(wider)}` }
  return { ...made, target: bounded.target }
}
