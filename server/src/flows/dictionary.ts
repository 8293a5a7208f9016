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
  /**
   * Forgets what is not in `used` now and was not at the sweep before: the agent sends an entry once, and one that
   * lies between two of its flows must not be lost.
   */
  sweep(used: ReadonlySet<number>): void
}

export const createAgentDictionary = (): AgentDictionary => {
  const texts = new Map<number, string>()
  const processes = new Map<number, ProcessInfo>()
  const idle = new Set<number>()
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

  const sweepOf = <T>(
    entries: Map<number, T>,
    used: ReadonlySet<number>,
    length: (of: T) => number,
  ) => {
    for (const [id, value] of entries) {
      if (used.has(id)) idle.delete(id)
      else if (idle.delete(id)) {
        entries.delete(id)
        characters -= length(value)
      } else idle.add(id)
    }
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
    sweep(used) {
      sinceSweep = 0
      sweepOf(texts, used, lengthOfText)
      sweepOf(processes, used, lengthOfProcess)
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
