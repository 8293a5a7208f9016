/** What is known of an address: feeds and answers of providers, as one risk with its arithmetic. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { IntelFact, Verdict } from './answer.ts'
import type { AnswerStore, StoredAnswer } from './answer-store.ts'
import type { Asker } from './asker.ts'
import type { Listing } from './feeds/feed.ts'
import { readOneAddress, refusalOf } from './refusal.ts'
import { combine, couldCross } from './risk.ts'
import type { Contribution, Testimony } from './risk.ts'

export interface SourceReport {
  /** `virustotal`, or the name of a feed. */
  source: string
  title: string
  kind: 'provider' | 'feed'
  /** `not-asked` and `failed`: `reasons` says why. */
  state: 'known' | 'unknown' | 'not-asked' | 'failed'
  reasons: string[]
  facts: IntelFact[]
  /** How it counted; undefined: not at all. */
  counted: Contribution | undefined
  /** When it was asked, or the feed came; milliseconds since 1970, 0: never. */
  atMs: number
  /** Until when the answer is used again; 0: none is. */
  untilMs: number
}

export interface LookUpReport {
  ip: string
  /** 0–100; undefined: unknown. */
  risk: number | undefined
  arithmetic: string
  sources: SourceReport[]
  /** Providers that this look-up has asked. */
  asked: string[]
}

/** Whom to ask: nobody; whoever could bring the risk across the threshold; everybody whose answer is old. */
export type AskWhom = 'nobody' | 'decisive' | 'everybody'

export interface LookUps {
  /** Throws `query.invalid`, and `intel.not-public` for what is never sent out. */
  lookUp(ip: string, whom: AskWhom): Promise<LookUpReport>
  /** From what is known already; of any text. undefined: unknown. */
  riskOf(ip: string): number | undefined
}

export interface LookUpsConfig {
  halfLifeDays: number
  riskThreshold: number
}

export interface LookUpsDeps {
  askers: readonly Asker[]
  answers: Pick<AnswerStore, 'of'>
  listedOn(ip: string): readonly Listing[]
  /** Whether the address belongs to this site. */
  isOurs(ip: string): boolean
  /** Milliseconds since 1970. */
  now(): number
}

const DAY_MS = 86_400_000
/** What is older says nothing even where nobody was asked since: its reasons would mislead. */
const STALE_MS = 30 * DAY_MS
/** Alerts may change ten thousand times a second. */
const RISK_MS = 10_000
const MAX_RISKS = 4096

export const createLookUps = (config: LookUpsConfig, deps: LookUpsDeps): LookUps => {
  const { askers, answers, now } = deps
  const halfLifeMs = config.halfLifeDays * DAY_MS

  const ofFeed = ({ feed, kind, weight, fetchedMs }: Listing): [SourceReport, Testimony] => [
    {
      ...{ source: feed, title: feed, kind: 'feed', state: 'known', facts: [] },
      ...{ reasons: [`it is on the feed, which lists ${WORDS[kind]}`], counted: undefined },
      ...{ atMs: fetchedMs, untilMs: 0 },
    },
    // Of a feed that stops coming less and less is left.
    {
      ...{ source: `feed ${feed}`, weight: weight / 100, probability: 1, trust: 0 },
      ageMs: Math.max(0, now() - fetchedMs - DAY_MS),
    },
  ]

  const testimonyOf = ({ used }: Asker, verdict: Verdict): Testimony => ({
    source: used.provider.name,
    weight: used.weight,
    probability: verdict.probability,
    trust: verdict.trust,
    ageMs: verdict.seenMs === 0 ? 0 : now() - verdict.seenMs,
  })

  const gather = (ip: string, failures: ReadonlyMap<string, string>): LookUpReport => {
    const pairs: [SourceReport, Testimony | undefined][] = deps.listedOn(ip).map(ofFeed)
    const stored = new Map(answers.of(ip).map((one) => [one.provider, one]))
    for (const asker of askers) {
      const { name, title } = asker.used.provider
      const base = { source: name, title, kind: 'provider' as const, counted: undefined }
      const known = usable(stored.get(name))
      if (!known) {
        const why = failures.get(name)
        const state = why === undefined ? 'not-asked' : 'failed'
        const reason = why ?? asker.obstacle(ip) ?? 'nobody has asked it about this address'
        pairs.push([{ ...base, state, reasons: [reason], facts: [], ...NEVER }, undefined])
        continue
      }
      const { answer, atMs, untilMs } = known
      const times = { atMs, untilMs }
      if (answer.kind === 'unknown')
        pairs.push([
          { ...base, ...times, state: 'unknown', reasons: [answer.reason], facts: [] },
          undefined,
        ])
      else if (answer.kind === 'context') {
        const { reasons, facts } = answer
        pairs.push([{ ...base, ...times, state: 'known', reasons, facts }, undefined])
      } else {
        const { reasons, facts } = answer.verdict
        const report = { ...base, ...times, state: 'known' as const, reasons, facts }
        pairs.push([report, testimonyOf(asker, answer.verdict)])
      }
    }
    const { value, contributions, arithmetic } = combine(
      pairs.flatMap(([, testimony]) => testimony ?? []),
      halfLifeMs,
    )
    const counted = new Map(contributions.map((of) => [of.source, of]))
    const sources = pairs.map(([report, testimony]) => ({
      ...report,
      counted: testimony && counted.get(testimony.source),
    }))
    return { ip, risk: value, arithmetic, sources, asked: [] }
  }

  const usable = (stored: StoredAnswer | undefined): StoredAnswer | undefined =>
    stored && now() - stored.atMs < STALE_MS ? stored : undefined

  const isFresh = (ip: string): ReadonlySet<string> =>
    new Set(
      answers
        .of(ip)
        .filter(({ untilMs }) => untilMs > now())
        .map(({ provider }) => provider),
    )

  /** One after the other where each answer may make the next needless; else all at once. */
  const ask = async (ip: string, whom: AskWhom): Promise<LookUpReport> => {
    const failures = new Map<string, string>()
    const asked: string[] = []
    const fresh = isFresh(ip)
    const open = askers.filter(
      (asker) => !fresh.has(asker.used.provider.name) && asker.obstacle(ip) === undefined,
    )
    const askOne = async (asker: Asker): Promise<void> => {
      const { name } = asker.used.provider
      asked.push(name)
      const answer = await asker.ask(ip)
      if (typeof answer === 'string') failures.set(name, answer)
    }
    if (whom === 'everybody') await Promise.all(open.map(askOne))
    else
      for (const [i, asker] of open.entries()) {
        const rest = open.slice(i).map(({ used }) => {
          const { name } = used.provider
          return { weight: used.weight, mayTrust: name === 'greynoise' || name === 'abuseipdb' }
        })
        if (!couldCross(gather(ip, failures).risk, rest, config.riskThreshold)) break
        await askOne(asker)
      }
    return { ...gather(ip, failures), asked }
  }

  /** Asked of every change of an alert: no more than what counts is looked at. */
  const riskNow = (ip: string): number | undefined => {
    if (refusalOf(ip, deps.isOurs) !== undefined) return undefined
    const ofFeeds = deps.listedOn(ip).map((listing) => ofFeed(listing)[1])
    const byName = new Map(askers.map((asker) => [asker.used.provider.name, asker]))
    const ofAnswers = (askers.length > 0 ? answers.of(ip) : []).flatMap((stored) => {
      const asker = byName.get(stored.provider)
      const { answer } = stored
      const counts = asker !== undefined && answer.kind === 'verdict' && usable(stored)
      return counts ? [testimonyOf(asker, answer.verdict)] : []
    })
    return combine([...ofFeeds, ...ofAnswers], halfLifeMs).value
  }
  const risks = new Map<string, { value: number | undefined; atMs: number }>()

  return {
    async lookUp(text, whom) {
      const ip = readOneAddress(text)
      const reason = refusalOf(ip, deps.isOurs)
      if (reason !== undefined) throw new NetscopeError('intel.not-public', { ip, reason })
      if (whom === 'nobody') return gather(ip, new Map())
      const report = await ask(ip, whom)
      risks.delete(ip)
      return report
    },
    riskOf(ip) {
      const known = risks.get(ip)
      if (known && now() - known.atMs < RISK_MS && known.atMs <= now()) return known.value
      const value = riskNow(ip)
      if (risks.size >= MAX_RISKS) risks.clear()
      risks.set(ip, { value, atMs: now() })
      return value
    },
  }
}

const NEVER = { atMs: 0, untilMs: 0 }

const WORDS: Readonly<Record<Listing['kind'], string>> = {
  c2: 'servers that command malware',
  malicious: 'networks of criminals',
  attacker: 'addresses that attack others',
  tor: 'exits of Tor',
  other: 'addresses',
}
