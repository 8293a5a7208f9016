/** Elastic Common Schema 8.17 (https://www.elastic.co/guide/en/ecs/8.17/): what it has no field for is in `netscope`. */
import type { AlertRow } from '../../alerts/alert-row.ts'
import type { StoredFlow } from '../../store/flow-store.ts'
import type { AlertMoment, ExportFormatKind } from '../export-format.ts'
import { ecsAction } from './ecs-action.ts'
import { cut, keyword } from './ecs-keyword.ts'
import { alertExtras, alertFlow, anyKnown, flowExtras, hasPorts, icmpOf } from './known-parts.ts'
import { isIpv6, known, localProcess } from './known-parts.ts'

const ECS_VERSION = '8.17.0'

const TRANSPORTS: Readonly<Record<number, string>> = {
  ...{ 1: 'icmp', 6: 'tcp', 17: 'udp', 47: 'gre', 50: 'esp', 58: 'ipv6-icmp', 132: 'sctp' },
}
/** As seen from the host that counted. */
const DIRECTIONS: Readonly<Record<string, string>> = { inbound: 'ingress', outbound: 'egress' }

const unique = (texts: readonly string[]) =>
  known([...new Set(texts)].filter((text) => text !== '').map(cut))
const nanoseconds = (ms: number): number => Math.round(ms * 1000) * 1000
const idText = (id: number): string | undefined => (id === 0 ? undefined : String(id))
const vlan = (id: number) => anyKnown({ id: idText(id) })

/** ECS: letters in capitals, hyphens between. */
const mac = (text: string): string | undefined => known(text.toUpperCase().replaceAll(':', '-'))

const containerOf = (text: string) => {
  const at = text.indexOf(':')
  return at < 0 ? undefined : { runtime: text.slice(0, at), id: text.slice(at + 1) }
}

const processOf = (flow: StoredFlow) => {
  const process = localProcess(flow)
  if (!process) return {}
  const { command: name, pid, commandLine, started, user, container } = process
  return {
    process: { name, pid, command_line: known(commandLine), start: known(started) },
    user: anyKnown({ name: known(user) }),
    container: containerOf(container),
  }
}

const observerOf = (version: string) => ({
  ...{ vendor: 'NetScope', product: 'NetScope', type: 'ids', version },
})

const crossingOf = ({ interface: name, direction }: StoredFlow) => {
  if (name === '') return {}
  const crossing = { interface: { name } }
  return direction === 'outbound' ? { egress: crossing } : { ingress: crossing }
}

const flowEvent = (flow: StoredFlow, version: string): object => {
  const isDropped = flow.verdict === 'DROP'
  const ports = hasPorts(flow)
  // A view computes each time that it is asked.
  const { src, dst, lastSeen, srcName, dstName } = flow
  return {
    '@timestamp': lastSeen,
    ecs: { version: ECS_VERSION },
    event: {
      ...{ kind: 'event', category: ['network'], dataset: 'netscope.flow', module: 'netscope' },
      type: ['connection', 'end', isDropped ? 'denied' : 'allowed'],
      ...{ action: 'flow_ended', id: flow.id, start: flow.firstSeen, end: lastSeen },
      ...{ duration: nanoseconds(flow.durationMs), reason: known(flow.end) },
    },
    network: {
      ...{ community_id: flow.communityId, type: isIpv6(src) ? 'ipv6' : 'ipv4' },
      transport: TRANSPORTS[flow.protocolNumber] ?? flow.protocol.toLowerCase(),
      iana_number: String(flow.protocolNumber),
      protocol: flow.sni || flow.ja4 ? 'tls' : flow.httpHost ? 'http' : undefined,
      direction: DIRECTIONS[flow.direction] ?? 'unknown',
      bytes: flow.srcBytes + flow.dstBytes,
      packets: flow.srcPackets + flow.dstPackets,
      vlan: vlan(flow.vlan),
      inner: flow.innerVlan === 0 ? undefined : { vlan: vlan(flow.innerVlan) },
    },
    source: {
      ...{ address: src, ip: src, port: ports ? flow.srcPort : undefined },
      ...{ bytes: flow.srcBytes, packets: flow.srcPackets, domain: keyword(srcName) },
    },
    destination: {
      ...{ address: dst, ip: dst, port: ports ? flow.dstPort : undefined },
      ...{ bytes: flow.dstBytes, packets: flow.dstPackets, domain: keyword(dstName) },
    },
    ...processOf(flow),
    tls: flow.sni === '' ? undefined : { client: { server_name: keyword(flow.sni) } },
    url: flow.httpHost === '' ? undefined : { domain: keyword(flow.httpHost) },
    host: { name: flow.agent },
    observer: {
      ...{ ...observerOf(version), name: flow.agent },
      ...crossingOf(flow),
    },
    related: {
      ip: unique([src, dst]),
      hosts: unique([srcName, dstName, flow.sni, flow.httpHost]),
      user: unique([flow.srcUser, flow.dstUser]),
    },
    netscope: { ...flowExtras(flow), icmp: icmpOf(flow) },
  }
}

/** `T1071.001` is a sub-technique of T1071. */
const threatOf = (technique: string) => {
  if (technique === '') return undefined
  const [id = ''] = technique.split('.')
  const subtechnique = technique === id ? undefined : { id: [technique] }
  return { framework: 'MITRE ATT&CK', technique: { id: [id], subtechnique } }
}

const sideOf = (of: { ip: string; port: number; mac: string; name: string }) =>
  anyKnown({
    ...{ address: keyword(of.ip || of.name), ip: known(of.ip), port: known(of.port) },
    ...{ mac: mac(of.mac), domain: keyword(of.name) },
  })

const alertEvent = (row: AlertRow, moment: AlertMoment, version: string): object => {
  const flow = alertFlow(row)
  const { src, srcPort, srcMac, srcName, dst, dstPort, dstMac, dstName } = row
  const first = src || dst
  return {
    '@timestamp': row.lastSeen,
    ecs: { version: ECS_VERSION },
    message: row.title,
    event: {
      ...{ kind: 'alert', category: ['intrusion_detection'], type: ['info'], code: row.detector },
      ...{ dataset: 'netscope.alert', module: 'netscope', action: `alert_${moment}` },
      ...{ id: `${row.id}-${moment}-${row.count}`, severity: row.severity, risk_score: row.risk },
      ...{ start: row.firstSeen, end: row.lastSeen, reason: keyword(row.evidence.reason) },
    },
    rule: {
      ...{ id: row.detector, name: row.detector, version: String(row.version) },
      ...{ ruleset: 'netscope', description: keyword(row.title) },
    },
    threat: threatOf(row.technique),
    network: anyKnown({
      type: first === '' ? undefined : isIpv6(first) ? 'ipv6' : 'ipv4',
      transport: flow && (TRANSPORTS[flow.protocol] ?? String(flow.protocol)),
      community_id: known(flow?.communityId ?? ''),
      vlan: vlan(row.vlan),
    }),
    source: sideOf({ ip: src, port: srcPort, mac: srcMac, name: srcName }),
    destination: sideOf({ ip: dst, port: dstPort, mac: dstMac, name: dstName }),
    host: row.agent === '' ? undefined : { name: row.agent },
    observer: { ...observerOf(version), name: known(row.agent) },
    related: { ip: unique([src, dst]), hosts: unique([srcName, dstName]) },
    netscope: { moment, ...alertExtras(row) },
  }
}

export const ecsFormat: ExportFormatKind = {
  name: 'ecs',
  description: 'Elastic Common Schema 8.17: event.kind event and alert.',
  create: (version) => ({
    flow: (flow) => flowEvent(flow, version),
    alert: (row, moment) => alertEvent(row, moment, version),
    action: (event) => ecsAction(event, { ecs: ECS_VERSION, observer: observerOf(version) }),
  }),
}
