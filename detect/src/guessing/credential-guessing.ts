/** Credential guessing: one client that connects to one service again and again, for a short exchange each time. */
import { createBoundedMap } from '../bounded-map.ts'
import { type FlowEvidence, MAX_EVIDENCE_FLOWS } from '../detection.ts'
import type { DetectorDeps, DetectorKind } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import { directionBetween, flowEvidence } from '../flow-evidence.ts'
import { exchangeOf, type Exchange } from './exchange.ts'
import { createSizeTally, type SizeTally } from './size-tally.ts'

/** Somebody at the door; whether a try succeeded can't be seen. */
const SEVERITY = { inbound: 60, outbound: 70, internal: 70, external: 50 }
const QUIET_MS = 1_800_000
const MAX_PAIRS = 16_384
/** Ports are used again after seconds at the earliest. */
const SAME_CONNECTION_MS = 1000
/** Uses of a service by one client that are told apart. */
const MAX_SERIES = 4
/** What looks like an exchange of log-in on a port that is not known for it: so many times more. */
const UNKNOWN_FACTOR = 3

/**
 * At a web server passwords make requests of several sizes, which get one answer: a load test, a check or a program
 * that polls says the same each time, and who reads many pages gets other answers. Tokens and dates in an answer make little difference.
 */
const [WEB_REQUEST_SIZES, WEB_ANSWER_BYTES] = [3, 32]

/** Connections to a service that is no log-in, which end within so long of each other, end because it fell over: that is one event. */
const TOGETHER_MS = 100

/** Exchanges of one size between a client and a service. */
interface Series {
  /** Times in the window, oldest first. */
  times: number[]
  /** Not told of yet. */
  untold: number
  samples: FlowEvidence[]
  /** Moving means. */
  srcBytes: number
  dstBytes: number
  requests: SizeTally
  answers: SizeTally
}

export const credentialGuessingKind: DetectorKind = {
  name: 'credential-guessing',
  version: 2,
  description:
    'Many short TCP exchanges of the size of a failed log-in, from one client to one service, on the ports of log-ins or wherever else they look alike.',
  techniques: ['T1110'],
  create(settings, deps) {
    const pairs = createBoundedMap<string, Series[]>(MAX_PAIRS)
    const connections = createBoundedMap<string, number>(MAX_PAIRS)
    const least = (exchange: Exchange): number => {
      if (exchange.kind === 'web') return settings.guessWebAttempts
      return exchange.kind === 'unknown'
        ? settings.guessAttempts * UNKNOWN_FACTOR
        : settings.guessAttempts
    }
    const windowMs = settings.guessWindowSeconds * 1000
    /** A bridge or router sees each connection on two interfaces. */
    const isKnown = ({ src, srcPort, dst, dstPort, firstMs }: FlowStep): boolean => {
      const connection = `${src} ${srcPort} ${dst} ${dstPort}`
      const known = connections.get(connection)
      connections.set(connection, firstMs)
      return known !== undefined && Math.abs(firstMs - known) < SAME_CONNECTION_MS
    }
    return {
      flow(step) {
        const exchange = exchangeOf(step)
        if (!exchange || isKnown(step)) return
        const key = `${step.src} ${step.dst} ${step.dstPort}`
        let pair = pairs.get(key)
        if (!pair) pairs.set(key, (pair = []))
        prune(pair, step.timeMs - windowMs)
        const series = seriesOf(pair, exchange)
        if (isTogether(series, exchange, step.timeMs)) return
        const attempts = least(exchange)
        note(series, step, exchange, 2 * attempts)
        if (series.times.length < attempts || !isVaried(series, exchange)) return
        report(deps, step, { series, key, exchange, attempts, windowMs })
      },
    }
  },
}

const prune = (pair: Series[], fromMs: number): void => {
  for (const { times } of pair) while (times.length > 0 && times[0]! < fromMs) times.shift()
  for (let i = pair.length - 1; i >= 0; i--) if (pair[i]!.times.length === 0) pair.splice(i, 1)
}

/** Other sizes are another use of the service, which hides no guesses: the shortest series makes room. */
const seriesOf = (pair: Series[], exchange: Exchange): Series => {
  const known = pair.find((series) => isAlike(series, exchange))
  if (known) return known
  if (pair.length >= MAX_SERIES) {
    const least = Math.min(...pair.map(({ times }) => times.length))
    pair.splice(
      pair.findIndex(({ times }) => times.length === least),
      1,
    )
  }
  const { srcBytes, dstBytes } = exchange
  const series: Series = {
    ...{ times: [], untold: 0, samples: [], srcBytes, dstBytes },
    ...{ requests: createSizeTally(), answers: createSizeTally() },
  }
  pair.push(series)
  return series
}

const note = (series: Series, step: FlowStep, exchange: Exchange, most: number): void => {
  const { times, samples } = series
  if (times.length >= most) times.shift()
  times.push(step.timeMs)
  series.untold = Math.min(series.untold + 1, times.length)
  series.srcBytes = series.srcBytes * 0.8 + exchange.srcBytes * 0.2
  series.dstBytes = series.dstBytes * 0.8 + exchange.dstBytes * 0.2
  if (samples.length < MAX_EVIDENCE_FLOWS) samples.push(flowEvidence(step))
  series.requests.add(step.srcPackets, step.srcBytes)
  series.answers.add(step.dstPackets, step.dstBytes)
}

/** Clients keep many connections to a service, and open all of them again when it has restarted. */
const isTogether = ({ times }: Series, { kind }: Exchange, timeMs: number): boolean =>
  kind === 'unknown' && Math.abs(timeMs - (times.at(-1) ?? 0)) < TOGETHER_MS

const isVaried = ({ requests, answers }: Series, { kind }: Exchange): boolean =>
  kind !== 'web' || (requests.distinct() >= WEB_REQUEST_SIZES && answers.isWithin(WEB_ANSWER_BYTES))

/** Names and passwords differ by some bytes, and the number of tries in a connection by a few packets. */
const isAlike = (series: Series, { srcBytes, dstBytes }: Exchange): boolean =>
  Math.abs(srcBytes - series.srcBytes) <= Math.max(100, series.srcBytes * 0.4) &&
  Math.abs(dstBytes - series.dstBytes) <= Math.max(100, series.dstBytes * 0.4)

interface Guesses {
  series: Series
  key: string
  exchange: Exchange
  attempts: number
  windowMs: number
}

const report = (
  deps: DetectorDeps,
  step: FlowStep,
  { series, key, exchange, attempts, windowMs }: Guesses,
): void => {
  const { times, untold } = series
  series.untold = 0
  const direction = directionBetween(deps, step.src, step.dst)
  const seconds = Math.round((step.timeMs - times[0]!) / 1000)
  deps.report({
    key,
    title: `${step.src} tries log-ins at ${step.dst}, ${exchange.service}`,
    severity: SEVERITY[direction],
    confidence: exchange.kind === 'log-in' ? 0.8 : 0.5,
    technique: 'T1110',
    timeMs: step.timeMs,
    firstMs: times[0]!,
    agent: step.agent,
    source: { ip: step.src },
    target: { ip: step.dst, port: step.dstPort },
    direction,
    count: untold,
    evidence: {
      reason: `${times.length} short exchanges of the same size within ${seconds} s, each on a connection of its own`,
      facts: [
        {
          name: 'exchanges',
          value: times.length,
          threshold: `>= ${attempts} in ${windowMs / 1000} s`,
          demand: attempts,
        },
        { name: 'client says each time', value: Math.round(series.srcBytes), unit: 'bytes' },
        { name: 'server says each time', value: Math.round(series.dstBytes), unit: 'bytes' },
        {
          name: 'sizes of requests',
          value: series.requests.distinct(),
          ...(exchange.kind === 'web' && { threshold: `>= ${WEB_REQUEST_SIZES}` }),
        },
      ],
      flows: series.samples,
    },
    quietMs: QUIET_MS,
  })
}
