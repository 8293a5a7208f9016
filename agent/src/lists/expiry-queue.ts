/** Which list entries expire when: a binary heap; an entry that was changed meanwhile is skipped by its user. */

export interface ExpiryQueue {
  push(timeMs: number, row: number): void
  /** Time of the earliest, or Infinity. */
  nextMs(): number
  /** Takes out the row of the earliest; undefined when there is none. */
  pop(): number | undefined
  size(): number
}

export const createExpiryQueue = (): ExpiryQueue => {
  const times: number[] = []
  const rows: number[] = []

  const swap = (a: number, b: number): void => {
    ;[times[a], times[b]] = [times[b]!, times[a]!]
    ;[rows[a], rows[b]] = [rows[b]!, rows[a]!]
  }
  const rise = (from: number): void => {
    for (let i = from; i > 0;) {
      const parent = (i - 1) >> 1
      if (times[parent]! <= times[i]!) return
      swap(i, parent)
      i = parent
    }
  }
  const sink = (): void => {
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      let least = i
      if (left < times.length && times[left]! < times[least]!) least = left
      if (right < times.length && times[right]! < times[least]!) least = right
      if (least === i) return
      swap(i, least)
      i = least
    }
  }

  return {
    push: (timeMs, row) => {
      times.push(timeMs)
      rows.push(row)
      rise(times.length - 1)
    },
    nextMs: () => times[0] ?? Infinity,
    pop: () => {
      if (times.length === 0) return undefined
      swap(0, times.length - 1)
      times.pop()
      const row = rows.pop()
      sink()
      return row
    },
    size: () => times.length,
  }
}
