/** Credential guessing: one client that connects to one service again and again, for a short exchange each time. */
import { createBoundedMap } from '../bounded-map.ts'
import { type FlowEvidence, MAX_EVIDENCE_FLOWS } from '../detection.ts'
import type { DetectorDeps, DetectorKind } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import { exchangeOf, type Exchange } from './exchange.ts'

/** Somebody at the door; whether a try succeeded can't be seen. */
const SEVERITY = { inbound: 60, outbound: 70, internal: 70, external: 50 }
const QUIET_MS = 1_800_000
const MAX_PAIRS = 16_384
/** What looks like an exchange of log-in on a port that is not known for it: so many times more. */
const UNKNOWN_FACTOR = 3

/** Exchanges that follow each other faster come from a load generator. */
const LOAD_INTERVAL_MS = 5

interface Pair {
  /** Times of the exchanges in the window, oldest first. */
  times: number[]
  told: number
  samples: FlowEvidence[]
  srcBytes: number
  dstBytes: number
}

export const credentialGuessingKind: DetectorKind = {
  name: 'credential-guessing',
  version: 1,
  description:
    'Many short TCP exchanges of the size of a failed log-in, from one client to one service, on the ports of log-ins or wherever else they look alike.',
  techniques: ['T1110'],
  create(settings, deps) {
    const pairs = createBoundedMap<string, Pair>(MAX_PAIRS)
    const least = (exchange: Exchange): number => {
      if (exchange.kind === 'web') return settings.guessWebAttempts
      return exchange.kind === 'unknown'
        ? settings.guessAttempts * UNKNOWN_FACTOR
        : settings.guessAttempts
    }
    const windowMs = settings.guessWindowSeconds * 1000
    return {
      flow(step) {
        const exchange = exchangeOf(step)
        if (!exchange) return
        const key = `${step.src} ${step.dst} ${step.dstPort}`
        let pair = pairs.get(key)
        if (!pair)
          pairs.set(key, (pair = { times: [], told: 0, samples: [], srcBytes: 0, dstBytes: 0 }))
        const attempts = least(exchange)
        note(pair, step, exchange, { windowMs, most: attempts })
        if (pair.times.length < attempts || isLoad(pair, exchange, step.timeMs)) return
        report(deps, step, pair, key, exchange, attempts, windowMs)
      },
    }
  },
}

const note = (
  pair: Pair,
  step: FlowStep,
  exchange: Exchange,
  { windowMs, most }: { windowMs: number; most: number },
): void => {
  const { times } = pair
  // Other sizes are another use of the service: the client is in.
  if (times.length > 0 && !isAlike(pair, exchange)) return
  while (times.length > 0 && (times[0]! < step.timeMs - windowMs || times.length >= 2 * most))
    times.shift()
  if (times.length === 0) pair.samples.length = pair.told = 0
  times.push(step.timeMs)
  pair.told++
  // A moving mean of the sizes.
  pair.srcBytes =
    times.length === 1 ? exchange.srcBytes : pair.srcBytes * 0.8 + exchange.srcBytes * 0.2
  pair.dstBytes =
    times.length === 1 ? exchange.dstBytes : pair.dstBytes * 0.8 + exchange.dstBytes * 0.2
  if (pair.samples.length < MAX_EVIDENCE_FLOWS) pair.samples.push(sample(step))
}

/** A measurement of a web server's load: guessers wait for each answer. */
const isLoad = ({ times }: Pair, { kind }: Exchange, nowMs: number): boolean =>
  kind === 'web' && nowMs - times[0]! < times.length * LOAD_INTERVAL_MS

/** Names and passwords differ by some bytes, and the number of tries in a connection by a few packets. */
const isAlike = (pair: Pair, { srcBytes, dstBytes }: Exchange): boolean =>
  Math.abs(srcBytes - pair.srcBytes) <= Math.max(100, pair.srcBytes * 0.4) &&
  Math.abs(dstBytes - pair.dstBytes) <= Math.max(100, pair.dstBytes * 0.4)

const sample = (step: FlowStep): FlowEvidence => ({
  src: step.src,
  srcPort: step.srcPort,
  dst: step.dst,
  dstPort: step.dstPort,
  protocol: step.protocol,
  firstMs: step.firstMs,
  lastMs: step.timeMs,
  packets: step.srcPackets + step.dstPackets,
  bytes: step.srcBytes + step.dstBytes,
})

const report = (
  deps: DetectorDeps,
  step: FlowStep,
  pair: Pair,
  key: string,
  exchange: Exchange,
  attempts: number,
  windowMs: number,
): void => {
  const isFirst = pair.told === pair.times.length
  const [from, to] = [deps.isLocal(step.src), deps.isLocal(step.dst)]
  const direction = from ? (to ? 'internal' : 'outbound') : to ? 'inbound' : 'external'
  const seconds = Math.round((step.timeMs - pair.times[0]!) / 1000)
  deps.report({
    key,
    title: `${step.src} tries log-ins at ${step.dst}, ${exchange.service}`,
    severity: SEVERITY[direction],
    confidence: exchange.kind === 'log-in' ? 0.8 : 0.5,
    technique: 'T1110',
    timeMs: step.timeMs,
    ...(isFirst && { firstMs: pair.times[0]! }),
    agent: step.agent,
    source: { ip: step.src },
    target: { ip: step.dst, port: step.dstPort },
    direction,
    count: isFirst && pair.times.length === attempts ? attempts : 1,
    evidence: {
      reason: `${pair.times.length} short exchanges of the same size within ${seconds} s, each on a connection of its own`,
      facts: [
        {
          name: 'exchanges',
          value: pair.times.length,
          threshold: `>= ${attempts} in ${windowMs / 1000} s`,
          demand: attempts,
        },
        { name: 'client says each time', value: Math.round(pair.srcBytes), unit: 'bytes' },
        { name: 'server says each time', value: Math.round(pair.dstBytes), unit: 'bytes' },
      ],
      flows: pair.samples,
    },
    quietMs: QUIET_MS,
  })
}
