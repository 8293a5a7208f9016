/**
 * EVE JSON, as Suricata writes it to eve.json (https://docs.suricata.io/en/latest/output/eve/eve-json-format.html): event
 * types `flow` and `alert`. What Suricata has no field for is in an object of our own, `netscope`; steps of actions are an
 * event type of our own, `action`: its `drop` is the header of one packet.
 */
import type { SeverityLabel } from '@netscope/detect/detection.ts'
import { hashText } from '@netscope/detect/hash-text.ts'
import type { AlertRow } from '../../alerts/alert-row.ts'
import type { StoredFlow } from '../../store/flow-store.ts'
import type { ActionEvent, AlertMoment, ExportFormatKind } from '../export-format.ts'
import { actionExtras, alertExtras, alertFlow, anyKnown, flowExtras } from './known-parts.ts'
import { hasPorts, icmpOf, isPrefix, known, localProcess, timeText } from './known-parts.ts'

const PROTOCOLS: Readonly<Record<number, string>> = {
  ...{ 1: 'ICMP', 6: 'TCP', 17: 'UDP', 47: 'GRE', 50: 'ESP', 58: 'IPv6-ICMP', 132: 'SCTP' },
}
const protocolOf = (number: number): string => PROTOCOLS[number] ?? String(number).padStart(3, '0')

/** Suricata has no `Z`. */
const time = (iso: string): string => `${iso.slice(0, -1)}+0000`

/** The same for all events of a 5-tuple; at most 2^53, which JSON readers keep exact. */
const flowIdOf = (communityId: string): number | undefined => {
  const bytes = Buffer.from(communityId.slice(2), 'base64')
  return bytes.length < 7 ? undefined : bytes.readUIntBE(0, 6)
}

const isSet = (bit: number): true | undefined => (bit === 0 ? undefined : true)
const hex = (flags: number): string => flags.toString(16).padStart(2, '0')

const TCP_STATES: Readonly<Record<string, string>> = {
  ...{ complete: 'established', midstream: 'established', unanswered: 'syn_sent' },
  ...{ refused: 'closed' },
}

const tcpOf = (flow: StoredFlow) => {
  if (flow.protocolNumber !== 6) return undefined
  const flags = flow.srcTcpFlags | flow.dstTcpFlags
  const hasClosed = flow.end === 'closed' || flow.end === 'reset'
  return {
    ...{ tcp_flags: hex(flags), tcp_flags_ts: hex(flow.srcTcpFlags) },
    tcp_flags_tc: hex(flow.dstTcpFlags),
    fin: isSet(flags & 1),
    syn: isSet(flags & 2),
    rst: isSet(flags & 4),
    psh: isSet(flags & 8),
    ack: isSet(flags & 16),
    urg: isSet(flags & 32),
    ecn: isSet(flags & 64),
    cwr: isSet(flags & 128),
    state: hasClosed ? 'closed' : (TCP_STATES[flow.handshake] ?? 'none'),
  }
}

const stateOf = (flow: StoredFlow): string => {
  if (flow.end === 'closed' || flow.end === 'reset') return 'closed'
  return flow.dstPackets > 0 ? 'established' : 'new'
}

const processOf = (flow: StoredFlow) => {
  const process = localProcess(flow)
  if (!process) return undefined
  const { command: name, pid, user, commandLine, started, container } = process
  return {
    ...{ name, pid, user: known(user), command_line: known(commandLine) },
    ...{ started: known(started), container: known(container) },
  }
}

const flowEvent = (flow: StoredFlow): object => {
  const icmp = icmpOf(flow)
  const ports = hasPorts(flow)
  const isDropped = flow.verdict === 'DROP'
  const vlan = [flow.vlan, flow.innerVlan].filter((id) => id !== 0)
  // A view computes each time that it is asked.
  const { communityId } = flow
  const [start, end] = [time(flow.firstSeen), time(flow.lastSeen)]
  return {
    timestamp: end,
    flow_id: flowIdOf(communityId),
    in_iface: known(flow.interface),
    event_type: 'flow',
    vlan: known(vlan),
    ...{ src_ip: flow.src, src_port: ports ? flow.srcPort : undefined },
    ...{ dest_ip: flow.dst, dest_port: ports ? flow.dstPort : undefined },
    proto: protocolOf(flow.protocolNumber),
    ...{ icmp_type: icmp?.type, icmp_code: icmp?.code, response_icmp_type: icmp?.answerType },
    app_proto: flow.sni || flow.ja4 ? 'tls' : flow.httpHost ? 'http' : undefined,
    flow: {
      ...{ pkts_toserver: flow.srcPackets, pkts_toclient: flow.dstPackets },
      ...{ bytes_toserver: flow.srcBytes, bytes_toclient: flow.dstBytes },
      ...{ start, end },
      ...{ age: Math.floor(flow.durationMs / 1000), state: stateOf(flow) },
      reason: flow.end === 'forced' ? 'forced' : 'timeout',
      action: isDropped ? 'drop' : undefined,
    },
    community_id: communityId,
    tcp: tcpOf(flow),
    tls: anyKnown({ sni: known(flow.sni), ja4: known(flow.ja4) }),
    http: anyKnown({ hostname: known(flow.httpHost) }),
    host: flow.agent,
    netscope: {
      ...flowExtras(flow),
      ...{
        direction: flow.direction,
        src_name: known(flow.srcName),
        dst_name: known(flow.dstName),
      },
      process: processOf(flow),
    },
  }
}

/** Suricata counts down: 1 is the most severe. */
const SEVERITIES: Readonly<Record<SeverityLabel, number>> = {
  ...{ critical: 1, high: 1, medium: 2, low: 3, info: 3 },
}
/** Words of the ET rules. */
const SIGNATURE_SEVERITIES: Readonly<Record<SeverityLabel, string>> = {
  ...{ critical: 'Critical', high: 'Major', medium: 'Minor' },
  ...{ low: 'Informational', info: 'Informational' },
}

/** 1,000,000 to 1,999,999 are for local use: the same number for a detector wherever it runs. */
export const signatureId = (detector: string): number =>
  1_000_000 + ((hashText(detector) >>> 0) % 1_000_000)

const alertEvent = (row: AlertRow, moment: AlertMoment): object => {
  const flow = alertFlow(row)
  const communityId = flow?.communityId ?? ''
  const sides = {
    source: anyKnown({ ip: known(row.src) }),
    target: anyKnown({ ip: known(row.dst) }),
  }
  return {
    timestamp: time(row.lastSeen),
    flow_id: communityId ? flowIdOf(communityId) : undefined,
    event_type: 'alert',
    vlan: row.vlan === 0 ? undefined : [row.vlan],
    ...{ src_ip: known(row.src), src_port: known(row.srcPort) },
    ...{ dest_ip: known(row.dst), dest_port: known(row.dstPort) },
    proto: flow && protocolOf(flow.protocol),
    community_id: known(communityId),
    ether: anyKnown({ src_mac: known(row.srcMac), dest_mac: known(row.dstMac) }),
    alert: {
      ...{ action: 'allowed', gid: 1, signature_id: signatureId(row.detector), rev: row.version },
      ...{ signature: `NETSCOPE ${row.detector}`, category: row.technique || row.detector },
      ...{ severity: SEVERITIES[row.label], ...sides },
      metadata: {
        signature_severity: [SIGNATURE_SEVERITIES[row.label]],
        tag: ['netscope', `alert-${moment}`],
      },
    },
    host: known(row.agent),
    netscope: {
      ...{ moment, ...alertExtras(row), technique: known(row.technique) },
      ...{ src_name: known(row.srcName), dst_name: known(row.dstName) },
    },
  }
}

const actionEvent = (event: ActionEvent): object => ({
  timestamp: time(timeText(event.step.atMs)),
  event_type: 'action',
  src_ip: isPrefix(event.action.target) ? undefined : event.action.target,
  host: known(event.action.agent),
  netscope: actionExtras(event),
})

export const eveFormat: ExportFormatKind = {
  name: 'eve',
  description: 'EVE JSON, as Suricata writes it: event types flow and alert, and our own action.',
  create: () => ({ flow: flowEvent, alert: alertEvent, action: actionEvent }),
}
