/** Flows that other programs report over the API: the way of a batch of ended flows, without an agent behind it. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import type { SpooledNames } from '@netscope/core/wire.ts'
import type { Agents } from '../agents.ts'
import type { Flows } from '../flows/flows.ts'
import type { FlowStore } from '../store/flow-store.ts'

/** Reporters that are numbered at a time; the one that was longest silent begins a new numbering. */
const MAX_REPORTERS = 4096

export interface ReportedFlows {
  readonly count: number
  /** Number of the next record of this reporter. */
  nextSlot(reporter: string): number
  /** Resolves when they are durable; throws `batch.agent-is-ours`. */
  take(reporter: string, records: Buffer, names: SpooledNames): Promise<void>
}

export interface ReportedFlowsDeps {
  agents: Pick<Agents, 'all'>
  flows: Pick<Flows, 'ended'>
  history: Pick<FlowStore, 'append'>
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
  flows,
  history,
  wallClock,
}: ReportedFlowsDeps): ReportedFlows => {
  const reporters = new Map<string, Reporter>()
  let lastEpoch = 0
  let count = 0

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
    get count() {
      return count
    },
    nextSlot: (name) => reporterOf(name).slot,
    async take(name, records, names) {
      if (agents.all.some((agent) => agent.name === name))
        throw new NetscopeError('batch.agent-is-ours', { agent: name })
      if (records.length === 0) return
      const context = contextOf(name, names)
      const reporter = reporterOf(name)
      const taken = records.length / RECORD_BYTES
      reporter.slot = (reporter.slot + taken) >>> 0
      for (let at = 0; at < records.length; at += RECORD_BYTES)
        flows.ended.add(records, at, context)
      count += taken
      const { epoch } = reporter
      await history.append({ agent: name, epoch, seq: ++reporter.seq, records, context })
    },
  }
}

const contextOf = (
  agent: string,
  { wallOffsetMs, interfaces, texts }: SpooledNames,
): FlowContext => {
  const [interfaceNames, textOf] = [new Map(interfaces), new Map(texts)]
  return {
    agent,
    wallOffsetMs,
    interfaceName: (ifindex) => interfaceNames.get(ifindex) ?? '',
    text: (id) => textOf.get(id) ?? '',
    process: () => undefined,
  }
}
