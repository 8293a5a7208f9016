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
  /** Of the alert, within the target. */
  address: string
  /** Somebody told of it: no agent has seen it. */
  isExternal: boolean
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
/** After which it may be blocked again, so that it is no block for good. */
const SPOOFABLE_PAUSE_MS = 300_000
/** After which a refusal may be said again. */
const REFUSED_MS = 600_000

/** Who perhaps signs in is an operator soon, or none (protected.ts): then it is asked again. */
const UNSURE_SECONDS = 15

/** For how long a target is left alone after something was planned for it, and maybe done. */
export const restMs = ({
  refusal,
  seconds,
  isSpoofable,
  hit,
}: Pick<Plan, 'refusal' | 'seconds' | 'isSpoofable'> & Partial<Pick<Plan, 'hit'>>): number => {
  if (refusal !== '') return hit?.isUnsure ? seconds * 1000 : REFUSED_MS
  return seconds * 1000 + (isSpoofable ? SPOOFABLE_PAUSE_MS : 0)
}

export const protectedText = (hit: ProtectedAddress): string =>
  `it would hit ${hit.prefix}, which is protected: ${hit.kind}, ${hit.reason}${insistText(hit)}`

const insistText = ({ prefix, canOverride, isUnsure }: ProtectedAddress): string =>
  canOverride && !isUnsure ? `; an admin can insist: netscope block ${prefix} --override` : ''

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

/** Whoever forges an address must not have its neighbours blocked. */
const narrowed = (wanted: string, { address }: Circumstances, notes: string[]): string => {
  if (!wanted.includes('/')) return wanted
  notes.push('no handshake shows that the source is not forged: its address alone')
  return parsePrefix(address).text
}

/** A network that one of our machines or its gateway is in is not blocked as a whole but by a policy that says so. */
const isOurNetwork = (within: readonly ProtectedAddress[]): boolean =>
  within.some(({ kind }) => kind === 'own' || kind === 'gateway')

/** `wanted`: address, or prefix around it. */
export const planFor = (
  policy: Policy,
  wanted: string,
  of: Circumstances,
  config: BoundsConfig,
): Plan => {
  const notes: string[] = []
  const isBlock = policy.do.block !== 'no'
  const isSpoofable = isBlock && !of.isProven
  const target = isSpoofable && policy.mode !== 'ask' ? narrowed(wanted, of, notes) : wanted
  const seconds = secondsOf(policy, target, of, notes)
  const made: Plan = { target, refusal: '', hit: undefined, seconds, isSpoofable, notes }
  const hit = of.hit(parsePrefix(target))
  if (hit) {
    const short = hit.isUnsure ? { seconds: UNSURE_SECONDS } : {}
    return { ...made, ...short, hit, refusal: protectedText(hit) }
  }
  if (of.isExternal && policy.do.at === 'seen')
    return {
      ...made,
      refusal: 'no agent has seen it, so that `at: seen` is nowhere: write `at: all`',
    }
  const around = (prefix: string) => {
    const words = reachableText(of.within(parsePrefix(prefix)))
    if (words !== '') notes.push(words)
  }
  if (!isBlock || policy.mode === 'ask') {
    around(target)
    return made
  }
  const limits = { nowMs: of.nowMs, isProven: !isSpoofable }
  const bounded = bound(target, of.held, config, limits)
  if (bounded.target === undefined) return { ...made, refusal: bounded.why }
  if (bounded.target === target) {
    around(target)
    return made
  }
  const network = parsePrefix(bounded.target)
  const wider = of.hit(network)
  if (wider) return { ...made, hit: wider, refusal: `${bounded.why}, but ${protectedText(wider)}` }
  if (isOurNetwork(of.within(network)))
    return { ...made, refusal: `${bounded.why}, but that is a network of ours` }
  notes.push(bounded.why)
  around(bounded.target)
  return { ...made, target: bounded.target }
}
