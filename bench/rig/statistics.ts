/** Medians, minima and interleaved rounds: what keeps figures comparable on a noisy machine. */

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export const minimum = (values: readonly number[]): number => Math.min(...values)

/** First and third quartile, by the nearest rank: half of the values lie between. */
export const quartiles = (values: readonly number[]): [number, number] => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)]!
  return [at(0.25), at(0.75)]
}

/** Median of a[i] / b[i]: both were measured right after each other. */
export const pairedRatio = (a: readonly number[], b: readonly number[]): number =>
  median(a.map((value, i) => value / b[i]!))

/** What every case measured, one value per round, in the order of the rounds. */
export type Samples<Name extends string> = Record<Name, number[]>

/** Runs all cases once per round, in turn; between two the event loop runs, so that Ctrl-C is heard. */
export const interleave = async <Name extends string>(
  rounds: number,
  cases: Record<Name, () => number | Promise<number>>,
): Promise<Samples<Name>> => {
  const names = Object.keys(cases) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Samples<Name>
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      samples[name].push(await cases[name]())
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return samples
}
