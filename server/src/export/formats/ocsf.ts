/**
 * OCSF 1.4 (https://schema.ocsf.io/1.4.0/): flows as Network Activity (4001), alerts as Detection Finding (2004), steps of
 * actions as Network Remediation Activity (7004). What it has no attribute for is in `unmapped`. Times are milliseconds since
 * 1970.
 */
import type { AlertRow } from '../../alerts/alert-row.ts'
import type { StoredFlow } from '../../store/flow-store.ts'
import type { AlertMoment, ExportFormatKind } from '../export-format.ts'
import { alertExtras, alertFlow, anyKnown, flowExtras, hasPorts, icmpOf } from './known-parts.ts'
import { known, localProcess } from './known-parts.ts'
import { ocsfAction } from './ocsf-action.ts'
import { classOf, hostOf, ipVersion, metadataOf, SEVERITIES } from './ocsf-parts.ts'
import type { Activity } from './ocsf-parts.ts'

/** Milliseconds since 1970; times have microseconds, which Date.parse leaves out. */
const time = (iso: string): number => Date.parse(iso)

const NETWORK_ACTIVITY = {
  ...{ category_uid: 4, category_name: 'Network Activity', class_uid: 4001 },
  class_name: 'Network Activity',
}
const DETECTION_FINDING = {
  ...{ category_uid: 2, category_name: 'Findings', class_uid: 2004 },
  class_name: 'Detection Finding',
}

const activityOf = ({ handshake, end }: StoredFlow): Activity => {
  if (handshake === 'refused') return { id: 5, name: 'Refuse' }
  if (handshake === 'unanswered') return { id: 4, name: 'Fail' }
  if (end === 'reset') return { id: 3, name: 'Reset' }
  if (end === 'closed') return { id: 2, name: 'Close' }
  return { id: 6, name: 'Traffic' }
}

const DIRECTIONS: Readonly<Record<string, [number, string]>> = {
  ...{ inbound: [1, 'Inbound'], outbound: [2, 'Outbound'], internal: [3, 'Lateral'] },
}

const directionOf = (direction: string) => {
  const [direction_id, name] = DIRECTIONS[direction] ?? [0, 'Unknown']
  return { direction_id, direction: name }
}

const connectionOf = (flow: StoredFlow) => ({
  ...{ uid: flow.id, community_uid: flow.communityId },
  ...{ protocol_num: flow.protocolNumber, protocol_name: flow.protocol.toLowerCase() },
  ...{ ...ipVersion(flow.src), ...directionOf(flow.direction) },
  tcp_flags: flow.protocolNumber === 6 ? flow.srcTcpFlags | flow.dstTcpFlags : undefined,
})

/** Of profile `container`; `runtime:id`. */
const containerOf = (text: string) => {
  const at = text.indexOf(':')
  return at < 0 ? undefined : { runtime: text.slice(0, at), uid: text.slice(at + 1) }
}

const actorOf = (flow: StoredFlow) => {
  const process = localProcess(flow)
  if (!process) return undefined
  const { command: name, pid, commandLine, started, user, container } = process
  return {
    process: {
      ...{ name, pid, cmd_line: known(commandLine) },
      created_time: started === '' ? undefined : time(started),
      user: user === '' ? undefined : { name: user },
      container: containerOf(container),
    },
  }
}

const DENIED = {
  ...{ action_id: 2, action: 'Denied', disposition_id: 2, disposition: 'Blocked' },
}

const profilesOf = (flow: StoredFlow): string[] => [
  'host',
  ...(flow.verdict === 'DROP' ? ['security_control'] : []),
  ...(localProcess(flow)?.container ? ['container'] : []),
]

const flowEvent = (flow: StoredFlow, version: string): object => {
  const ports = hasPorts(flow)
  // A view computes each time that it is asked.
  const lastMs = time(flow.lastSeen)
  const ja4 = flow.ja4 && [{ type_id: 1, type: 'JA4', value: flow.ja4 }]
  return {
    ...classOf(NETWORK_ACTIVITY, activityOf(flow)),
    ...{ severity_id: 1, severity: 'Informational', time: lastMs },
    ...{ start_time: time(flow.firstSeen), end_time: lastMs },
    duration: Math.round(flow.durationMs),
    count: known(flow.condensed),
    metadata: metadataOf(version, profilesOf(flow)),
    ...(flow.verdict === 'DROP' && DENIED),
    device: { ...hostOf(flow.agent), interface_name: known(flow.interface) },
    actor: actorOf(flow),
    connection_info: connectionOf(flow),
    src_endpoint: {
      ...{ ip: flow.src, port: ports ? flow.srcPort : undefined, hostname: known(flow.srcName) },
      vlan_uid: flow.vlan === 0 ? undefined : String(flow.vlan),
    },
    dst_endpoint: {
      ...{ ip: flow.dst, port: ports ? flow.dstPort : undefined },
      hostname: known(flow.dstName || flow.sni || flow.httpHost),
    },
    traffic: {
      ...{ bytes_out: flow.srcBytes, bytes_in: flow.dstBytes },
      bytes: flow.srcBytes + flow.dstBytes,
      ...{ packets_out: flow.srcPackets, packets_in: flow.dstPackets },
      packets: flow.srcPackets + flow.dstPackets,
    },
    ja4_fingerprint_list: ja4 || undefined,
    unmapped: {
      ...{ ...flowExtras(flow), icmp: icmpOf(flow), sni: known(flow.sni) },
    },
  }
}

const FINDING_ACTIVITIES: Readonly<Record<AlertMoment, Activity>> = {
  new: { id: 1, name: 'Create' },
  raised: { id: 2, name: 'Update' },
  resumed: { id: 2, name: 'Update' },
  ended: { id: 3, name: 'Close' },
}

const STATUSES: Readonly<Record<AlertRow['workflow']['state'], [number, string]>> = {
  ...{ open: [1, 'New'], acknowledged: [2, 'In Progress'], resolved: [4, 'Resolved'] },
  ...{ silenced: [3, 'Suppressed'], 'false-positive': [3, 'Suppressed'] },
}

const confidenceOf = (confidence: number) => {
  const score = Math.round(confidence * 100)
  const [confidence_id, name] = score < 40 ? [1, 'Low'] : score < 75 ? [2, 'Medium'] : [3, 'High']
  return { confidence_score: score, confidence_id, confidence: name }
}

const endpointOf = (of: { ip: string; port: number; mac: string; name: string }) =>
  of.ip === '' && of.name === ''
    ? undefined
    : {
        ...{ ip: known(of.ip), port: known(of.port), mac: known(of.mac) },
        hostname: known(of.name),
      }

const evidencesOf = (row: AlertRow) => {
  const { src, srcPort, srcMac, srcName, dst, dstPort, dstMac, dstName } = row
  const flow = alertFlow(row)
  const sides = {
    src_endpoint: endpointOf({ ip: src, port: srcPort, mac: srcMac, name: srcName }),
    dst_endpoint: endpointOf({ ip: dst, port: dstPort, mac: dstMac, name: dstName }),
    connection_info: {
      ...directionOf(row.direction),
      ...(flow && { protocol_num: flow.protocol, community_uid: known(flow.communityId) }),
    },
  }
  const flows = row.evidence.flows.map((of) => ({
    src_endpoint: { ip: of.src, port: known(of.srcPort) },
    dst_endpoint: { ip: of.dst, port: known(of.dstPort) },
    connection_info: { protocol_num: of.protocol, direction_id: 0, direction: 'Unknown' },
    data: { packets: of.packets, bytes: of.bytes, first_ms: of.firstMs, last_ms: of.lastMs },
  }))
  return [sides, ...flows]
}

const attacksOf = (technique: string) => {
  if (technique === '') return undefined
  const [uid = ''] = technique.split('.')
  return [{ technique: { uid }, sub_technique: technique === uid ? undefined : { uid: technique } }]
}

/** What kind of reasoning a detector is: 4 learning, 2 behavioural. */
const analyticOf = ({ detector, version }: AlertRow) => {
  const kind = detector === 'anomaly' ? [4, 'Learning (ML/DL)'] : [2, 'Behavioral']
  return {
    ...{ type_id: kind[0], type: kind[1], uid: detector, name: detector },
    version: String(version),
  }
}

const alertEvent = (row: AlertRow, moment: AlertMoment, version: string): object => {
  const [severity_id, severity] = SEVERITIES[row.label]
  const [status_id, status] = STATUSES[row.workflow.state]
  const first = time(row.firstSeen)
  const last = time(row.lastSeen)
  return {
    ...classOf(DETECTION_FINDING, FINDING_ACTIVITIES[moment]),
    ...{ severity_id, severity, status_id, status, time: last, start_time: first, end_time: last },
    ...{ message: row.title, count: row.count, is_alert: moment !== 'ended' },
    ...{ ...confidenceOf(row.confidence), risk_score: row.risk },
    metadata: metadataOf(version, row.agent === '' ? [] : ['host']),
    device: hostOf(row.agent),
    finding_info: {
      ...{ uid: row.id, title: row.title, desc: row.evidence.reason, types: [row.detector] },
      ...{ analytic: analyticOf(row), attacks: attacksOf(row.technique) },
      ...{ created_time: first, first_seen_time: first, last_seen_time: last },
    },
    evidences: evidencesOf(row),
    unmapped: anyKnown({ moment, ...alertExtras(row) }),
  }
}

export const ocsfFormat: ExportFormatKind = {
  name: 'ocsf',
  description:
    'OCSF 1.4: Network Activity (4001), Detection Finding (2004), Network Remediation Activity (7004).',
  create: (version) => ({
    flow: (flow) => flowEvent(flow, version),
    alert: (row, moment) => alertEvent(row, moment, version),
    action: (event) => ocsfAction(event, version),
  }),
}
