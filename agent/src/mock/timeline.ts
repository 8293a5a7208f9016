/** Runs scripts side by side in made-up time: a heap of who is to go on when. */

/** A script yields the milliseconds until it wants to go on. */
export type Script = Generator<number, void, void>

export interface Timeline {
  /** Milliseconds of made-up time: the moment of the step that runs. */
  now(): number
  spawn(script: Script, afterMs?: number): void
  /** Runs every step that is due until `untilMs`; scripts see their own moments. */
  advance(untilMs: number): void
}

interface Entry {
  atMs: number
  /** Order of arrival, so that equal moments keep it. */
  order: number
  script: Script
}

/** A timeline at 0 ms without scripts. */
export const createTimeline = (): Timeline => {
  const heap: Entry[] = []
  let nowMs = 0
  let arrivals = 0

  const before = (a: Entry, b: Entry) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

  const push = (entry: Entry): void => {
    let i = heap.push(entry) - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      const parent = heap[up]
      if (parent === undefined || !before(entry, parent)) break
      heap[i] = parent
      i = up
    }
    heap[i] = entry
  }

  const pop = (): void => {
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left === undefined) break
      if (right !== undefined && before(right, left)) child++
      const least = heap[child]
      if (least === undefined || !before(least, last)) break
      heap[i] = least
      i = child
    }
    heap[i] = last
  }

  const spawn = (script: Script, afterMs = 0): void =>
    push({ atMs: nowMs + afterMs, order: arrivals++, script })

  const advance = (untilMs: number): void => {
    for (let first = heap[0]; first !== undefined && first.atMs <= untilMs; first = heap[0]) {
      pop()
      nowMs = first.atMs
      const step = first.script.next()
      if (!step.done) spawn(first.script, Math.max(0, step.value))
    }
    nowMs = Math.max(nowMs, untilMs)
  }

  return { now: () => nowMs, spawn, advance }
}
