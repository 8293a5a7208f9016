/** What the ids in the records of one run of an agent mean: names and processes, as the agent has sent them. */
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { Dictionary } from '@netscope/core/wire.ts'

/** Beyond it, entries that no record refers to are forgotten. */
const SWEEP_ABOVE = 65_536
/** New entries between two sweeps, so that a dictionary full of used entries is not walked all the time. */
const SWEEP_EVERY = 16_384
/** Bounds that hold even if every entry is in use: 131,072 entries, 64 MiB of text (UTF-16 at worst). */
const MAX_ENTRIES = 131_072
const MAX_CHARACTERS = 32 << 20

export interface AgentDictionary {
  readonly size: number
  /** Entries that were not taken because even the used ones are too many. */
  readonly refused: number
  /** True when it should be swept. */
  readonly isCrowded: boolean
  add(entries: Dictionary): void
  /** Empty for 0 and for what is not known. */
  text(id: number): string
  process(id: number): ProcessInfo | undefined
  /** What is not in `used` now and was not the time before: one that lies between two flows is not worth telling again. */
  idle(used: ReadonlySet<number>): number[]
  /** The agent sends an entry once: it must know that these are gone. */
  forget(ids: readonly number[]): void
}

export const createAgentDictionary = (): AgentDictionary => {
  const texts = new Map<number, string>()
  const processes = new Map<number, ProcessInfo>()
  let unusedBefore = new Set<number>()
  let characters = 0
  let refused = 0
  let sinceSweep = 0

  const put = <T>(entries: Map<number, T>, id: number, value: T, length: (of: T) => number) => {
    const before = entries.get(id)
    const grows = length(value) - (before === undefined ? 0 : length(before))
    const isFull = before === undefined && texts.size + processes.size >= MAX_ENTRIES
    if (isFull || characters + grows > MAX_CHARACTERS) {
      refused++
      return
    }
    characters += grows
    if (before === undefined) sinceSweep++
    entries.set(id, value)
  }

  const drop = <T>(entries: Map<number, T>, id: number, length: (of: T) => number): void => {
    const value = entries.get(id)
    if (value === undefined) return
    entries.delete(id)
    characters -= length(value)
  }

  return {
    get size() {
      return texts.size + processes.size
    },
    get refused() {
      return refused
    },
    get isCrowded() {
      return texts.size + processes.size > SWEEP_ABOVE && sinceSweep >= SWEEP_EVERY
    },
    add(entries) {
      for (const [id, text] of entries.texts) put(texts, id, text, lengthOfText)
      for (const [id, process] of entries.processes) put(processes, id, process, lengthOfProcess)
    },
    text: (id) => texts.get(id) ?? '',
    process: (id) => processes.get(id),
    idle(used) {
      sinceSweep = 0
      const unused = [...texts.keys(), ...processes.keys()].filter((id) => !used.has(id))
      const again = unused.filter((id) => unusedBefore.has(id))
      unusedBefore = new Set(unused)
      return again
    },
    forget(ids) {
      for (const id of ids) {
        drop(texts, id, lengthOfText)
        drop(processes, id, lengthOfProcess)
        unusedBefore.delete(id)
      }
    },
  }
}

const lengthOfText = (text: string): number => text.length

const lengthOfProcess = (process: ProcessInfo): number => {
  const { command, user, exe, commandLine, cgroup, unit, container } = process
  const texts = [command, user, exe, commandLine, cgroup, unit]
  const ofContainer = [container?.runtime, container?.id, container?.name]
  return [...texts, ...ofContainer].reduce((sum, text) => sum + (text?.length ?? 0), 0)
}
