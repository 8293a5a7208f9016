/** What the server's thread and the thread of the history say to each other. */
import type { ProcessInfo } from '@netscope/core/process.ts'
import type {
  FindRequest,
  FoundFlows,
  Series,
  SeriesRequest,
  StoreStats,
  Top,
  TopRequest,
} from './flow-store.ts'

/** What ids in the records mean that the other thread has not been told yet. */
export interface FreshNames {
  /** Everything that was told of this agent before is void. */
  isNewRun: boolean
  texts: [id: number, text: string][]
  processes: [id: number, process: ProcessInfo][]
  interfaces: [ifindex: number, name: string][]
}

export interface SentBatch {
  agent: string
  epoch: number
  seq: number
  wallOffsetMs: number
  records: Uint8Array
  names: FreshNames
}

/** Calls that have an answer. */
export interface StoreCalls {
  find(request: FindRequest): Promise<FoundFlows>
  top(request: TopRequest): Promise<Top>
  series(request: SeriesRequest): Promise<Series>
  stats(): Promise<StoreStats>
  backup(folder: string): Promise<void>
  stop(): Promise<void>
}
export type StoreCall = keyof StoreCalls

export type ToStore =
  | { is: 'append'; batch: SentBatch }
  | { is: 'call'; id: number; call: StoreCall; request: unknown }

/** An error of the catalogue by its parts, another one by its words. */
export type SentError =
  | { code: string; params: Record<string, string | number> }
  | { message: string }

export type FromStore =
  | { is: 'started'; positions: [agent: string, epoch: number, seq: number][] }
  | { is: 'failed'; error: SentError }
  /** So many batches more, in their order, are on the disk. */
  | { is: 'durable'; batches: number }
  | { is: 'answer'; id: number; result: unknown }
  | { is: 'refusal'; id: number; error: SentError }
  | {
      is: 'log'
      level: 'info' | 'warn' | 'error'
      fields: Record<string, unknown>
      message: string
    }
