/** What the formats have in common: fields that are left out where nothing is known, and what an alert's flows tell. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import { communityId } from '@netscope/core/community-id.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { FlowEvidence } from '@netscope/detect/detection.ts'
import type { AlertRow } from '../../alerts/alert-row.ts'
import type { StoredFlow } from '../../store/flow-store.ts'
import type { ActionEvent } from '../export-format.ts'

/** undefined for '', 0 and empty lists: JSON leaves it out. */
export const known = <T extends string | number | readonly unknown[]>(value: T): T | undefined => {
  if (value === '' || value === 0) return undefined
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

/** undefined where none of the values is known. */
export const anyKnown = <T extends object>(object: T): T | undefined =>
  Object.values(object).some((value) => value !== undefined) ? object : undefined

export const isIpv6 = (address: string): boolean => address.includes(':')

/** Protocols whose ports are ports. */
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136])
export const hasPorts = ({ protocolNumber }: Pick<StoredFlow, 'protocolNumber'>): boolean =>
  WITH_PORTS.has(protocolNumber)

const ICMP = 1
const ICMPV6 = 58
/** A type that is answered by another one: a two-way flow keeps both types, any other one type and code. */
export const icmpOf = (flow: StoredFlow) => {
  const { protocolNumber } = flow
  if (protocolNumber !== ICMP && protocolNumber !== ICMPV6) return undefined
  // A byte each, whatever an agent sends.
  const [type, other] = [flow.srcPort & 255, flow.dstPort & 255]
  const isTwoWay = (protocolNumber === ICMP ? TWO_WAY : TWO_WAY_V6).has(type)
  return isTwoWay ? { type, code: 0, answerType: other } : { type, code: other }
}
/** RFC 792, 950, 1256: echo, timestamp, address mask, information, router. */
const TWO_WAY: ReadonlySet<number> = new Set([0, 8, 9, 10, 13, 14, 15, 16, 17, 18])
/** RFC 4443, 2710, 4861, 4620, 4065. */
const TWO_WAY_V6: ReadonlySet<number> = new Set([
  ...[128, 129, 130, 131, 133, 134, 135, 136, 139, 140, 144, 145],
])

interface LocalProcess {
  command: string
  pid: number
  user: string
  commandLine: string
  started: string
  /** `runtime:id` */
  container: string
  unit: string
}

/** The program on this host that owns a socket of the flow: the client's, else the server's. */
export const localProcess = (flow: StoredFlow): LocalProcess | undefined => {
  if (flow.srcPid !== 0)
    return {
      ...{ command: flow.srcProcess, pid: flow.srcPid, user: flow.srcUser, unit: flow.srcUnit },
      ...{ commandLine: flow.srcCommandLine, started: flow.srcProcessStarted },
      container: flow.srcContainer,
    }
  if (flow.dstPid === 0) return undefined
  return {
    ...{ command: flow.dstProcess, pid: flow.dstPid, user: flow.dstUser, unit: flow.dstUnit },
    ...{ commandLine: flow.dstCommandLine, started: flow.dstProcessStarted },
    container: flow.dstContainer,
  }
}

const addressBytes = (address: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  return encodePrefix(address, bytes, 0) === undefined ? bytes.subarray(4, 20) : undefined
}

/** '' where an address is none. */
export const communityIdOf = (
  of: Pick<FlowEvidence, 'src' | 'srcPort' | 'dst' | 'dstPort' | 'protocol'>,
): string => {
  const srcAddr = addressBytes(of.src)
  const dstAddr = addressBytes(of.dst)
  return srcAddr && dstAddr ? communityId({ ...of, srcAddr, dstAddr }) : ''
}

/** Protocol and Community ID of an alert, where all the flows of its evidence are the same. */
export const alertFlow = ({ evidence }: AlertRow) => {
  const [first, ...rest] = evidence.flows
  if (!first) return undefined
  const { protocol } = first
  if (rest.some((flow) => flow.protocol !== protocol)) return undefined
  return { protocol, communityId: rest.length > 0 ? '' : communityIdOf(first) }
}

/** What NetScope knows of a flow beyond what the schemas have a place for; the same in every format. */
export const flowExtras = (flow: StoredFlow) => ({
  ...{ id: flow.id, agent: flow.agent, verdict: flow.verdict, end: known(flow.end) },
  handshake: known(flow.handshake),
  handshake_ms: known(flow.handshakeMs),
  src_rtt_ms: known(flow.srcRttMs),
  dst_rtt_ms: known(flow.dstRttMs),
  src_retransmits: known(flow.srcRetransmits),
  dst_retransmits: known(flow.dstRetransmits),
  dropped_packets: known(flow.srcDroppedPackets + flow.dstDroppedPackets),
  drop_reason: known(flow.dropReason),
  ja4: known(flow.ja4),
  unit: known(flow.srcUnit || flow.dstUnit),
  condensed_flows: known(flow.condensed),
  condensed_sources: known(flow.sources),
})

export const alertExtras = (row: AlertRow) => ({
  ...{ alert_id: row.id, incident_id: row.incident, detector: row.detector, title: row.title },
  ...{ severity: row.severity, label: row.label, confidence: row.confidence },
  ...{ direction: row.direction, agent: known(row.agent), count: row.count, state: row.state },
  ...{ first_seen: row.firstSeen, last_seen: row.lastSeen, reason: row.evidence.reason },
  facts: row.evidence.facts.map(({ name, value, unit, threshold }) => ({
    ...{ name, value: String(value), unit, threshold },
  })),
  risk: row.risk,
  feeds: known([...(row.srcFeeds ?? []), ...(row.dstFeeds ?? [])]),
})

export const timeText = (ms: number): string => new Date(ms).toISOString()

/** The same for all that is told of one step. */
export const stepId = ({ action, step }: ActionEvent): string =>
  `${action.id}-${step.state}-${step.atMs}`

export const isPrefix = (target: string): boolean => target.includes('/')

/** The person who did the step; undefined: NetScope did it by itself. Names of people hold no space. */
export const personOf = ({ step }: ActionEvent): string | undefined =>
  step.by === '' || step.by.includes(' ') ? undefined : step.by

export const actionExtras = ({ action, step }: ActionEvent) => {
  const { verification, do: what } = action
  const limit = what.rateLimit
  return {
    ...{ step: step.state, action_id: action.id, alert_id: known(action.alert) },
    ...{ policy: known(action.policy), mode: action.mode, state: action.state },
    ...{ target: action.target, agent: known(action.agent), by: step.by, reason: step.reason },
    ...{ title: known(action.title), in_force: action.inForce, block: what.block },
    rate_limit: limit
      ? { packets_per_second: limit.packetsPerSecond, burst: limit.burst, of: limit.of }
      : undefined,
    ...{ terminate: what.terminate, capture_seconds: known(what.captureSeconds) },
    ...{ override: what.override, spoofable: action.isSpoofable || undefined },
    created: timeText(action.createdAtMs),
    expires: action.expiresAtMs === 0 ? undefined : timeText(action.expiresAtMs),
    latency_ms: action.latencyMs ?? undefined,
    ended_connections: action.terminated ?? undefined,
    passed_packets: verification?.passedPackets,
    dropped_packets: verification?.droppedPackets,
    reachable: known(action.reachable ?? []),
  }
}
