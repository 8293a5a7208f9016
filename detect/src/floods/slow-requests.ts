/**
 * Slow requests (Slowloris, R.U.D.Y.): one client holds many connections to a web server by requests that it never
 * completes, some bytes at a time, so that the server has none left. What tells them from all else that is held: the
 * client goes on sending, the server acknowledges, and has said nothing yet. Pools and preconnections send nothing, who
 * polls has asked once, WebSocket, HTTP/2 and TLS begin with an answer. slowloris.py holds 150 and sends every 15 s;
 * Apache gives the head of a request 20 to 40 s (mod_reqtimeout), nginx 60 s (client_header_timeout).
 *
 * One-way protocols of loggers look the same: only ports of web servers are watched.
 */
import { type BoundedMap, createBoundedMap } from '../bounded-map.ts'
import type { DetectorDeps, DetectorKind } from '../detector.ts'
import { directionBetween, flowEvidence } from '../flow-evidence.ts'
import type { FlowStep } from '../flow-step.ts'
import { type FlowEvidence, MAX_EVIDENCE_FLOWS } from '../detection.ts'

const SEVERITY = 70
const TCP = 6
const WEB: ReadonlySet<number> = new Set([80, 443, 8000, 8008, 8080, 8081, 8443, 8888])
const [MAX_PAIRS, MAX_HELD] = [1024, 1024]
/** Ports are used again after seconds at the earliest; what clocks add is less. */
const SAME_CONNECTION_MS = 1000
/** Connections at the same time. Browsers open six to a host. */
const LEAST_HELD = 100
const LEAST_AGE_MS = 30_000
/** Times that more was sent, so far apart. */
const [LEAST_DRIPS, DRIP_MS] = [2, 4000]
/** A keep-alive of TCP has one byte or none. */
const LEAST_DRIP_BYTES = 2
const MOST_BYTES = 2000
/** Nothing was sent for so long: it is given up, or waits for its answer. */
const IDLE_MS = 60_000
const QUIET_MS = 120_000
/** Of a SYN, beside the header. */
const [BARE_OPTIONS, STAMPED_OPTIONS] = [[0, 4, 8, 12, 20], 8]

interface Held {
  firstMs: number
  drips: number
  lastMs: number
  /** Since it was first counted. */
  isTold: boolean
}

interface Pair {
  key: string
  /** By the client's port. */
  held: BoundedMap<number, Held>
  last: { source: string; address: string; port: number; agent: string }
  samples: FlowEvidence[]
}

/** Bytes of an IP and TCP header where the server has sent nothing but these; else undefined. */
const headerOf = ({ src, dstBytes, dstPackets }: FlowStep): number | undefined => {
  const more = src.includes(':') ? 20 : 0
  if (dstBytes - (52 + more) * dstPackets === STAMPED_OPTIONS) return 52 + more
  return BARE_OPTIONS.includes(dstBytes - (40 + more) * dstPackets) ? 40 + more : undefined
}

const isOver = ({ end, srcFin, dstFin, srcRst, dstRst }: FlowStep): boolean =>
  end !== '' || srcFin + dstFin + srcRst + dstRst > 0

/** The client sends some more of what the server waits for. */
const isDrip = (step: FlowStep): boolean => {
  if (step.timeMs - step.firstMs < DRIP_MS || step.newDstPackets === 0) return false
  const header = headerOf(step)
  if (header === undefined) return false
  const said = step.newSrcBytes - header * step.newSrcPackets
  return said >= LEAST_DRIP_BYTES && step.srcBytes - header * step.srcPackets <= MOST_BYTES
}

export const slowRequestsKind: DetectorKind = {
  name: 'slow-requests',
  version: 1,
  description:
    'One client holds many connections to a web server by requests that it never completes (Slowloris, R.U.D.Y.).',
  techniques: ['T1499.002'],
  create(_, deps) {
    const pairs = createBoundedMap<string, Pair>(MAX_PAIRS)
    const touched = new Set<Pair>()

    const note = (pair: Pair, step: FlowStep): void => {
      const held = pair.held.get(step.srcPort)
      if (held && Math.abs(held.firstMs - step.firstMs) < SAME_CONNECTION_MS) {
        if (step.timeMs - held.lastMs < DRIP_MS) return
        held.drips++
        held.lastMs = step.timeMs
      } else {
        // None makes room, lest each be forgotten before it sends again.
        if (!held && pair.held.size >= MAX_HELD) return
        const { firstMs, timeMs } = step
        pair.held.set(step.srcPort, { firstMs, drips: 1, lastMs: timeMs, isTold: false })
        if (pair.samples.length < MAX_EVIDENCE_FLOWS) pair.samples.push(flowEvidence(step))
      }
      pair.last.agent = step.agent
      touched.add(pair)
    }

    return {
      flow(step) {
        const { protocol, src, dst, dstPort } = step
        if (protocol !== TCP || !WEB.has(dstPort) || step.srcSyn === 0) return
        const isSlow = !isOver(step) && isDrip(step)
        if (!isSlow && pairs.size === 0) return
        const key = `${src} ${dst} ${dstPort}`
        let pair = isSlow ? pairs.get(key) : pairs.peek(key)
        if (isSlow) {
          if (!pair) pairs.set(key, (pair = newPair(key, step)))
          note(pair, step)
        } else if (pair && (isOver(step) || headerOf(step) === undefined)) {
          pair.held.delete(step.srcPort)
        }
      },
      tick(nowMs) {
        for (const pair of touched) judge(deps, pair, nowMs)
        touched.clear()
        for (const [key, { held }] of pairs.entries()) {
          for (const [port, { lastMs }] of held.entries()) {
            if (nowMs - lastMs <= IDLE_MS) break
            held.delete(port)
          }
          if (held.size === 0) pairs.delete(key)
        }
      },
    }
  },
}

const newPair = (key: string, { src, dst, dstPort, agent }: FlowStep): Pair => ({
  key,
  held: createBoundedMap<number, Held>(MAX_HELD),
  last: { source: src, address: dst, port: dstPort, agent },
  samples: [],
})

const judge = (deps: DetectorDeps, { key, held, last, samples }: Pair, nowMs: number): void => {
  const slow: Held[] = []
  for (const [, one] of held.entries()) {
    const isNow = nowMs - one.lastMs <= IDLE_MS
    if (isNow && one.drips >= LEAST_DRIPS && nowMs - one.firstMs >= LEAST_AGE_MS) slow.push(one)
  }
  if (slow.length < LEAST_HELD) return
  const { source, address, port, agent } = last
  const fresh = slow.filter(({ isTold }) => !isTold)
  for (const one of fresh) one.isTold = true
  deps.report({
    key,
    title: `${source} holds connections to ${address} port ${port} by slow requests`,
    severity: SEVERITY,
    confidence: 0.8,
    technique: 'T1499.002',
    timeMs: Math.max(...slow.map(({ lastMs }) => lastMs)),
    firstMs: Math.min(...slow.map(({ firstMs }) => firstMs)),
    agent,
    source: { ip: source },
    target: { ip: address, port },
    direction: directionBetween(deps, source, address),
    count: Math.max(1, fresh.length),
    evidence: {
      reason: `${slow.length} connections at the same time are older than ${LEAST_AGE_MS / 1000} s, in each of which the client goes on sending a few bytes and the server has not answered yet`,
      facts: [
        {
          name: 'connections held',
          value: slow.length,
          threshold: `>= ${LEAST_HELD}`,
          demand: LEAST_HELD,
        },
      ],
      flows: samples,
    },
    quietMs: QUIET_MS,
  })
}
