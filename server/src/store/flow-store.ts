/**
 * The history of flows: what every store of it does. A flow counts at the time of its last packet. One that lives long is
 * stored in parts, each with what was counted since the part before; only the last one has an `end`.
 */
import type { FlowContext } from '@netscope/core/flow-record.ts'
import type { Flow, FlowFieldName } from '@netscope/core/flow.ts'
import type { Query } from '@netscope/core/query/query.ts'

/** Flow records of one frame of an agent. */
export interface StoredBatch {
  agent: string
  /** `startedAtMs` of the agent's run. */
  epoch: number
  /** Number of the frame in that run. */
  seq: number
  /** RECORD_BYTES each; read during the call only. With end 0: a flow that lives, of which a part is due. */
  records: Uint8Array
  /** Clock, interface names and dictionary; read during the call only. */
  context: FlowContext
}

/** A flow as it is kept: with the agent that counted it. */
export interface StoredFlow extends Flow {
  agent: string
}
export type StoredFieldName = FlowFieldName | 'agent'

/** What is summed up; `flows` are those that ended. */
export const MEASURES = [
  'bytes',
  'packets',
  'flows',
  'srcBytes',
  'dstBytes',
  'srcPackets',
  'dstPackets',
  'droppedPackets',
  'retransmits',
] as const
export type Measure = (typeof MEASURES)[number]

/** Milliseconds since 1970: from ≤ last packet < to. */
interface Range {
  query?: Query
  fromMs: number
  toMs: number
}

export interface FindRequest extends Range {
  limit: number
  /** `nextCursor` of the page before, of the same request. */
  cursor?: string
  sort: StoredFieldName
  order: 'asc' | 'desc'
}

export interface FoundFlows {
  flows: StoredFlow[]
  /** Missing on the last page. */
  nextCursor?: string
}

/** `ip` counts a flow for both of its addresses. */
export type GroupName = StoredFieldName | 'ip'

export interface TopRequest extends Range {
  by: GroupName
  measure: Measure
  limit: number
}

export type GroupKey = string | number

export interface Top {
  /** Heaviest first; equal ones by key. */
  rows: ({ key: GroupKey } & Record<'bytes' | 'packets' | 'flows' | 'value', number>)[]
}

export interface SeriesRequest extends Range {
  stepMs: number
  measure: Measure
  /** One line for each of the `limit` heaviest keys, the rest in one whose key is missing. */
  by?: GroupName
  limit: number
}

export interface Series {
  /** Start of the first step; a multiple of stepMs at or below fromMs. */
  startMs: number
  stepMs: number
  lines: { key?: GroupKey; values: number[] }[]
}

export interface StoreStats {
  /** Records (parts of flows). */
  rows: number
  bytesOnDisk: number
  /** Time of the oldest record, milliseconds since 1970. */
  oldestMs: number | undefined
  /** Parts of the history that nothing is added to any more and whose roll-ups were made. */
  sealedSegments: number
}

export interface FlowStore {
  /** Bytes of records that have been handed over and are not durable yet. */
  readonly backlogBytes: number
  start(): Promise<void>
  stop(): Promise<void>
  /**
   * Resolves when the records are on the disk; a batch that was stored before is left out. Rejects only when the store
   * stops: until then it tries again, so nothing is acknowledged that is not there.
   */
  append(batch: StoredBatch): Promise<void>
  /** The highest number of a frame of that run that is on the disk; known once started. */
  lastSeq(agent: string, epoch: number): number | undefined
  find(request: FindRequest): Promise<FoundFlows>
  top(request: TopRequest): Promise<Top>
  series(request: SeriesRequest): Promise<Series>
  stats(): Promise<StoreStats>
  /** Copies everything that is durable now into `folder`, which must be empty or missing, while work goes on. */
  backup(folder: string): Promise<void>
}
