/** The part of a sorted order that is asked for, without sorting the rest. */

/** Negative when the first is before the second; 0 only for the same index. */
export type Compare = (a: number, b: number) => number

/** The indexes 0 … count-1 that come at places offset … offset+limit-1 in the order of `compare`. */
export const sortedPage = (
  count: number,
  offset: number,
  limit: number,
  compare: Compare,
): Uint32Array => {
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  const from = Math.min(offset, count)
  const to = Math.min(from + limit, count)
  if (from > 0) select(order, from, 0, count, compare)
  if (to < count) select(order, to, from, count, compare)
  return order.subarray(from, to).sort(compare)
}

/** Hoare's quickselect: what comes before place `k` of [from, to) moves before it. */
const select = (
  order: Uint32Array,
  k: number,
  from: number,
  to: number,
  compare: Compare,
): void => {
  let [low, high] = [from, to - 1]
  while (low < high) {
    const pivot = medianOfThree(order, low, high, compare)
    let [i, j] = [low, high]
    while (i <= j) {
      while (compare(order[i] as number, pivot) < 0) i++
      while (compare(order[j] as number, pivot) > 0) j--
      if (i > j) break
      swap(order, i++, j--)
    }
    const width = high - low
    if (k <= j) high = j
    else if (k >= i) low = i
    else return
    // Only an order that contradicts itself makes no progress.
    if (high - low === width) return
  }
}

const medianOfThree = (order: Uint32Array, low: number, high: number, compare: Compare): number => {
  const a = order[low] as number
  const b = order[(low + high) >>> 1] as number
  const c = order[high] as number
  if (compare(a, b) < 0) return compare(b, c) < 0 ? b : compare(a, c) < 0 ? c : a
  return compare(a, c) < 0 ? a : compare(b, c) < 0 ? c : b
}

const swap = (order: Uint32Array, i: number, j: number): void => {
  const kept = order[i] as number
  order[i] = order[j] as number
  order[j] = kept
}
