/** The known name that a mistyped one was probably meant to be. */

/** Edit distance where a transposition counts as one (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1)
      }
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length]!
}

const LONGEST = 64

/** The closest of `known` if at most a third of its letters differ (case does not count). */
export const suggest = (name: string, known: readonly string[]): string | undefined => {
  if (name.length > LONGEST) return undefined
  let best: string | undefined
  let least = Infinity
  for (const candidate of known) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase())
    if (d < least && d <= Math.max(1, candidate.length / 3)) {
      least = d
      best = candidate
    }
  }
  return best
}
