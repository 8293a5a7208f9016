/** A scan that goes on: one detection, whatever it tries. */
import { type ContactCount, createContactCount } from './contact-count.ts'
import { type Contact, familyOf, isSweep, type Technique } from './contact.ts'
import type { Verdict } from './rules.ts'

export interface ScanIncident {
  /** Of its finding. */
  readonly key: string
  readonly families: Set<string>
  readonly techniques: Set<Technique>
  readonly firstMs: number
  lastMs: number
  /** Distinct hosts and ports. */
  readonly probes: ContactCount
  /** Probes that were told of. */
  toldProbes: number
  readonly hosts: ContactCount
  readonly ports: ContactCount
  /** Latest target and port. */
  target: string
  port: number
  agent: string
  refused: number
  silent: number
  halfOpen: number
  verdict: Verdict
  /** Of a scan by several sources: who. */
  readonly together: Set<string> | undefined
}

/** Sources of a common scan that are named. */
export const SOURCES_MAX = 256
/** What begins within so long of other probes by the same source is the same run of a tool. */
const JOIN_MS = 2000
/** A slow scan is over after so many times the pause between its probes. */
const QUIET_PAUSES = 20
const LONGEST_QUIET_MS = 4 * 3_600_000

export const createIncident = (
  key: string,
  technique: Technique,
  verdict: Verdict,
  together?: Set<string>,
): ScanIncident => {
  const incident: ScanIncident = {
    key,
    families: new Set([familyOf(technique)]),
    techniques: new Set([technique]),
    firstMs: Math.min(...verdict.contacts.map(({ timeMs }) => timeMs)),
    lastMs: 0,
    probes: createContactCount(),
    toldProbes: 0,
    hosts: createContactCount(),
    ports: createContactCount(),
    target: '',
    port: 0,
    agent: '',
    refused: 0,
    silent: 0,
    halfOpen: 0,
    verdict,
    together,
  }
  for (const contact of verdict.contacts) addProbe(incident, technique, contact)
  return incident
}

export const addProbe = (incident: ScanIncident, technique: Technique, contact: Contact): void => {
  const { target, port, timeMs, outcome } = contact
  incident.families.add(familyOf(technique))
  incident.techniques.add(technique)
  incident.lastMs = Math.max(incident.lastMs, timeMs)
  const before = incident.probes.value()
  incident.probes.add(`${technique} ${target} ${port}`)
  incident.hosts.add(target)
  if (!isSweep(technique)) incident.ports.add(port)
  ;[incident.target, incident.port, incident.agent] = [target, port, contact.agent]
  if (incident.probes.value() === before) return
  if (outcome === 'refused') incident.refused++
  else if (outcome === 'half-open') incident.halfOpen++
  else if (outcome === 'silent') incident.silent++
}

/** Probes that were not told of yet. */
export const newProbes = ({ probes, toldProbes }: ScanIncident): number =>
  Math.max(0, probes.value() - toldProbes)

export const quietMs = (incident: ScanIncident, leastMs: number): number => {
  const pauseMs = (incident.lastMs - incident.firstMs) / Math.max(1, incident.probes.value() - 1)
  return Math.round(Math.min(LONGEST_QUIET_MS, Math.max(leastMs, QUIET_PAUSES * pauseMs)))
}

/** The incident of these that probes by `technique` at `timeMs` belong to, or join. */
export const incidentFor = (
  incidents: readonly ScanIncident[],
  technique: Technique,
  timeMs: number,
): ScanIncident | undefined => {
  const family = familyOf(technique)
  return (
    incidents.find(({ families }) => families.has(family)) ??
    incidents.find(
      ({ families, lastMs }) =>
        timeMs - lastMs <= JOIN_MS || families.has('sweep') || family === 'sweep',
    )
  )
}
