/** A policy: which alerts are answered, with what, for how long, and who decides. */
import { isUnicast } from '@netscope/core/local-networks.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { KeptAlert } from '../alerts/alert-row.ts'

/** `observe`: notes what it would do; `ask`: a person decides; `enforce`: it acts. */
export const MODES = ['observe', 'ask', 'enforce'] as const
export type Mode = (typeof MODES)[number]

export interface RateLimit {
  packetsPerSecond: number
  burst: number
  /** All packets of the source, or those that begin a connection. */
  of: 'packets' | 'syn'
}

export interface PolicyDo {
  /** Who of the alert it is done to. */
  side: 'source' | 'target'
  block: 'no' | 'address' | 'prefix'
  /** Bits of the prefix around an IPv4 and an IPv6 address. */
  prefix4: number
  prefix6: number
  /** All agents, or the one that saw it. */
  at: 'all' | 'seen'
  rateLimit: RateLimit | null
  /** Ends connections that are open. */
  terminate: boolean
  /** 0: none. */
  captureSeconds: number
  notify: boolean
  /** Address that is told by POST; empty: none. A secret. */
  webhook: string
}

export interface Policy {
  /** Kebab-case. */
  name: string
  description: string
  enabled: boolean
  /** Filter over alerts. */
  when: string
  do: PolicyDo
  /** How long what it does holds. */
  forSeconds: number
  /** A source that comes back is answered `factor` times as long each time, up to the cap. */
  escalate: { factor: number; capSeconds: number }
  mode: Mode
  /** How long it enforces until somebody has to confirm it. */
  trialSeconds: number
}

/** A policy, and where it comes from. */
export interface KeptPolicy extends Policy {
  /** `api`, or `file`: declared in `respond.policiesFile`, read-only here. */
  origin: 'api' | 'file'
  author: string
  createdAtMs: number
  changedAtMs: number
}

/** Of a policy that enforces: it does so until then unless somebody confirms it. */
export interface Trial {
  digest: string
  untilMs: number
  state: 'running' | 'confirmed' | 'reverted'
}

/** What it does now: an enforcing one whose trial nobody confirmed observes. */
export const modeNow = ({ mode }: Pick<Policy, 'mode'>, trial: Trial | undefined): Mode =>
  mode === 'enforce' && trial?.state === 'reverted' ? 'observe' : mode

/** Repeats that count. */
const MAX_DOUBLINGS = 20

/** Seconds for whoever was answered `repeats` times before. */
export const durationFor = (
  { forSeconds, escalate }: Pick<Policy, 'forSeconds' | 'escalate'>,
  repeats: number,
): number => {
  const wanted = forSeconds * escalate.factor ** Math.min(repeats, MAX_DOUBLINGS)
  return Math.max(forSeconds, Math.min(Math.round(wanted), escalate.capSeconds))
}

/** The prefix of so many bits around an address, canonical. */
export const prefixAround = (
  address: string,
  { prefix4, prefix6 }: { prefix4: number; prefix6: number },
): string => parsePrefix(`${address}/${address.includes(':') ? prefix6 : prefix4}`).text

/** Address of the alert that the policy acts on; empty: it has none. */
export const addressOf = (
  { do: { side } }: Pick<Policy, 'do'>,
  alert: Pick<KeptAlert, 'src' | 'dst'>,
): string => (side === 'source' ? alert.src : alert.dst)

/** What a policy does to such an alert: address or prefix, canonical; undefined: the address of no host. */
export const targetOf = (
  policy: Pick<Policy, 'do'>,
  alert: Pick<KeptAlert, 'src' | 'dst'>,
): string | undefined => {
  const address = addressOf(policy, alert)
  try {
    const host = parsePrefix(address)
    if (host.length < 128 || !isUnicast(new DataView(host.addr.buffer, host.addr.byteOffset), 0))
      return undefined
    return policy.do.block === 'prefix' ? prefixAround(address, policy.do) : host.text
  } catch {
    return undefined
  }
}

/** Whether it changes anything for packets. */
export const actsOnPackets = ({ block, rateLimit, terminate }: PolicyDo): boolean =>
  block !== 'no' || rateLimit !== null || terminate
