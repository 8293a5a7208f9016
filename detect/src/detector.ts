/** What a detector is. A new one is a file that exports a `DetectorKind`, and a line in detectors.ts. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import type { Observation } from '@netscope/core/observation.ts'
import type { DeviceScore } from './anomaly/device-score.ts'
import type { Finding } from './detection.ts'
import type { FlowStep } from './flow-step.ts'

/** That an address or a name is on somebody's list. */
export interface Listing {
  feed: string
  /** `c2`: servers that command malware; `malicious`: networks of criminals; `attacker`: who attacks others. */
  kind: 'c2' | 'malicious' | 'attacker' | 'tor' | 'other'
  /** Percent: how much it counts. */
  weight: number
}

/** What is known of the network around. */
export interface Surroundings {
  /** Belongs to the networks of this site: private, link-local, of an agent's interfaces, or named in the configuration. */
  isLocal(address: string): boolean
  /** An address of a machine with an agent. */
  isOwn(address: string): boolean
  /** What the device at this address seems to be (`printer`), '' where that is not known. */
  classOf?(address: string): string
  /** Feeds of threat intelligence that an address, or the name of a host, is on. */
  listedOn?(addressOrName: string): readonly Listing[]
  /** Whether an address is an exit of Tor, by a feed. */
  isTorExit?(address: string): boolean
}

export interface DetectorDeps extends Surroundings {
  /** Tells of something; called from within `flow`, `observation` and `tick` only. */
  report(finding: Finding): void
  /** Takes what is kept over time of each device and window; no detection. */
  scored?(score: DeviceScore): void
}

/** What a detector has learned over days: texts by keys of its own. */
export type Learned = ReadonlyMap<string, string>

/** A change of it; undefined: forgotten. */
export type LearnedChange = readonly [key: string, text: string | undefined]

/**
 * Pure: no clock but the times of what comes in, no I/O, no chance, so that a capture gives the same detections each
 * time. Memory is bounded by construction, whoever sends whatever. Never throws.
 */
export interface Detector {
  flow?(step: FlowStep): void
  /** Takes a step that sums up many flows of a flood (`condensed`); `flow` gets none of these. */
  summary?(step: FlowStep): void
  observation?(observation: Observation, agent: string): void
  /** About once a second of the clock of what comes in; `nowMs` never steps back. */
  tick?(nowMs: number): void
  /**
   * What it has learned since it was asked last, and would miss after a restart. What is large and changes often may be held
   * back for an hour, unless `all` is asked for.
   */
  learned?(all: boolean): Iterable<LearnedChange>
}

export interface DetectorKind {
  /** Kebab-case: `tcp-scan`. */
  name: string
  /** Raised when the same input gives other detections. */
  version: number
  /** What it finds, in a sentence. */
  description: string
  /** MITRE ATT&CK ids that its findings bear. */
  techniques: readonly string[]
  /** `learned`: what `learned` gave before a restart, of the same version; may throw where that is damaged. */
  create(settings: DetectSection, deps: DetectorDeps, learned?: Learned): Detector
}
