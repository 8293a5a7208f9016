/** Ids for texts and processes, so that a flow record holds four bytes instead of a text (core/src/wire.ts). */
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { Dictionary as Entries } from '@netscope/core/wire.ts'

export interface Dictionary {
  /** Id of a text; 0 of the empty one. */
  text(text: string): number
  process(info: ProcessInfo): number
  textOf(id: number): string
  processOf(id: number): ProcessInfo | undefined
  /** What was added since the last call, in pieces that fit a frame. */
  takeNew(): Entries[]
  /** Everything, in pieces that fit a frame; for a listener that knows nothing. */
  all(): Entries[]
}

/** Of one piece: some 200 bytes each, at most 10 KB of a process whose paths are as long as can be. */
const PIECE = 1024
const MAX_TEXT = 512

/**
 * Holds about `maxEntries`: beyond it, entries that `markUsed` does not name are forgotten. Ids are never used again.
 */
export const createDictionary = (
  maxEntries: number,
  markUsed: (mark: (id: number) => void) => void,
): Dictionary => {
  const texts = new Map<string, number>()
  const processes = new Map<string, number>()
  const textById = new Map<number, string>()
  const processById = new Map<number, ProcessInfo>()
  let lastId = 0
  let sweepAt = maxEntries
  let fresh: number[] = []

  const nextId = (): number => {
    if (textById.size + processById.size >= sweepAt) sweep()
    fresh.push(++lastId)
    return lastId
  }

  const sweep = (): void => {
    const used = new Set<number>()
    markUsed((id) => used.add(id))
    for (const [text, id] of texts) if (!used.has(id)) texts.delete(text)
    for (const [key, id] of processes) if (!used.has(id)) processes.delete(key)
    for (const id of textById.keys()) if (!used.has(id)) textById.delete(id)
    for (const id of processById.keys()) if (!used.has(id)) processById.delete(id)
    fresh = fresh.filter((id) => used.has(id))
    // Not again for every further entry where most are in use.
    sweepAt = Math.max(maxEntries, 2 * (textById.size + processById.size))
  }

  const entriesOf = (ids: readonly number[]): Entries => ({
    texts: ids.flatMap((id) => {
      const text = textById.get(id)
      return text === undefined ? [] : [[id, text]]
    }),
    processes: ids.flatMap((id) => {
      const process = processById.get(id)
      return process === undefined ? [] : [[id, process]]
    }),
  })

  const inPieces = (ids: readonly number[]): Entries[] =>
    Array.from({ length: Math.ceil(ids.length / PIECE) }, (_, i) =>
      entriesOf(ids.slice(i * PIECE, (i + 1) * PIECE)),
    )

  return {
    text(text) {
      if (text === '') return 0
      const short = text.slice(0, MAX_TEXT)
      const known = texts.get(short)
      if (known !== undefined) return known
      const id = nextId()
      texts.set(short, id)
      textById.set(id, short)
      return id
    },
    process(info) {
      const key = JSON.stringify(info)
      const known = processes.get(key)
      if (known !== undefined) return known
      const id = nextId()
      processes.set(key, id)
      processById.set(id, info)
      return id
    },
    textOf: (id) => textById.get(id) ?? '',
    processOf: (id) => processById.get(id),
    takeNew() {
      const pieces = inPieces(fresh)
      fresh = []
      return pieces
    },
    all: () => inPieces([...textById.keys(), ...processById.keys()]),
  }
}
