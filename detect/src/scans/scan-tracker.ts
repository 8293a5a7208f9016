/** Follows the first contacts of all sources, judges them, and tells of scans. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import type { Finding } from '../detection.ts'
import { type Contact, hasFailed, isSweep, type Probe } from './contact.ts'
import {
  addProbe,
  createIncident,
  incidentFor,
  newProbes,
  quietMs,
  type ScanIncident,
} from './incident.ts'
import type { LinkProbes } from './link-probes.ts'
import type { ObservationPoints } from './observation-points.ts'
import { judge } from './rules.ts'
import { findingOf } from './scan-finding.ts'
import { createSourceTable, type ScanSource, tallyOf } from './source-table.ts'
import { drop, fail, noteProbe, type Tally } from './tally.ts'
import { createTargetTable } from './targets.ts'
import { createTogether } from './together.ts'

export interface ScanTrackerDeps {
  isLocal(address: string): boolean
  report(finding: Finding): void
  points: ObservationPoints
  links: LinkProbes
  portErrors(source: string, target: string): number
}

export interface ScanTracker {
  probe(probe: Probe): void
  tick(nowMs: number): void
}

const HOUR_MS = 3_600_000
const EXPIRE_MS = 60_000
/** Neighbours answer ARP and Neighbor Discovery at once, or never; the packets that a router asks for are told of within a second. */
const LINK_ANSWER_MS = 1400
/** Routers keep packets for so long while they ask whom to give them to. */
const ROUTER_ASKS_MS = 5000
/** A neighbour that spoke so lately is there. */
const ALIVE_MS = 24 * HOUR_MS

/** Sources that scan at the same time; of them outside, where senders are invented at will. More would be a flood. */
const [SCANNING_MAX, OUTSIDE_MAX] = [1024, 768]

export const createScanTracker = (settings: DetectSection, deps: ScanTrackerDeps): ScanTracker => {
  const { isLocal, points, links } = deps
  const sources = createSourceTable(settings.scanSources)
  const targets = createTargetTable(settings, isLocal)
  const leastQuietMs = settings.scanQuietSeconds * 1000
  const together = createTogether(settings, { targets, isLocal, report: deps.report })
  const rules = {
    isLocal,
    portErrors: deps.portErrors,
    mayAskForMany: links.mayAskForMany,
  }
  const waiting = new Set<ScanSource>()
  /** Sources with an incident. */
  const scanning = new Set<ScanSource>()
  /** Among them those outside. */
  const outside = new Set<ScanSource>()
  let expiredMs = 0

  const hasPlace = (isOutside: boolean): boolean =>
    scanning.size < SCANNING_MAX && !(isOutside && outside.size >= OUTSIDE_MAX)

  const count = (source: ScanSource, tally: Tally, contact: Contact): void => {
    const { technique } = tally
    // Many may trace the path to one host.
    if (technique !== 'udp-path') {
      if (!isSweep(technique)) targets.noteFailure(source.address, contact)
      if (together.absorb(source.address, technique, contact)) return
    }
    const known = incidentFor(source.incidents, technique, contact.timeMs)
    if (known?.techniques.has(technique)) return addProbe(known, technique, contact)
    const verdict = judge(settings, rules, source.address, tally, contact.timeMs)
    if (!verdict) return
    if (known) {
      for (const each of verdict.contacts) addProbe(known, technique, each)
      if (!isSweep(technique)) known.verdict = verdict
      return
    }
    const isOutside = !isLocal(source.address)
    if (!scanning.has(source) && !hasPlace(isOutside)) return
    const key = `${source.address} ${technique === 'udp-path' ? 'udp' : technique}`
    source.incidents.push(createIncident(key, technique, verdict))
    scanning.add(source)
    if (isOutside) outside.add(source)
  }

  const note = (source: ScanSource, probe: Probe): void => {
    const tally = tallyOf(source, probe.technique)
    source.lastMs = Math.max(source.lastMs, probe.timeMs)
    if (probe.mac !== '') source.mac = probe.mac
    const contact = noteProbe(tally, probe)
    if (tally.waiting > 0) waiting.add(source)
    if (!contact) return
    // What ended without an answer is silent now: whether that means something is settled as for those that wait.
    if (contact.outcome === 'silent' && !isMeaningful(tally, contact)) drop(tally, contact)
    else count(source, tally, contact)
  }

  const isMeaningful = ({ technique }: Tally, contact: Contact): boolean => {
    if (technique === 'arp' || technique === 'ndp') return true
    if (points.isOneWay(contact.agent, contact.ifindex)) return false
    if (isLocal(contact.target)) return true
    return points.isOutsideUp(contact.agent, contact.target, contact.timeMs) !== false
  }

  /** Somebody has the address, or somebody else wants to reach it. */
  const isExplained = ({ address }: ScanSource, { target, timeMs }: Contact, nowMs: number) =>
    links.isAlive(target, nowMs - ALIVE_MS) ||
    links.isAskedForAnother(address, target, timeMs - ROUTER_ASKS_MS)

  const settle = (source: ScanSource, nowMs: number): void => {
    let isWaiting = false
    for (const tally of source.tallies) {
      if (tally.waiting === 0) continue
      const isLink = tally.technique === 'arp' || tally.technique === 'ndp'
      const answerMs = isLink ? LINK_ANSWER_MS : settings.scanAnswerMs
      for (const contact of tally.contacts.slice()) {
        if (contact.outcome !== 'waiting' || nowMs - contact.timeMs < answerMs) continue
        if (isLink && isExplained(source, contact, nowMs)) drop(tally, contact)
        else if (!isMeaningful(tally, contact)) drop(tally, contact)
        else {
          fail(tally, contact, contact.isHalfOpen ? 'half-open' : 'silent')
          count(source, tally, contact)
        }
      }
      // Hosts that were pinged since may be what makes a sweep of the silence before.
      const last = tally.technique === 'echo' ? tally.contacts.findLast(hasFailed) : undefined
      if (last) count(source, tally, last)
      if (tally.waiting > 0) isWaiting = true
    }
    if (!isWaiting) waiting.delete(source)
  }

  const tell = (source: ScanSource, incident: ScanIncident, nowMs: number): void => {
    if (newProbes(incident) === 0) return
    const party = {
      ip: source.address,
      ...(source.mac === '' ? {} : { mac: source.mac }),
      ...(source.vlan === 0 ? {} : { vlan: source.vlan }),
    }
    deps.report(findingOf(incident, party, nowMs, { isLocal, leastQuietMs }))
    incident.toldProbes = incident.probes.value()
  }

  const tellAll = (nowMs: number): void => {
    for (const source of scanning) {
      source.incidents = source.incidents.filter((incident) => {
        const [technique = 'syn'] = incident.techniques
        if (incident.toldProbes === 0 && together.opens(technique, incident)) return false
        tell(source, incident, nowMs)
        const isOn = nowMs - incident.lastMs <= quietMs(incident, leastQuietMs)
        if (!isOn) forget(source, incident)
        return isOn
      })
      if (source.incidents.length > 0) continue
      scanning.delete(source)
      outside.delete(source)
    }
  }

  /** What was told of is no reason to tell again. */
  const forget = (source: ScanSource, { techniques }: ScanIncident): void => {
    for (const tally of source.tallies) {
      if (!techniques.has(tally.technique)) continue
      tally.odds = Math.min(tally.odds, 0)
      for (const contact of tally.contacts.filter(hasFailed)) {
        tally.contacts.splice(tally.contacts.indexOf(contact), 1)
      }
    }
  }

  return {
    probe(probe) {
      const { outcome, target, timeMs } = probe
      if (outcome === 'void' || (outcome === 'answered' && !isSweep(probe.technique))) {
        const source = sources.get(probe.source)
        if (source) note(source, probe)
        else sources.clear(probe)
        return
      }
      const isLink = probe.technique === 'arp' || probe.technique === 'ndp'
      const mayAdd = isLink || !targets.isFlooded(target, timeMs)
      const source = sources.admit(probe, mayAdd, (earlier) => {
        const admitted = sources.get(probe.source)
        if (admitted) note(admitted, earlier)
      })
      if (source) note(source, probe)
      else if (!isLink) targets.noteNewcomer(target, timeMs)
    },
    tick(nowMs) {
      for (const source of waiting) settle(source, nowMs)
      tellAll(nowMs)
      together.tick(nowMs)
      if (nowMs - expiredMs >= EXPIRE_MS) {
        expiredMs = nowMs
        sources.expire(nowMs - settings.scanMemoryHours * HOUR_MS)
      }
    },
  }
}
