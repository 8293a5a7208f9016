/**
 * Rows to learn from, and some made up beside them. An Isolation Forest splits only between values that it was shown: what is
 * a hundred times more than ever scores no higher than the greatest value learned, and a column that never moved is not looked at.
 * So some of the rows that it grows from are copies of real ones in which a few columns are raised far beyond what
 * is usual: its splits then reach there, and whatever is there is soon alone.
 */
import { rowCount, type Rows } from './isolation-tree.ts'
import { createRandom } from './random.ts'

/** One made-up row for so many real ones: of a sample of 256 rows some 28. */
const REAL_PER_MADE_UP = 8
/** Spreads by which a value is raised at most. */
const MOST_RAISED = 20
const MOST_COLUMNS = 3

/** `open`: the columns that may be raised; `rows` are scaled, so that a spread is 1. */
export const widenRows = (rows: Rows, open: readonly number[], seed: number): Rows => {
  if (open.length === 0) return rows
  const { features, values } = rows
  const real = rowCount(rows)
  const random = createRandom(seed)
  const all = new Float32Array((real + Math.ceil(real / REAL_PER_MADE_UP)) * features)
  all.set(values)
  for (let at = values.length; at < all.length; at += features) {
    const copied = random.below(real) * features
    all.set(values.subarray(copied, copied + features), at)
    for (let count = 1 + random.below(MOST_COLUMNS); count > 0; count--)
      all[at + open[random.below(open.length)]!]! += MOST_RAISED * random.next()
  }
  return { features, values: all }
}
