/** What the records of one run of an agent need to become flows: its name, clock, interface names, dictionary. */
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { createAgentDictionary } from './dictionary.ts'
import type { AgentDictionary } from './dictionary.ts'

/** Interfaces come and go (containers): the oldest names are forgotten beyond this. */
const MAX_NAMES = 4096

export interface AgentContext extends FlowContext {
  wallOffsetMs: number
  readonly dictionary: AgentDictionary
  /** Remembers names; those of interfaces that vanished stay, ended flows still show them. */
  name(interfaces: readonly { ifindex: number; name: string }[]): void
}

export const createAgentContext = (agent: string): AgentContext => {
  const names = new Map<number, string>()
  const dictionary = createAgentDictionary()
  return {
    agent,
    wallOffsetMs: 0,
    dictionary,
    text: dictionary.text,
    process: dictionary.process,
    interfaceName: (ifindex) => names.get(ifindex) ?? `if${ifindex}`,
    name(interfaces) {
      for (const { ifindex, name } of interfaces) {
        if (names.get(ifindex) === name) continue
        names.delete(ifindex)
        names.set(ifindex, name)
      }
      for (const ifindex of names.keys()) {
        if (names.size <= MAX_NAMES) break
        names.delete(ifindex)
      }
    },
  }
}
