/** What a query goes through: flow records at positions, some of them empty. */
import type { FlowReader } from '@netscope/core/flow-record.ts'

export interface RecordSet {
  /** Positions are below it. */
  readonly size: number
  /** The shared reader, moved to the record at `position`; undefined when there is none. */
  at(position: number): FlowReader | undefined
  /** True when its agent is away or has not confirmed the record since it came back. */
  isStale(position: number): boolean
}
