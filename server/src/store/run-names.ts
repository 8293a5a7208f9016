/** What ids in an agent's records mean, and under which numbers the segment in use holds that. */
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { SegmentDictionary } from './segment-dictionary.ts'
import type { FreshNames } from './store-message.ts'
import type { SegmentIds } from './stored-columns.ts'

export interface RunNames {
  take(names: FreshNames): void
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

export const createRunNames = (agent: string): RunNames => {
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
      interface: (ifindex) => dictionary.textId(interfaces.get(ifindex) ?? `if${ifindex}`),
    }
  }

  return {
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
