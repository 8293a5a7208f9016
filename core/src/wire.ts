/**
 * Frames between agent and server, over a stream socket: u32 length of the payload, u8 type, 3 zero
 * bytes, u32 sequence number, payload. Little-endian. The agent numbers its frames from 1; the server
 * acknowledges the highest number up to which it has taken in everything; of records of ended flows that
 * means: they are on its disk. An unknown type is skipped.
 */
import type { Observation } from './observation.ts'
import type { ProcessInfo } from './process.ts'
import type { ResponseCommand } from './wire-response.ts'

/** Agent and server of another number refuse each other. */
export const UPLINK_PROTOCOL = 2

export const FRAME_HEADER_BYTES = 12
/** A longer frame is an error of the peer: the connection is closed. */
export const MAX_FRAME_BYTES = 16 << 20

export const FRAME = {
  /** JSON `Hello`, the agent's first frame. */
  hello: 1,
  /** f64 wallOffsetMs, f64 time of the snapshot in ms since 1970, then flow records (RECORD_BYTES each). Never sent twice: what the server may lack comes as `spooled`. */
  flows: 2,
  /** f64 wallOffsetMs, f64 0, then packet events (EVENT_BYTES each). Not spooled. */
  events: 3,
  /** JSON `Status` (core/src/status.ts), every second. Not spooled. */
  status: 4,
  /** JSON `Reply` to a command. */
  reply: 5,
  /** JSON `Dictionary`: what ids in flow records mean; before the first record that uses them. Sent again after a reconnect. */
  dictionary: 6,
  /** JSON `Diagnosis` (core/src/diagnosis.ts), after connecting. Not spooled. */
  diagnosis: 7,
  /** u32 capture id, u32 0, then pieces of a pcapng file in order; no bytes: the capture is over. Not spooled. */
  capture: 8,
  /** JSON `ObservationBatch`: what hosts said about themselves since the last one. Not spooled. */
  observations: 9,
  /** f64 of the `ping` that it answers, f64 milliseconds since 1970 on the agent's clock. */
  pong: 10,
  /** u32 bytes of a JSON `SpooledNames`, u32 number and f64 epoch of the batch, that JSON, then flow records (RECORD_BYTES each), all of them ended. */
  spooled: 11,
  /** JSON `Join`, instead of a hello: the server answers `joined` or `refused`, and closes. */
  join: 12,
  /** From the server: empty payload, the sequence number is the acknowledged one. */
  ack: 16,
  /** From the server: JSON `Command`. */
  command: 17,
  /** From the server, every few seconds: f64 that the answering `pong` brings back. */
  ping: 18,
  /** From the server: JSON `Refusal`; it closes the connection then. */
  refused: 19,
  /** From the server: JSON `Joined`. */
  joined: 20,
} as const

/** Bytes before the records of `flows` and `events`. */
export const BATCH_HEADER_BYTES = 16

/** Bytes before the JSON of `spooled`. */
export const SPOOLED_HEADER_BYTES = 16

/** Bytes before those of a `capture`. */
export const CAPTURE_HEADER_BYTES = 8

export interface Hello {
  protocol: typeof UPLINK_PROTOCOL
  agent: string
  hostname: string
  version: string
  source: 'ebpf' | 'mock'
  /** Size of the flow table; a record's slot is below it. */
  flowCapacity: number
  /** Which run of the agent it is: slots and ids of the dictionary are its own. */
  startedAtMs: number
  /**
   * Numbering of this connection's `flows` frames. With the frame's number it names a batch for good; within an
   * epoch batches are sent in order, but those that the server may lack come again as `spooled`.
   */
  epoch: number
  /** Over TCP: the secret that the agent got when it joined. */
  credential?: string
  /** Which desired lists the agent has in force; absent: none yet. */
  lists?: ListsRevision
}

/** State of the desired lists of one server. */
export interface ListsRevision {
  /** Names the server that keeps them. */
  server: string
  revision: number
}

/** All that a batch of records needs to be understood later, by itself. */
export interface SpooledNames extends Dictionary {
  /** Milliseconds since 1970 when the clock of the records was 0. */
  wallOffsetMs: number
  interfaces: [ifindex: number, name: string][]
}

export interface Join {
  protocol: number
  /** The secret of the join token. */
  secret: string
  /** Name that the agent would like; the server may give it another one. */
  agent: string
  hostname: string
  version: string
}

export interface Joined {
  agent: string
  credential: string
}

/** Why the server does not take an agent, in words for people. */
export interface Refusal {
  code: string
  message: string
  remedy: string
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
  /**
   * What packets from before may take of the file, out of the agent's capture ring; a comment of the file says whether
   * there is one. Absent: none are asked for. An agent that does not know of it captures what comes, without a comment.
   */
  beforeBytes?: number
  /** How old these may be; absent: as old as there is room for in `beforeBytes`. */
  beforeSeconds?: number
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

/** Entries that differ in nothing but their prefix, such as those of a feed. */
export interface ListGroup extends Omit<ListEntry, 'prefix' | 'createdAtMs'> {
  prefixes: string[]
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
  /** The server forgets what these ids of the dictionary mean: they must be told again before they are used again. */
  | { id: number; name: 'dictionary.forget'; ids: number[] }
  /** From the next connection on this secret counts; the old one does until then. */
  | { id: number; name: 'credential.replace'; credential: string }
  /** The desired lists whole, in pages: `begin`, then any number of `page`, then `end`, which removes what no page held. */
  | { id: number; name: 'lists.begin' }
  | { id: number; name: 'lists.page'; list: ListName; entries: Omit<ListEntry, 'createdAtMs'>[] }
  | { id: number; name: 'lists.end'; state: ListsRevision }
  /** A change of the desired lists: done only by an agent that is at revision `from` of this server. */
  | {
      id: number
      name: 'lists.change'
      list: ListName
      add: (Omit<ListEntry, 'createdAtMs'> | ListGroup)[]
      remove: string[]
      from: number
      to: ListsRevision
    }
  | ResponseCommand

/**
 * Results: list.add { added, entries } · list.remove { removed } · list.get { total, entries } · lists.end and
 * lists.change { state, deny, allow } with the entries of each list · those of
 * ResponseCommand beside it · others {}
 */
export type Reply =
  | { id: number; ok: true; result: Record<string, unknown> }
  | { id: number; ok: false; code: string; message: string }
