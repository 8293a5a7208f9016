/** What is told of a scan. */
import type { Fact, Finding, Party } from '../detection.ts'
import { directionBetween } from '../flow-evidence.ts'
import { type Contact, isSweep, type Technique } from './contact.ts'
import { newProbes, quietMs, type ScanIncident } from './incident.ts'

/**
 * From outside everybody is scanned every day; from inside hardly anybody should scan. Who only looks for hosts does
 * less than who tries ports.
 */
const [SEVERITY_OUTSIDE, SEVERITY_INSIDE, SEVERITY_SWEEP] = [40, 60, 40]
/** Techniques that have no innocent twin. */
const CERTAIN: ReadonlySet<Technique> = new Set(['fin', 'null', 'xmas', 'timestamp', 'mask'])
const FLOWS_MAX = 10

const NAMES: Readonly<Record<Technique, string>> = {
  syn: 'TCP connect or SYN',
  fin: 'TCP FIN',
  null: 'TCP without flags',
  xmas: 'TCP with odd flags (Xmas)',
  ack: 'TCP ACK or window',
  maimon: 'TCP FIN with ACK',
  udp: 'UDP',
  'udp-path': 'UDP',
  sctp: 'SCTP INIT or COOKIE ECHO',
  protocol: 'IP protocols',
  echo: 'ping',
  timestamp: 'ICMP timestamp',
  mask: 'ICMP address mask',
  arp: 'ARP',
  ndp: 'Neighbor Discovery',
}
const PROTOCOLS: Partial<Record<Technique, number>> = {
  udp: 17,
  'udp-path': 17,
  sctp: 132,
  echo: 1,
  timestamp: 1,
  mask: 1,
}

export interface FindingDeps {
  isLocal(address: string): boolean
  leastQuietMs: number
}

export const findingOf = (
  incident: ScanIncident,
  source: Party,
  nowMs: number,
  { isLocal, leastQuietMs }: FindingDeps,
): Finding => {
  const { verdict, techniques } = incident
  const direction = directionBetween({ isLocal }, source.ip ?? incident.target, incident.target)
  const isOnlySweep = [...techniques].every(isSweep)
  const outsideIn = direction === 'inbound' || direction === 'external'
  const hosts = incident.hosts.value()
  const isOnePort = !isOnlySweep && !techniques.has('protocol') && incident.ports.value() === 1
  return {
    key: incident.key,
    title: titleOf(incident, source, isOnlySweep),
    severity: isOnlySweep ? SEVERITY_SWEEP : outsideIn ? SEVERITY_OUTSIDE : SEVERITY_INSIDE,
    confidence:
      [...techniques].some((one) => CERTAIN.has(one)) || incident.probes.value() >= 30
        ? 0.95
        : 0.85,
    technique: isOnlySweep ? 'T1018' : direction === 'inbound' ? 'T1595.001' : 'T1046',
    timeMs: Math.max(incident.firstMs, Math.min(nowMs, incident.lastMs)),
    firstMs: incident.firstMs,
    agent: incident.agent,
    source,
    target: {
      ...(hosts === 1 ? { ip: incident.target } : {}),
      ...(isOnePort ? { port: incident.port } : {}),
    },
    direction,
    count: Math.max(1, newProbes(incident)),
    evidence: {
      reason: `${verdict.reason}.`,
      facts: factsOf(incident),
      flows: verdict.contacts
        .slice(0, FLOWS_MAX)
        .map((contact) => flowOf(contact, source.ip ?? '', [...techniques][0]!)),
    },
    quietMs: quietMs(incident, leastQuietMs),
  }
}

const titleOf = (incident: ScanIncident, source: Party, isOnlySweep: boolean): string => {
  const how = [...new Set([...incident.techniques].map((one) => NAMES[one]))].join(', ')
  const [hosts, ports] = [incident.hosts.value(), incident.ports.value()]
  if (incident.together) {
    return `${incident.together.size} sources scan ${incident.target} together (${how})`
  }
  const who = source.ip ?? ''
  if (isOnlySweep) return `${who} looks for hosts (${how})`
  if (hosts === 1) return `${who} scans ${incident.target} (${how})`
  if (ports === 1) return `${who} looks for port ${incident.port} on many hosts (${how})`
  return `${who} scans many hosts (${how})`
}

const factsOf = (incident: ScanIncident): Fact[] => {
  const facts: Fact[] = incident.verdict.measured.map(([name, value, threshold]) => ({
    name,
    value,
    threshold,
  }))
  // What was measured when it became a scan is kept; the probes go on.
  facts.push({ name: 'probes', value: incident.probes.value(), demand: incident.verdict.demand })
  const more: [string, number][] = [
    ['hosts', incident.hosts.value()],
    ['ports', incident.ports.value()],
    ['refused', incident.refused],
    ['without an answer', incident.silent],
    ['half open', incident.halfOpen],
    ['sources', incident.together?.size ?? 0],
  ]
  for (const [name, value] of more) if (value > 0) facts.push({ name, value })
  return facts
}

const flowOf = (contact: Contact, src: string, technique: Technique) => ({
  src,
  srcPort: contact.srcPort,
  dst: contact.target,
  dstPort: technique === 'protocol' ? 0 : contact.port,
  protocol: technique === 'protocol' ? contact.port : (PROTOCOLS[technique] ?? 6),
  firstMs: contact.timeMs,
  lastMs: contact.timeMs,
  packets: 1 + contact.repeats,
  bytes: 0,
})
