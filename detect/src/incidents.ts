/** Findings to incidents: the same detector and key is one detection that grows, until it has been quiet. */
import { createHash } from 'node:crypto'
import { createBoundedMap } from './bounded-map.ts'
import { createCrowd, type Crowd, CROWD_KEY } from './crowd.ts'
import { type Detection, type Finding, labelOf, MAX_EVIDENCE_FLOWS } from './detection.ts'
import type { DetectorKind } from './detector.ts'
import { createIncidentQuota } from './incident-quota.ts'

export type DetectionChange = 'new' | 'grown' | 'ended'
export type DetectionSink = (detection: Detection, change: DetectionChange) => void

export interface IncidentsDeps {
  /** Gets a copy of its own each time; a detection that grows, once per tick. */
  onDetection: DetectionSink
}

export interface Incidents {
  take(kind: DetectorKind, finding: Finding, nowMs: number): void
  /** Tells of what has grown, and ends what was quiet for long enough. */
  tick(nowMs: number): void
  /** Ends all. */
  flush(): void
  readonly open: number
}

/** Some 4 kB each with their evidence; the one that has been quiet for longest ends early. */
const MAX_OPEN = 10_000
const ID_LENGTH = 16

interface Incident {
  detection: Detection
  hasGrown: boolean
  quietAtMs: number
}

export const createIncidents = ({ onDetection }: IncidentsDeps): Incidents => {
  const quota = createIncidentQuota()
  /** By detector. */
  const crowds = new Map<string, Crowd>()

  const tell = (incident: Incident, change: DetectionChange): void => {
    incident.hasGrown = false
    onDetection({ ...incident.detection }, change)
  }

  const end = (incident: Incident): void => {
    incident.detection.state = 'ended'
    tell(incident, 'ended')
  }

  const incidents = createBoundedMap<string, Incident>(MAX_OPEN, (_key, incident) => end(incident))

  const begin = (kind: DetectorKind, finding: Finding, quietAtMs: number): void => {
    const detection = detectionOf(kind, finding)
    const incident = { detection, hasGrown: false, quietAtMs }
    incidents.set(detection.suppressionKey, incident)
    tell(incident, 'new')
  }

  const beginOrGrow = (kind: DetectorKind, finding: Finding, nowMs: number): void => {
    const quietAtMs = Math.max(nowMs, finding.timeMs) + finding.quietMs
    const incident = incidents.get(suppressionKeyOf(kind, finding))
    if (!incident) return begin(kind, finding, quietAtMs)
    grow(incident.detection, finding)
    incident.hasGrown = true
    incident.quietAtMs = Math.max(incident.quietAtMs, quietAtMs)
  }

  /** The detector's crowd, a new one if the one before has ended. */
  const crowdOf = ({ name }: DetectorKind): Crowd => {
    let crowd = crowds.get(name)
    if (!crowd || !incidents.peek(`${name} ${CROWD_KEY}`)) crowds.set(name, (crowd = createCrowd()))
    return crowd
  }

  return {
    take(kind, finding, nowMs) {
      const isOpen = incidents.peek(suppressionKeyOf(kind, finding)) !== undefined
      const hasPlace = isOpen || quota.take(kind.name, finding, nowMs)
      beginOrGrow(kind, hasPlace ? finding : crowdOf(kind).join(finding), nowMs)
    },
    tick(nowMs) {
      for (const [key, incident] of incidents.entries()) {
        if (incident.quietAtMs <= nowMs) {
          incidents.delete(key)
          end(incident)
        } else if (incident.hasGrown) tell(incident, 'grown')
      }
    },
    flush() {
      for (const [, incident] of incidents.entries()) end(incident)
      incidents.clear()
    },
    get open() {
      return incidents.size
    },
  }
}

const suppressionKeyOf = (kind: DetectorKind, { key }: Finding): string => `${kind.name} ${key}`

const detectionOf = (kind: DetectorKind, finding: Finding): Detection => {
  const { key: _key, timeMs, firstMs, count, quietMs: _quietMs, ...shown } = finding
  const suppressionKey = suppressionKeyOf(kind, finding)
  const beganMs = Math.min(firstMs ?? timeMs, timeMs)
  return {
    ...shown,
    evidence: bounded(finding),
    id: idOf(suppressionKey, beganMs),
    detector: kind.name,
    version: kind.version,
    label: labelOf(finding.severity),
    firstMs: beganMs,
    lastMs: timeMs,
    count: count ?? 1,
    state: 'active',
    suppressionKey,
  }
}

/** What is said of an incident is said by its worst finding, of those by the last. */
const grow = (detection: Detection, finding: Finding): void => {
  detection.firstMs = Math.min(detection.firstMs, finding.firstMs ?? finding.timeMs, finding.timeMs)
  detection.lastMs = Math.max(detection.lastMs, finding.timeMs)
  detection.count += finding.count ?? 1
  if (finding.severity < detection.severity) return
  detection.severity = finding.severity
  detection.label = labelOf(finding.severity)
  detection.title = finding.title
  detection.confidence = finding.confidence
  detection.technique = finding.technique
  detection.source = finding.source
  detection.target = finding.target
  detection.direction = finding.direction
  detection.evidence = bounded(finding)
}

const bounded = ({ evidence }: Finding): Finding['evidence'] => ({
  ...evidence,
  flows: evidence.flows.slice(0, MAX_EVIDENCE_FLOWS),
})

const idOf = (suppressionKey: string, beganMs: number): string =>
  createHash('sha256')
    .update(`${suppressionKey} ${Math.floor(beganMs)}`)
    .digest('hex')
    .slice(0, ID_LENGTH)
