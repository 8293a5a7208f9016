/**
 * Who is being flooded, keyed by the target alone: a million forged sources are one entry. An address gets an entry
 * when it has had some events within a second, so that a scan of many addresses pushes no victim out.
 */
import { createBoundedMap } from '../bounded-map.ts'
import { type Finding, type FlowEvidence, MAX_EVIDENCE_FLOWS } from '../detection.ts'
import type { DetectorDeps } from '../detector.ts'
import { createDistinctCount, type DistinctCount } from '../distinct-count.ts'
import { directionBetween, flowEvidence } from '../flow-evidence.ts'
import type { FlowStep } from '../flow-step.ts'
import { createRateMeter, type RateMeter } from './rate-meter.ts'

const MAX_VICTIMS = 1024
const MAX_CANDIDATES = 65_536
const QUIET_MS = 60_000
/** Distinct sources are counted anew after so long without a flood. */
const WINDOW_MS = 10_000
/** What a summary tells of is spread over its time in such pieces, up to the time that rates are kept open. */
const [PIECE_MS, MAX_SPREAD_MS] = [250, 15_000]

/** What belongs to one victim; amounts are since `sinceMs`. */
export interface Victim {
  address: string
  meter: RateMeter
  sources: DistinctCount & {
    /** Somebody has counted so many. */
    atLeast(count: number): void
  }
  ports: DistinctCount
  /** Source ports and addresses together: flows. */
  flows: number
  events: number
  bytes: number
  /** Packets of its kind that the agent had no entry for, to whomever they went. */
  overflow: number
  /** What speaks against a flood: answered, completed, first fragments. */
  against: number
  /** Among `against`: refused. */
  refused: number
  sinceMs: number
  lastMs: number
  /** Events told of. */
  told: number
  isActive: boolean
  samples: FlowEvidence[]
  first: { source: string; port: number; agent: string }
}

export interface Victims {
  /**
   * Counts `events` at `timeMs`, those of a summary over its time, against the step's `dst`; undefined while it has had
   * too few.
   */
  note(step: FlowStep, timeMs: number, events: number): Victim | undefined
  /** For what only corrects a victim that is there. */
  find(address: string): Victim | undefined
  /** Hands over each victim that had events since the last time; the answer: whether it is flooded. */
  judge(isFlooded: (victim: Victim) => boolean): void
}

/** `admitFrom`: events of an address within a second that make it a victim to watch. */
export const createVictims = (admitFrom: number): Victims => {
  const victims = createBoundedMap<string, Victim>(MAX_VICTIMS)
  const candidates = new Map<string, number>()
  const touched = new Set<Victim>()

  const admit = (step: FlowStep, timeMs: number, events: number): Victim | undefined => {
    const before = candidates.get(step.dst)
    const sum = (before ?? 0) + events
    if (before === undefined && candidates.size >= MAX_CANDIDATES) return undefined
    candidates.set(step.dst, sum)
    if (sum < admitFrom) return undefined
    const victim = newVictim(step, timeMs)
    victims.set(step.dst, victim)
    // The ones before were not kept apart by source: they count, nobody knows whose they are.
    add(victim, timeMs, sum - events)
    return victim
  }

  return {
    note(step, timeMs, events) {
      const victim = victims.get(step.dst) ?? admit(step, timeMs, events)
      if (!victim) return undefined
      if (timeMs - victim.lastMs > QUIET_MS) {
        victim.isActive = false
        begin(victim, timeMs)
      }
      // Of this flood, not of what the address was asked for long before.
      if (victim.sources.value() === 0) victim.first = firstOf(step)
      if (step.condensed === 0) add(victim, timeMs, events)
      else spread(victim, step, events)
      victim.bytes += step.newSrcBytes
      if (step.isFirst) victim.flows += step.condensed || 1
      if (step.condensed === 0 || step.sources === 1) victim.sources.add(step.src)
      victim.sources.atLeast(step.sources)
      victim.overflow += step.overflow
      victim.ports.add(step.dstPort)
      if (timeMs > victim.lastMs) victim.lastMs = timeMs
      if (victim.samples.length < MAX_EVIDENCE_FLOWS && step.isFirst)
        victim.samples.push(flowEvidence(step))
      touched.add(victim)
      return victim
    },
    find: (address) => victims.peek(address),
    judge(isFlooded) {
      candidates.clear()
      for (const victim of touched) {
        victim.isActive = isFlooded(victim)
        if (!victim.isActive && victim.lastMs - victim.sinceMs > WINDOW_MS)
          begin(victim, victim.lastMs)
      }
      touched.clear()
    },
  }
}

const add = (victim: Victim, timeMs: number, events: number): void => {
  if (victim.meter.add(timeMs, events)) victim.events += events
}

/** The rate of a flood hardly changes within the second of a summary. */
const spread = (victim: Victim, { firstMs, timeMs }: FlowStep, events: number): void => {
  const spanMs = Math.min(Math.max(0, timeMs - firstMs), MAX_SPREAD_MS)
  const pieces = Math.max(1, Math.ceil(spanMs / PIECE_MS))
  for (let i = 0; i < pieces; i++)
    add(victim, timeMs - spanMs + ((i + 0.5) * spanMs) / pieces, events / pieces)
}

const createSources = (): Victim['sources'] => {
  const seen = createDistinctCount()
  let told = 0
  return {
    add: seen.add,
    atLeast: (count) => void (told = Math.max(told, count)),
    value: () => Math.max(told, seen.value()),
    clear() {
      told = 0
      seen.clear()
    },
  }
}

const firstOf = ({ src, dstPort, agent }: FlowStep): Victim['first'] => ({
  source: src,
  port: dstPort,
  agent,
})

const newVictim = (step: FlowStep, timeMs: number): Victim => ({
  address: step.dst,
  meter: createRateMeter(),
  sources: createSources(),
  ports: createDistinctCount(),
  flows: 0,
  events: 0,
  bytes: 0,
  overflow: 0,
  against: 0,
  refused: 0,
  sinceMs: timeMs,
  lastMs: timeMs,
  told: 0,
  isActive: false,
  samples: [],
  first: firstOf(step),
})

const begin = (victim: Victim, timeMs: number): void => {
  victim.sources.clear()
  victim.ports.clear()
  victim.samples.length = 0
  victim.flows = victim.events = victim.bytes = victim.against = victim.refused = victim.told = 0
  victim.overflow = 0
  victim.sinceMs = timeMs
}

/** What a flood is called and counted in. */
export interface FloodWords {
  /** `SYN flood`. */
  name: string
  /** `SYNs without a connection`. */
  events: string
  technique: string
  /** Of the smallest one: it grows with the rate by up to 15. */
  severity: number
  reason: string
  facts?: Finding['evidence']['facts']
  confidence?: number
}

/** Tells of the flood of a victim, or that it is over. `perSecond` is the floor. */
export const reportFlood = (
  deps: DetectorDeps,
  victim: Victim,
  peak: number,
  perSecond: number,
  words: FloodWords,
): true => {
  const usual = victim.meter.usual()
  const sources = victim.sources.value()
  const { source, agent } = victim.first
  const isOne = sources === 1
  const isPort = victim.ports.value() === 1 && victim.first.port !== 0
  const growth = Math.min(15, Math.round(5 * Math.log10(Math.max(1, peak / perSecond))))
  deps.report({
    key: victim.address,
    title: `${words.name} against ${victim.address}`,
    severity: words.severity + growth,
    confidence: words.confidence ?? 0.9,
    technique: words.technique,
    timeMs: victim.lastMs,
    ...(!victim.isActive && { firstMs: victim.sinceMs }),
    agent,
    source: isOne ? { ip: source } : {},
    target: { ip: victim.address, ...(isPort && { port: victim.first.port }) },
    direction: directionBetween(deps, source, victim.address),
    count: Math.max(1, Math.round(victim.events - victim.told)),
    evidence: {
      reason: words.reason,
      facts: [
        {
          name: `${words.events}, busiest second`,
          value: Math.round(peak),
          unit: '1/s',
          threshold: `>= ${perSecond}`,
          demand: perSecond,
        },
        {
          name: 'usual rate + 6 σ',
          value: Math.round(usual),
          unit: '1/s',
          threshold: `< ${Math.round(peak)}`,
        },
        { name: words.events, value: Math.round(victim.events) },
        { name: 'sources', value: sources, ...(sources > 64 && { unit: '± 3 %' }) },
        { name: 'ports', value: victim.ports.value() },
        ...(words.facts ?? []),
        // Whose they were nobody knows: the rate above is without them.
        ...(victim.overflow > 0
          ? [
              {
                name: 'packets of this kind beyond the flow table, to anybody',
                value: victim.overflow,
              },
            ]
          : []),
      ],
      flows: victim.samples,
    },
    quietMs: QUIET_MS,
  })
  victim.told = victim.events
  victim.meter.forgive()
  return true
}

/**
 * Packets of the step as events of one second: what a long flow has had before its first record is spread out, and what
 * an agent that was held up tells at once.
 */
export const packetsPerSecond = (step: FlowStep): number => {
  const spanMs = step.timeMs - step.firstMs
  const seconds = (step.isFirst ? spanMs : Math.min(spanMs, step.spanMs)) / 1000
  return seconds > 1 ? step.newSrcPackets / seconds : step.newSrcPackets
}

/** When they were: of a flow that is over within a second its beginning, which is exact. */
export const whenOf = (step: FlowStep): number =>
  step.isFirst && step.timeMs - step.firstMs <= 1000 ? step.firstMs : step.timeMs

/** Few machines that knock at many doors: a scan, which is told of elsewhere. */
export const looksLikeScan = (victim: Victim): boolean =>
  victim.sources.value() < FEW_SOURCES &&
  victim.ports.value() >= Math.max(20, Math.min(victim.flows, 64) * 0.3)

/** A flood from fewer is one machine's doing and may be a program gone wild. */
export const FEW_SOURCES = 10
