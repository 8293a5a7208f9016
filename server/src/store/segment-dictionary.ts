/** Texts and processes of one segment and their numbers in it: each stands there once. */
import type { ProcessInfo } from '@netscope/core/process.ts'

export interface SegmentDictionary {
  readonly size: number
  /** Entries since the last `settle`. */
  readonly freshTexts: readonly [number, string][]
  readonly freshProcesses: readonly [number, ProcessInfo][]
  /** 0 is the empty text. */
  textId(text: string): number
  processId(process: ProcessInfo): number
  /** What was fresh is in the segment. */
  settle(): void
}

/** `texts` and `processes` (as JSON): what the segment holds. */
export const createSegmentDictionary = (
  texts: Iterable<[number, string]> = [],
  processes: Iterable<[number, string]> = [],
): SegmentDictionary => {
  const textIds = new Map<string, number>([['', 0]])
  const processIds = new Map<string, number>()
  for (const [id, text] of texts) textIds.set(text, id)
  for (const [id, json] of processes) processIds.set(json, id)
  const freshTexts: [number, string][] = []
  const freshProcesses: [number, ProcessInfo][] = []

  return {
    get size() {
      return textIds.size + processIds.size
    },
    freshTexts,
    freshProcesses,
    textId(text) {
      const known = textIds.get(text)
      if (known !== undefined) return known
      const id = textIds.size
      textIds.set(text, id)
      freshTexts.push([id, text])
      return id
    },
    processId(process) {
      const json = JSON.stringify(process)
      const known = processIds.get(json)
      if (known !== undefined) return known
      const id = processIds.size + 1
      processIds.set(json, id)
      freshProcesses.push([id, process])
      return id
    },
    settle() {
      freshTexts.length = 0
      freshProcesses.length = 0
    },
  }
}
