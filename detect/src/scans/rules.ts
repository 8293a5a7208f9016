/** When the contacts of a source are a scan. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import { type Contact, hasFailed, isSweep, type SweepTechnique } from './contact.ts'
import { isTracePort, withoutTraces } from './path-tracing.ts'
import { judgeSweep } from './sweep-rules.ts'
import type { Tally } from './tally.ts'

export interface RuleDeps {
  isLocal(address: string): boolean
  /** Port unreachable messages that the target has sent to the source. */
  portErrors(source: string, target: string): number
  mayAskForMany(address: string, technique: SweepTechnique): boolean
}

export interface Verdict {
  /** The arithmetic. */
  reason: string
  /** What was compared: name, value, threshold. */
  measured: [string, number, string][]
  /** So many probes are a scan. */
  demand: number
  contacts: Contact[]
}

/** What clients use all day: many that fail are an outage, a filter or a dead cloud, unless they come at once. */
const CLIENT_PORTS: ReadonlySet<number> = new Set([
  25, 53, 80, 110, 123, 143, 443, 465, 587, 853, 993, 995, 1883, 3478, 5222, 5223, 5228, 8080, 8443,
  8883,
])
const MINUTE_MS = 60_000
/** Of failed contacts with the outside, so many hundredths must be with few ports, each at several hosts: peers of a torrent use any. */
const [SAME_PORT_PERCENT, FEW_PORTS, LEAST_HOSTS_OF_PORT] = [80, 4, 4]

export const judge = (
  settings: DetectSection,
  deps: RuleDeps,
  source: string,
  tally: Tally,
  nowMs: number,
): Verdict | undefined => {
  const sinceMs = nowMs - settings.scanMemoryHours * 3_600_000
  const recent = tally.contacts.filter(({ timeMs }) => timeMs >= sinceMs)
  const failed = recent.filter(hasFailed)
  const { technique } = tally
  if (isSweep(technique)) return judgeSweep(settings, deps, { source, technique }, recent, nowMs)
  switch (technique) {
    case 'syn':
      return judgeSyn(settings, deps, source, tally.odds, failed)
    case 'fin':
    case 'null':
    case 'xmas':
      return enough(
        failed,
        settings.scanStealthPorts,
        (count) =>
          `${count} packets with flags that no connection begins with went to as many ports`,
      )
    case 'ack':
    case 'maimon':
      return judgeAck(settings, failed, nowMs)
    case 'udp':
    case 'udp-path':
      return judgeUdp(settings, deps, source, tally, failed)
    case 'sctp':
      return enough(
        largest(failed, byTarget),
        settings.scanStealthPorts,
        (count) => `${count} ports of one host were asked for an SCTP association that never was`,
      )
    case 'protocol':
      break
  }
  return enough(
    largest(failed, byTarget),
    settings.scanProtocols,
    (count) => `one host was asked for ${count} rare IP protocols without an answer`,
  )
}

/** The odds as the test sees them. */
const oddsText = (odds: number, settings: DetectSection): string =>
  `odds of a scan 4^${Math.round(odds * 10) / 10} = ${Math.round(4 ** Math.min(odds, 15))} to 1, threshold ${settings.scanOdds}`

const judgeSyn = (
  settings: DetectSection,
  { isLocal }: RuleDeps,
  source: string,
  odds: number,
  failed: Contact[],
): Verdict | undefined => {
  if (4 ** odds <= settings.scanOdds) return undefined
  const why = (count: number) =>
    `${count} first contacts failed in a row or nearly so: ${oddsText(odds, settings)}`
  const inside = failed.filter(({ target }) => isLocal(target))
  const floor = isLocal(source) ? settings.scanFailuresInside : settings.scanFailuresOutside
  const found = enough(inside, floor, why)
  if (found) return found
  const outside = failed.filter(({ target }) => !isLocal(target))
  return (
    enough(largest(outside, byTarget), settings.scanFailuresInside, why) ??
    judgeSamePorts(settings, outside, why)
  )
}

/** Hosts that are tried on the same one port, or the same few. */
const judgeSamePorts = (
  settings: DetectSection,
  outside: Contact[],
  why: (count: number) => string,
): Verdict | undefined => {
  const same = withFewPorts(outside)
  if (same.length * 100 < outside.length * SAME_PORT_PERCENT) return undefined
  const most = settings.scanOutsideHosts
  if (new Set(same.map(byTarget)).size * 2 < most) return undefined
  const found = enough(
    same.filter(({ port }) => !CLIENT_PORTS.has(port)),
    most,
    why,
  )
  if (found) return found
  const many = Math.min(2 * most, 30)
  return spanMs(same.slice(-many)) <= MINUTE_MS ? enough(same, many, why) : undefined
}

const withFewPorts = (contacts: Contact[]): Contact[] => {
  const ports = [...Map.groupBy(contacts, byPort)]
    .filter(([, { length }]) => length >= LEAST_HOSTS_OF_PORT)
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, FEW_PORTS)
    .map(([port]) => port)
  return contacts.filter(({ port }) => ports.includes(port))
}

const judgeAck = (
  settings: DetectSection,
  failed: Contact[],
  nowMs: number,
): Verdict | undefined => {
  const ports = enough(
    largest(failed, byTarget),
    settings.scanAckPorts,
    (count) => `acknowledgements of nothing went to ${count} ports of one host`,
  )
  if (ports) return ports
  // Connections that a restarted router has forgotten look the same, but each has a port of its own.
  const together = failed.filter(({ timeMs }) => timeMs >= nowMs - MINUTE_MS)
  return enough(
    largest(together, bySrcPort),
    settings.scanAckPorts * 2,
    (count) => `acknowledgements of nothing went to ${count} hosts from one port`,
  )
}

const judgeUdp = (
  settings: DetectSection,
  { isLocal, portErrors }: RuleDeps,
  source: string,
  { odds, technique }: Tally,
  failed: Contact[],
): Verdict | undefined => {
  if (4 ** odds <= settings.scanOdds) return undefined
  const ports = largest(technique === 'udp-path' ? withoutTraces(failed) : failed, byTarget)
  const errors = portErrors(source, ports[0]?.target ?? '')
  const isRefused = errors >= settings.scanUdpErrors
  const found = enough(
    ports,
    isRefused ? settings.scanUdpRefused : settings.scanUdpSilent,
    (count) =>
      `${count} ports of one host gave no answer, and it said "port unreachable" ${errors} times; ${oddsText(odds, settings)}`,
  )
  if (found) {
    if (isRefused)
      found.measured.push(['messages "port unreachable"', errors, `>= ${settings.scanUdpErrors}`])
    return found
  }
  const hosts = largest(
    failed.filter(({ port }) => !isTracePort(port)),
    byPort,
  )
  const port = hosts[0]?.port ?? 0
  const isInside = hosts.every(({ target }) => isLocal(target))
  if (!isInside && (port >= 1024 || CLIENT_PORTS.has(port))) return undefined
  return enough(
    hosts,
    isInside ? settings.scanOutsideHosts : settings.scanUdpSilent,
    (count) => `${count} hosts gave no answer on port ${port}; ${oddsText(odds, settings)}`,
  )
}

/** What counts is distinct by construction: a contact is kept once. */
const enough = (
  contacts: Contact[],
  threshold: number,
  reason: (count: number) => string,
): Verdict | undefined =>
  contacts.length < threshold
    ? undefined
    : {
        reason: reason(contacts.length),
        measured: [['first contacts that failed', contacts.length, `>= ${threshold}`]],
        demand: threshold,
        contacts,
      }

const byTarget = ({ target }: Contact): string => target
const byPort = ({ port }: Contact): number => port
const bySrcPort = ({ srcPort }: Contact): number => srcPort

const largest = (contacts: Contact[], by: (contact: Contact) => string | number): Contact[] => {
  let most: Contact[] = []
  for (const group of Map.groupBy(contacts, by).values())
    if (group.length > most.length) most = group
  return most
}

const spanMs = (contacts: readonly Contact[]): number =>
  (contacts.at(-1)?.timeMs ?? 0) - (contacts[0]?.timeMs ?? 0)
