/**
 * Frames between agent and server, over a stream socket: u32 length of the payload, u8 type, 3 zero
 * bytes, u32 sequence number, payload. Little-endian. The agent numbers its frames from 1; the server
 * acknowledges the highest number it has taken in. An unknown type is skipped.
 */
import type { Observation } from './observation.ts'
import type { ProcessInfo } from './process.ts'

export const FRAME_HEADER_BYTES = 12
/** A longer frame is an error of the peer: the connection is closed. */
export const MAX_FRAME_BYTES = 16 << 20

export const FRAME = {
  /** JSON `Hello`, the agent's first frame. */
  hello: 1,
  /** f64 wallOffsetMs, f64 time of the snapshot in ms since 1970, then flow records (RECORD_BYTES each). */
  flows: 2,
  /** f64 wallOffsetMs, f64 0, then packet events (EVENT_BYTES each). Not spooled. */
  events: 3,
  /** JSON `Status` (core/src/status.ts), every second. Not spooled. */
  status: 4,
  /** JSON `Reply` to a command. */
  reply: 5,
  /** JSON `Dictionary`: what ids in flow records mean; before the first record that uses them. Not spooled, sent again after a reconnect. */
  dictionary: 6,
  /** JSON `Diagnosis` (core/src/diagnosis.ts), after connecting. Not spooled. */
  diagnosis: 7,
  /** u32 capture id, u32 0, then pieces of a pcapng file in order; no bytes: the capture is over. Not spooled. */
  capture: 8,
  /** JSON `ObservationBatch`: what hosts said about themselves since the last one. Not spooled. */
  observations: 9,
  /** From the server: empty payload, the sequence number is the acknowledged one. */
  ack: 16,
  /** From the server: JSON `Command`. */
  command: 17,
} as const

/** Bytes before the records of `flows` and `events`. */
export const BATCH_HEADER_BYTES = 16

/** Bytes before those of a `capture`. */
export const CAPTURE_HEADER_BYTES = 8

export interface Hello {
  protocol: 1
  agent: string
  hostname: string
  version: string
  source: 'ebpf' | 'mock'
  /** Size of the flow table; a record's slot is below it. */
  flowCapacity: number
  startedAtMs: number
}

/** New entries of the agent's dictionary. Ids count up from 1 and are never used again in a run of the agent. */
export interface Dictionary {
  texts: [id: number, text: string][]
  processes: [id: number, process: ProcessInfo][]
}

/** Observations that one frame holds at most. */
export const MAX_OBSERVATIONS = 512

/** In the order in which they were seen. */
export interface ObservationBatch {
  observations: Observation[]
}

/** Which packets a capture takes: all given ones must hold; `ip` and `port` mean either side. */
export interface CaptureFilter {
  /** Canonical prefix. */
  ip?: string
  port?: number
  /** IANA number */
  protocol?: number
  interface?: string
  /** Key of one flow (KEY_BYTES of core/src/slot.ts) in hex: its packets only, whatever else is given. */
  key?: string
}

/** Bytes that an agent may send of a capture beyond those that `capture.more` says have been read. */
export const CAPTURE_WINDOW_BYTES = 2 << 20

/** Bounds of a capture; the first one that is reached ends it. */
export interface CaptureLimits {
  seconds: number
  maxBytes: number
  /** Bytes kept of each packet. */
  snapLength: number
}

export type ListName = 'allow' | 'deny'

/** One entry of a list; `prefix` is an address or CIDR prefix in canonical text. */
export interface ListEntry {
  prefix: string
  reason: string
  /** Where it came from: `api`, `page`, `cli`, later feeds and detectors. */
  origin: string
  author: string
  createdAtMs: number
  /** 0: never */
  expiresAtMs: number
}

/** Commands and their arguments. `list.*` answer when the kernel judges by the change. */
export type Command =
  | { id: number; name: 'list.add'; list: ListName; entries: Omit<ListEntry, 'createdAtMs'>[] }
  | { id: number; name: 'list.remove'; list: ListName; prefixes: string[] }
  | { id: number; name: 'list.get'; list: ListName; offset: number; limit: number; match: string }
  | { id: number; name: 'events.watch'; on: boolean }
  | { id: number; name: 'flows.flush' }
  | {
      id: number
      name: 'capture.start'
      capture: number
      filter: CaptureFilter
      limits: CaptureLimits
    }
  | { id: number; name: 'capture.stop'; capture: number }
  /** Bytes of the capture that its reader has taken so far. */
  | { id: number; name: 'capture.more'; capture: number; takenBytes: number }

/** Results: list.add { added, entries } · list.remove { removed } · list.get { total, entries } · others {} */
export type Reply =
  | { id: number; ok: true; result: Record<string, unknown> }
  | { id: number; ok: false; code: string; message: string }
