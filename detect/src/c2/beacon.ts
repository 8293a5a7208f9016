/**
 * Beacons: a host that calls the same service again and again at regular intervals with the same few bytes. Within
 * minutes by the regularity of intervals and sizes alone, over hours by RITA v5's score.
 *
 * Severity: 50 for a service outside within minutes, 60 where hours confirm it. A regular caller of a service of its
 * own networks is mostly a monitor: 15, and none at all for who calls several machines. 15 also for a service outside that is
 * asked in the same rounds as machines of the site.
 */
import { createBoundedMap } from '../bounded-map.ts'
import type { Fact } from '../detection.ts'
import type { DetectorKind } from '../detector.ts'
import { createDistinctCount, type DistinctCount } from '../distinct-count.ts'
import { directionBetween, flowEvidence, isToMany } from '../flow-evidence.ts'
import type { FlowStep } from '../flow-step.ts'
import { scoreBeacon } from './beacon-score.ts'
import { createContactHistory, type ContactHistory } from './contact-history.ts'
import { isPeriodicByNature } from './periodic-services.ts'
import { spreadOf } from './spread.ts'

/** Up to 3.5 kB each. */
const MAX_PAIRS = 8192
const MAX_PARTIES = 8192
/** Sorting costs: every fourth contact is soon enough. */
const EVERY = 4
const LEAST_PERIOD_MS = 1000
/** Longer intervals are judged over hours only: update checks and probes for connectivity are no faster. */
const SHORT_PERIOD_MS = 120_000
/** With jitter it takes more contacts, by half. */
const STEADY_PERCENT = 10
const MORE_FOR_JITTER = 1.5
const MAX_SKEW = 0.5
const LEAST_SIZES = 5
const SIZE_PERCENT = 10
const ANSWER_PERCENT = 25
/** Nearly all intervals must be about the median: people pause. */
const [LEAST_NEAR, NEAR_FROM, NEAR_TO] = [0.9, 0.4, 1.7]
/** A service that so many hosts call is what the site uses (RITA: less by 15 % from half of the hosts on). */
const [POPULAR, POPULAR_LESS] = [5, 0.15]
const MONITOR = 3
/** Machines of the site that are asked on the same port in the same rounds: no implant does that. */
const [ROUND, ROUND_KEPT, ROUND_PERCENT] = [2, 8, 10]
/** A service of one's own networks is called regularly more often than not: it takes so many times the contacts. */
const INSIDE_TIMES = 3
const TCP = 6

interface Verdict {
  severity: number
  confidence: number
  reason: string
  facts: Fact[]
  periodMs: number
}

const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.round((1000 * part) / whole) / 10 : part > 0 ? Infinity : 0
const seconds = (ms: number): number => Math.round(ms / 10) / 100

/** The step with which the other side answered, in a connection of its own. */
const isContact = (step: FlowStep): boolean =>
  step.newDstPackets > 0 &&
  step.dstPackets === step.newDstPackets &&
  (step.protocol === TCP ? step.srcSyn > 0 && step.dstSynAck > 0 : step.protocol === 17)

export const beaconKind: DetectorKind = {
  name: 'beacon',
  version: 2,
  description:
    'A host calls the same service at regular intervals with the same few bytes, as programs do that wait for orders.',
  techniques: ['T1071.001'],
  create(settings, deps) {
    const pairs = createBoundedMap<string, ContactHistory>(MAX_PAIRS)
    const callers = createBoundedMap<string, DistinctCount>(MAX_PARTIES)
    const monitors = createBoundedMap<string, DistinctCount>(MAX_PARTIES)
    /** By who asks and port: keys of pairs with machines of the site. */
    const rounds = createBoundedMap<string, Set<string>>(MAX_PARTIES)

    const count = (map: typeof callers, key: string, value: string): number => {
      let distinct = map.get(key)
      if (!distinct) map.set(key, (distinct = createDistinctCount()))
      distinct.add(value)
      return distinct.value()
    }

    /** A machine may have several addresses. */
    const roundOf = ({ src, dstPort, protocol, direction, agent }: FlowStep): string =>
      `${direction === 'outbound' && deps.isOwn(src) ? agent : src} ${dstPort} ${protocol}`

    const noteRound = (step: FlowStep, pair: string): void => {
      const name = roundOf(step)
      let round = rounds.get(name)
      if (!round) rounds.set(name, (round = new Set()))
      if (round.size < ROUND_KEPT) round.add(pair)
    }

    const isOfRounds = (step: FlowStep, periodMs: number): boolean => {
      const alike = [...(rounds.peek(roundOf(step)) ?? [])].filter((pair) => {
        const { median } = spreadOf(pairs.peek(pair)?.intervalsMs() ?? [])
        return percent(Math.abs(median - periodMs), periodMs) <= ROUND_PERCENT
      })
      return alike.length >= ROUND
    }

    const judgeSoon = (history: ContactHistory, times: number): Verdict | undefined => {
      const { median, mad, skew } = spreadOf(history.intervalsMs())
      if (median < LEAST_PERIOD_MS || median > SHORT_PERIOD_MS) return undefined
      const jitter = percent(mad, median)
      const least = Math.ceil(
        settings.beaconContacts * times * (jitter <= STEADY_PERCENT ? 1 : MORE_FOR_JITTER),
      )
      if (jitter > settings.beaconJitterPercent || Math.abs(skew) > MAX_SKEW) return undefined
      const intervals = history.intervalsMs()
      const near = intervals.filter((ms) => ms >= NEAR_FROM * median && ms <= NEAR_TO * median)
      const part = near.length / intervals.length
      if (history.contacts() < least || part < LEAST_NEAR) return undefined
      const [sent, got] = [spreadOf(history.srcSizes()), spreadOf(history.dstSizes())]
      const sentPercent = percent(sent.mad, sent.median)
      if (history.srcSizes().length < LEAST_SIZES || sentPercent > SIZE_PERCENT) return undefined
      if (percent(got.mad, got.median) > ANSWER_PERCENT) return undefined
      return {
        severity: 50,
        confidence: Math.min(0.9, 0.6 + history.contacts() / 200),
        periodMs: median,
        reason: `${history.contacts()} contacts, every ${seconds(median)} s with a deviation of ${jitter} % (at most ${settings.beaconJitterPercent} %), ${Math.round(100 * part)} % of the intervals about the median, ${sent.median} bytes each with a deviation of ${sentPercent} % (at most ${SIZE_PERCENT} %)`,
        facts: [
          {
            name: 'contacts',
            value: history.contacts(),
            threshold: `>= ${least}`,
            demand: least,
          },
          { name: 'interval', value: seconds(median), unit: 's' },
          {
            name: 'deviation of intervals',
            value: jitter,
            unit: '%',
            threshold: `<= ${settings.beaconJitterPercent}`,
          },
          { name: 'bytes sent', value: sent.median, unit: 'bytes' },
          {
            name: 'deviation of sizes',
            value: sentPercent,
            unit: '%',
            threshold: `<= ${SIZE_PERCENT}`,
          },
        ],
      }
    }

    const judgeLate = (history: ContactHistory, popular: boolean): Verdict | undefined => {
      const intervals = spreadOf(history.intervalsMs())
      if (intervals.median < LEAST_PERIOD_MS) return undefined
      const parts = scoreBeacon(intervals, spreadOf(history.srcSizes()), history.hourly())
      const score = Math.round(100 * (parts.score - (popular ? POPULAR_LESS : 0)))
      if (parts.duration === 0 || score < settings.beaconScorePercent) return undefined
      const of = (value: number) => value.toFixed(2)
      return {
        severity: 60,
        confidence: Math.min(0.95, score / 100),
        periodMs: intervals.median,
        reason: `RITA's score is ${score} % (at least ${settings.beaconScorePercent} %): times ${of(parts.times)}, sizes ${of(parts.sizes)}, hours alike ${of(parts.histogram)}, duration ${of(parts.duration)}${popular ? `, less ${100 * POPULAR_LESS} % because many hosts call this service` : ''}`,
        facts: [
          {
            name: 'score',
            value: score,
            unit: '%',
            threshold: `>= ${settings.beaconScorePercent}`,
          },
          { name: 'contacts', value: history.contacts() },
          { name: 'interval', value: seconds(intervals.median), unit: 's' },
        ],
      }
    }

    const judge = (step: FlowStep, history: ContactHistory): void => {
      const { src, dst, dstPort, timeMs } = step
      const isInside = deps.isLocal(dst)
      if (isInside && (monitors.peek(src)?.value() ?? 0) >= MONITOR) return
      const service = `${dst} ${dstPort} ${step.protocol}`
      const popular = (callers.peek(service)?.value() ?? 0) >= POPULAR
      if (popular && isInside) return
      const found =
        judgeLate(history, popular) ??
        (popular ? undefined : judgeSoon(history, isInside ? INSIDE_TIMES : 1))
      if (!found) return
      const isRound = isOfRounds(step, found.periodMs)
      if (isInside && isRound) return
      deps.report({
        key: `${src} ${service}`,
        title: `${src} calls ${dst} port ${dstPort} every ${seconds(found.periodMs)} s`,
        severity: isInside || isRound ? 15 : found.severity,
        confidence: found.confidence,
        technique: 'T1071.001',
        timeMs,
        firstMs: history.firstMs(),
        agent: step.agent,
        source: { ip: src },
        target: { ip: dst, port: dstPort },
        direction: directionBetween(deps, src, dst),
        count: EVERY,
        evidence: {
          reason: isRound
            ? `${found.reason}; machines of the site are asked in the same rounds, as monitors do`
            : found.reason,
          facts: found.facts,
          flows: [flowEvidence(step)],
        },
        quietMs: Math.max(600_000, 5 * found.periodMs),
      })
    }

    return {
      flow(step) {
        const begins = isContact(step)
        if (!begins && step.end === '') return
        const { src, dst, dstPort, protocol } = step
        if (isPeriodicByNature(step) || isToMany(dst)) return
        const key = `${src} ${dst} ${dstPort} ${protocol}`
        let history = pairs.get(key)
        if (begins && (deps.isLocal(src) || !deps.isLocal(dst))) {
          if (!history) pairs.set(key, (history = createContactHistory()))
          count(callers, `${dst} ${dstPort} ${protocol}`, src)
          if (deps.isLocal(dst)) {
            count(monitors, src, dst)
            noteRound(step, key)
          }
          const isNew = history.contact(step.firstMs)
          const isDue = history.contacts() >= settings.beaconContacts
          if (isNew && isDue && history.contacts() % EVERY === 0) judge(step, history)
        }
        if (step.end !== '' && step.dstPackets > 0) history?.sizes(step.srcBytes, step.dstBytes)
      },
    }
  },
}
