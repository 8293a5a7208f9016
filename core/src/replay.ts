/** What `netscope replay` prints, one JSON object a line: flows and alerts as they end, last the summary. */
import type { Flow } from './flow.ts'

export type ReplayFlow = { type: 'flow' } & Flow

/** A detection; these of its fields are what every reader needs, all of them are those of detect/src/alert.ts. */
export interface ReplayAlert {
  type: 'alert'
  id: string
  detector: string
  title: string
  /** 0–100. */
  severity: number
  label: string
  src: string
  dst: string
  firstSeen: string
  lastSeen: string
  count: number
}

/** `packets` = counted + malformed + notIp + all of notCounted; the flows' packets add up to `counted`. */
export interface ReplaySummary {
  type: 'summary'
  files: string[]
  /** Packet records in the files. */
  packets: number
  counted: number
  /** Records or IP headers that can't be read. */
  malformed: number
  notIp: number
  /** Packets by cause: `table full`, `link type …`, `seen at the other hook` (both copies of a loopback packet). */
  notCounted: Record<string, number>
  /** L3 bytes of the counted packets. */
  bytes: number
  flows: number
  alerts: number
  /** Earliest and latest time of a packet, ISO 8601 with microseconds, UTC; absent without packets. */
  firstSeen?: string
  lastSeen?: string
  durationMs: number
  /** A file could not be read to its end. */
  truncated: boolean
  problems: ReplayProblem[]
}

export interface ReplayProblem {
  file: string
  /** Byte of the (unpacked) file where it was found. */
  offset?: number
  cause: string
}

export type ReplayLine = ReplayFlow | ReplayAlert | ReplaySummary
