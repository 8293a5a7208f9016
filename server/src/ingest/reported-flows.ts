/** Flows that other programs report over the API, as batches of ended flows: named, and given to the pipeline. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { SpooledNames } from '@netscope/core/wire.ts'
import type { Agents } from '../agents.ts'
import { namedContext } from './named-context.ts'
import type { WholeBatch } from './spooled-batch.ts'

/** Reporters that are numbered at a time; the one that was longest silent begins a new numbering. */
const MAX_REPORTERS = 4096

export interface ReportedFlows {
  /** Number of the next record of this reporter. */
  nextSlot(reporter: string): number
  /** Resolves when they are durable; throws `batch.agent-is-ours`. */
  take(reporter: string, records: Buffer, names: SpooledNames): Promise<void>
}

export interface ReportedFlowsDeps {
  agents: Pick<Agents, 'all'>
  /** Resolves when it is durable. */
  takeReported(agent: string, batch: WholeBatch): Promise<void>
  /** Milliseconds since 1970. */
  wallClock(): number
}

interface Reporter {
  /** As of an agent's connection: with the number of a batch it names that batch for good. */
  epoch: number
  seq: number
  slot: number
}

export const createReportedFlows = ({
  agents,
  takeReported,
  wallClock,
}: ReportedFlowsDeps): ReportedFlows => {
  const reporters = new Map<string, Reporter>()
  let lastEpoch = 0

  const reporterOf = (name: string): Reporter => {
    const known = reporters.get(name)
    if (known) reporters.delete(name)
    else lastEpoch = Math.max(lastEpoch + 1, Math.floor(wallClock()))
    const reporter = known ?? { epoch: lastEpoch, seq: 0, slot: 0 }
    reporters.set(name, reporter)
    if (reporters.size > MAX_REPORTERS) reporters.delete(reporters.keys().next().value as string)
    return reporter
  }

  return {
    nextSlot: (name) => reporterOf(name).slot,
    async take(name, records, names) {
      if (agents.all.some((agent) => agent.name === name))
        throw new NetscopeError('batch.agent-is-ours', { agent: name })
      if (records.length === 0) return
      const reporter = reporterOf(name)
      reporter.slot = (reporter.slot + records.length / RECORD_BYTES) >>> 0
      const { epoch } = reporter
      const context = namedContext(name, names)
      await takeReported(name, { epoch, seq: ++reporter.seq, records, context })
    },
  }
}
