/** Scans of one host by several sources, seen by whichever agents: one detection, kept by target. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import type { Finding } from '../detection.ts'
import { createBoundedMap } from '../bounded-map.ts'
import { type Contact, isSweep, type Technique } from './contact.ts'
import {
  addProbe,
  createIncident,
  newProbes,
  quietMs,
  type ScanIncident,
  SOURCES_MAX,
} from './incident.ts'
import type { Verdict } from './rules.ts'
import { findingOf } from './scan-finding.ts'
import type { TargetTable } from './targets.ts'

export interface TogetherDeps {
  targets: TargetTable
  isLocal(address: string): boolean
  report(finding: Finding): void
}

export interface Together {
  /** Takes a failed contact that belongs to such a scan. */
  absorb(source: string, technique: Technique, contact: Contact): boolean
  /** Whether a scan that was not told of is part of one by several sources. */
  opens(technique: Technique, incident: ScanIncident): boolean
  tick(nowMs: number): void
}

const INCIDENTS_MAX = 256

export const createTogether = (settings: DetectSection, deps: TogetherDeps): Together => {
  const { targets, isLocal } = deps
  const incidents = createBoundedMap<string, ScanIncident>(INCIDENTS_MAX)
  const leastQuietMs = settings.scanQuietSeconds * 1000
  /** Targets of failed contacts since the last tick, and how they were tried. */
  const touched = new Map<string, Technique>()

  const begin = (target: string, technique: Technique): boolean => {
    if (incidents.peek(target)) return true
    const found = targets.together(target)
    if (!found) return false
    const { sources, ports, contacts } = found
    const verdict: Verdict = {
      reason: `${sources.length} sources tried ${ports} ports of one host without success within ten minutes`,
      measured: [
        ['sources that tried several ports', sources.length, `>= ${settings.scanTogetherSources}`],
        ['ports that they tried', ports, `>= ${settings.scanTogetherPorts}`],
      ],
      demand: settings.scanTogetherPorts,
      contacts,
    }
    incidents.set(
      target,
      createIncident(`${target} together`, technique, verdict, new Set(sources)),
    )
    return true
  }

  return {
    absorb(source, technique, contact) {
      if (isSweep(technique)) return false
      const incident = incidents.peek(contact.target)
      if (!incident?.together) {
        if (touched.size < INCIDENTS_MAX) touched.set(contact.target, technique)
        return false
      }
      if (!incident.together.has(source)) {
        if (incident.together.size >= SOURCES_MAX) return true
        incident.together.add(source)
      }
      addProbe(incident, technique, contact)
      return true
    },
    opens: (technique, { hosts, target }) => hosts.value() === 1 && begin(target, technique),
    tick(nowMs) {
      for (const [target, technique] of touched) begin(target, technique)
      touched.clear()
      for (const [target, incident] of incidents.entries()) {
        if (newProbes(incident) > 0) {
          deps.report(findingOf(incident, {}, nowMs, { isLocal, leastQuietMs }))
          incident.toldProbes = incident.probes.value()
        } else if (nowMs - incident.lastMs > quietMs(incident, leastQuietMs))
          incidents.delete(target)
      }
    },
  }
}
