/** Distinct values: exact up to a little more than the 1,000 ports that scanners try by default, an estimate beyond. */
import { createDistinctCount, type DistinctCount } from '../distinct-count.ts'

export interface ContactCount {
  /** An integer, or several folded into one. */
  add(value: number | string): void
  value(): number
}

const EXACT_MAX = 1100

export const createContactCount = (): ContactCount => {
  let exact: Set<number | string> | undefined = new Set()
  let estimate: DistinctCount | undefined
  return {
    add(value) {
      if (!exact) {
        estimate?.add(value)
        return
      }
      exact.add(value)
      if (exact.size <= EXACT_MAX) return
      estimate = createDistinctCount()
      for (const each of exact) estimate.add(each)
      exact = undefined
    },
    value: () => exact?.size ?? Math.max(EXACT_MAX, estimate?.value() ?? 0),
  }
}
