/** What ids in an agent's records mean, and under which numbers the segment in use holds that. */
import type { FlowContext } from '@netscope/core/flow-record.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import { createRunMemory } from './run-memory.ts'
import type { SegmentDictionary } from './segment-dictionary.ts'
import type { FreshNames, SentBatch } from './store-message.ts'
import type { SegmentIds } from './stored-columns.ts'

export interface RunNames {
  take(names: FreshNames): void
  /** For reading records of this run, one batch at a time. */
  context(wallOffsetMs: number): FlowContext
  /** Everything that these records need, for who has been told nothing. */
  namesIn(records: Uint8Array): FreshNames
  /** For records of this agent on their way to the segment of that dictionary. */
  idsFor(dictionary: SegmentDictionary): SegmentIds
}

/** Numbers of a segment by the agent's id, found out once. */
const createNumbers = <T>(known: Map<number, T>, numberOf: (value: T) => number) => {
  const numbers = new Map<number, number>()
  return (id: number): number => {
    if (id === 0) return 0
    const before = numbers.get(id)
    if (before !== undefined) return before
    const value = known.get(id)
    if (value === undefined) return 0
    const number = numberOf(value)
    numbers.set(id, number)
    return number
  }
}

const createRunNames = (agent: string): RunNames => {
  const texts = new Map<number, string>()
  const processes = new Map<number, ProcessInfo>()
  const interfaces = new Map<number, string>()
  let last: { dictionary: SegmentDictionary; ids: SegmentIds } | undefined

  const begin = (dictionary: SegmentDictionary): SegmentIds => {
    const text = createNumbers(texts, dictionary.textId)
    const process = createNumbers(processes, dictionary.processId)
    const agentId = dictionary.textId(agent)
    return {
      agent: agentId,
      text,
      process,
      interface: (ifindex) => dictionary.textId(context.interfaceName(ifindex)),
    }
  }

  const context: FlowContext = {
    agent,
    wallOffsetMs: 0,
    interfaceName: (ifindex) => interfaces.get(ifindex) ?? `if${ifindex}`,
    text: (id) => texts.get(id) ?? '',
    process: (id) => processes.get(id),
  }

  return {
    context(wallOffsetMs) {
      context.wallOffsetMs = wallOffsetMs
      return context
    },
    namesIn: (records) => createRunMemory().freshNames(records, context),
    take(names) {
      for (const [id, text] of names.texts) texts.set(id, text)
      for (const [id, process] of names.processes) processes.set(id, process)
      for (const [ifindex, name] of names.interfaces) interfaces.set(ifindex, name)
    },
    idsFor(dictionary) {
      if (last?.dictionary !== dictionary) last = { dictionary, ids: begin(dictionary) }
      return last.ids
    },
  }
}

export interface Runs {
  /** The names of the run that the batch is of, with those that came with it. What waits of a run before keeps its own. */
  of(batch: Pick<SentBatch, 'agent' | 'names'>): RunNames
}

export const createRuns = (): Runs => {
  const runs = new Map<string, RunNames>()
  return {
    of({ agent, names }) {
      const known = names.isNewRun ? undefined : runs.get(agent)
      const run = known ?? createRunNames(agent)
      runs.set(agent, run)
      run.take(names)
      return run
    },
  }
}
