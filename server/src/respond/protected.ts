/**
 * Addresses that no block may hit, with the reason for each: whoever works on these machines now, the machines
 * themselves, and what they need to be reached. Learned all the time from agents, requests and configuration.
 */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { prefixesOverlap } from '@netscope/core/query/prefix-test.ts'

export const PROTECTED_KINDS = [
  'own',
  'gateway',
  'dns',
  'server',
  'agent',
  'kubernetes',
  'management',
  'operator',
] as const
export type ProtectedKind = (typeof PROTECTED_KINDS)[number]

export interface ProtectedAddress {
  /** Canonical. */
  prefix: string
  kind: ProtectedKind
  /** For people: whose it is, and since when known. */
  reason: string
  /** Agent that tells of it; empty: the server itself. */
  agent: string
  lastSeenMs: number
  /** An admin may block it all the same. */
  canOverride: boolean
  /** It will be known soon whether it is. */
  isUnsure?: true
}

/** What an agent or the server tells at a moment; `isUnsure`: it counts as long as it is told, and no longer. */
export type ToldAddress = Pick<
  ProtectedAddress,
  'prefix' | 'kind' | 'reason' | 'agent' | 'isUnsure'
>

export interface Protected {
  /** The gravest first. */
  all(): ProtectedAddress[]
  /** One that holds all of the prefix, so that a block would be of nothing else; the gravest of several. */
  hit(prefix: Prefix): ProtectedAddress | undefined
  /** Those that the prefix holds beside others: pinned, they stay reachable when it is blocked. The gravest first. */
  within(prefix: Prefix): ProtectedAddress[]
  /** False: for a while there were more than are remembered. */
  isComplete(): boolean
  /** An authenticated request from there is open; the returned function says that it is over. */
  arrived(ip: string, who: string): () => void
  start(): void
  stop(): void
}

export interface ProtectedConfig {
  /** Networks that people named as those they work from. */
  management: readonly string[]
}

export interface ProtectedDeps {
  /** What the agents tell now. */
  told(): ToldAddress[]
  /** Milliseconds since 1970. */
  now(): number
}

/** After which whoever was here is somebody else's address. */
const KEEP_MS: Readonly<Record<ProtectedKind, number>> = {
  own: 60_000,
  gateway: 300_000,
  dns: 300_000,
  server: 300_000,
  agent: 300_000,
  kubernetes: 300_000,
  management: Infinity,
  operator: 900_000,
}
/** From one status of an agent to the next, and some that are late. */
const KEEP_UNSURE_MS = 15_000
/** Nobody gets anywhere without these. */
const NEVER: ReadonlySet<ProtectedKind> = new Set<ProtectedKind>(['own', 'gateway'])
const LEARN_MS = 1000
const MAX_LEARNED = 4096
/** What was forgotten for lack of room was protected for as long. */
const FORGOT_MS = 300_000

interface Learned {
  address: ProtectedAddress
  prefix: Prefix
  untilMs: number
}

const asPrefix = (text: string): Prefix | undefined => {
  try {
    return parsePrefix(text)
  } catch {
    return undefined
  }
}

/** Loopback is never dropped anyway, and what is no host is nobody's. */
const isHostLike = ({ text, length }: Prefix): boolean =>
  length > 0 && !text.startsWith('127.') && text !== '::1' && text !== '::' && text !== '0.0.0.0'

const holds = (wide: Prefix, narrow: Prefix): boolean =>
  wide.length <= narrow.length && prefixesOverlap(wide, narrow)

export const createProtected = (config: ProtectedConfig, deps: ProtectedDeps): Protected => {
  const learned = new Map<string, Learned>()
  /** Requests that are open, by address. */
  const open = new Map<string, { who: string; count: number }>()
  let timer: NodeJS.Timeout | undefined
  let forgotAtMs = -Infinity

  const note = (told: ToldAddress, nowMs: number): void => {
    const { kind, reason, agent, isUnsure } = told
    const prefix = asPrefix(told.prefix)
    if (!prefix || !isHostLike(prefix)) return
    const key = `${kind} ${prefix.text} ${agent}`
    const untilMs = nowMs + (isUnsure ? KEEP_UNSURE_MS : KEEP_MS[kind])
    // Who was signed in a while ago is one who works here, whatever is not known of now.
    if (isUnsure && (learned.get(key)?.untilMs ?? 0) > untilMs) return
    learned.delete(key)
    if (learned.size >= MAX_LEARNED) forgetOne()
    const canOverride = !NEVER.has(kind)
    const address: ProtectedAddress = {
      ...{ prefix: prefix.text, kind, reason, agent, lastSeenMs: nowMs, canOverride },
      ...(isUnsure && { isUnsure }),
    }
    learned.set(key, { address, prefix, untilMs })
  }

  /** The one that was not seen for longest, of clients before all else. */
  const forgetOne = (): void => {
    for (const [key, { address }] of learned)
      if (address.kind === 'operator' && address.agent === '') return void learned.delete(key)
    forgotAtMs = deps.now()
    const first = learned.keys().next().value
    if (first !== undefined) learned.delete(first)
  }

  const learn = (): void => {
    const nowMs = deps.now()
    for (const prefix of config.management)
      note({ prefix, kind: 'management', reason: 'respond.managementNetworks', agent: '' }, nowMs)
    for (const told of deps.told()) note(told, nowMs)
    for (const [ip, { who }] of open) note(clientOf(ip, who), nowMs)
    for (const [key, { untilMs }] of learned) if (nowMs > untilMs) learned.delete(key)
  }

  const clientOf = (ip: string, who: string): ToldAddress => ({
    prefix: ip,
    kind: 'operator',
    reason: `${who} uses NetScope from there`,
    agent: '',
  })

  const rank = ({ address: { kind } }: Learned): number => PROTECTED_KINDS.indexOf(kind)

  const sorted = (): Learned[] => {
    learn()
    return [...learned.values()].toSorted((a, b) => rank(a) - rank(b))
  }

  return {
    all: () => sorted().map(({ address }) => address),
    hit: (prefix) => sorted().find((of) => holds(of.prefix, prefix))?.address,
    within: (prefix) =>
      sorted()
        .filter((of) => !holds(of.prefix, prefix) && holds(prefix, of.prefix))
        .map(({ address }) => address),
    isComplete: () => deps.now() - forgotAtMs > FORGOT_MS,
    arrived(ip, who) {
      const of = open.get(ip) ?? { who, count: 0 }
      of.who = who
      of.count++
      open.set(ip, of)
      note(clientOf(ip, who), deps.now())
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        of.count--
        if (of.count === 0) open.delete(ip)
        note(clientOf(ip, who), deps.now())
      }
    },
    start() {
      learn()
      timer = setInterval(learn, LEARN_MS).unref()
    },
    stop() {
      clearInterval(timer)
    },
  }
}
