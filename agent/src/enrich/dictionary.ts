/** Ids for texts and processes, so that a flow record holds four bytes instead of a text (core/src/wire.ts). */
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { Dictionary as Entries } from '@netscope/core/wire.ts'

export interface Dictionary {
  /** Id of a text; 0 of the empty one. */
  text(text: string): number
  process(info: ProcessInfo): number
  textOf(id: number): string
  processOf(id: number): ProcessInfo | undefined
  /**
   * What was added since the last call, and what the listener has forgotten of the ids that `used` gives (asked
   * only if it has), in pieces that fit a frame.
   */
  takeNew(used?: () => Iterable<number>): Entries[]
  /** Everything, in pieces that fit a frame; for a listener that knows nothing. */
  all(): Entries[]
  /** What is known of these ids. */
  entriesOf(ids: Iterable<number>): Entries
  /** The listener has forgotten these: they are told again before they are used again. */
  forget(ids: readonly number[]): void
  /** Texts and processes that got no id because there were too many, since start. */
  refused(): number
}

/** Of one piece: some 200 bytes each, at most 10 KB of a process whose paths are as long as can be. */
const PIECE = 1024
const MAX_TEXT = 512
/** Bounds that hold even if every entry is in use; the server's are above (server/src/flows/dictionary.ts). */
const MAX_TIMES_OVER = 2
const MAX_CHARACTERS = 16 << 20
/** Refused entries after which a full dictionary looks again for what is no longer used. */
const LOOK_EVERY = 4096

/**
 * Holds about `maxEntries`: beyond it, entries that `markUsed` does not name are forgotten. Where all are in use, it
 * holds twice as many, and 16 million characters; what comes then gets the id 0. Ids are never used again.
 */
export const createDictionary = (
  maxEntries: number,
  markUsed: (mark: (id: number) => void) => void,
  maxCharacters: number = MAX_CHARACTERS,
): Dictionary => {
  const texts = new Map<string, number>()
  const processes = new Map<string, number>()
  const textById = new Map<number, string>()
  const processById = new Map<number, ProcessInfo>()
  let lastId = 0
  let sweepAt = maxEntries
  let fresh: number[] = []
  const forgotten = new Set<number>()
  let characters = 0
  let refused = 0
  let refusedAtSweep = 0

  const isFull = (length: number): boolean =>
    textById.size + processById.size >= MAX_TIMES_OVER * maxEntries ||
    characters + length > maxCharacters

  /** 0: there is no room. */
  const nextId = (length: number): number => {
    const isDue = isFull(length)
      ? refused === 0 || refused - refusedAtSweep >= LOOK_EVERY
      : textById.size + processById.size >= sweepAt
    if (isDue) sweep()
    if (isFull(length)) {
      refused++
      return 0
    }
    characters += length
    fresh.push(++lastId)
    return lastId
  }

  const sweepOf = (
    ids: Map<string, number>,
    byId: Map<number, unknown>,
    used: ReadonlySet<number>,
  ): void => {
    for (const [key, id] of ids) {
      if (used.has(id)) continue
      ids.delete(key)
      byId.delete(id)
      characters -= key.length
    }
  }

  const sweep = (): void => {
    refusedAtSweep = refused
    const used = new Set<number>()
    markUsed((id) => used.add(id))
    sweepOf(texts, textById, used)
    sweepOf(processes, processById, used)
    for (const id of forgotten) if (!used.has(id)) forgotten.delete(id)
    fresh = fresh.filter((id) => used.has(id))
    // Not again for every further entry where most are in use.
    sweepAt = Math.max(
      maxEntries,
      Math.min(MAX_TIMES_OVER * maxEntries, 2 * (textById.size + processById.size)),
    )
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
      const id = nextId(short.length)
      if (id === 0) return 0
      texts.set(short, id)
      textById.set(id, short)
      return id
    },
    process(info) {
      const key = JSON.stringify(info)
      const known = processes.get(key)
      if (known !== undefined) return known
      const id = nextId(key.length)
      if (id === 0) return 0
      processes.set(key, id)
      processById.set(id, info)
      return id
    },
    textOf: (id) => textById.get(id) ?? '',
    processOf: (id) => processById.get(id),
    takeNew(used) {
      const again: number[] = []
      if (used && forgotten.size > 0)
        for (const id of used()) if (forgotten.delete(id)) again.push(id)
      const pieces = inPieces([...fresh, ...again])
      fresh = []
      return pieces
    },
    all() {
      forgotten.clear()
      fresh = []
      return inPieces([...textById.keys(), ...processById.keys()])
    },
    entriesOf: (ids) => entriesOf([...ids]),
    forget(ids) {
      for (const id of ids) if (textById.has(id) || processById.has(id)) forgotten.add(id)
    },
    refused: () => refused,
  }
}
