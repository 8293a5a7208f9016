/** One tree of an Isolation Forest (Liu, Ting, Zhou 2008, algorithms 2 and 3), in typed arrays. */
import type { Random } from './random.ts'

/**
 * Nodes by number, the root is 0; both children of a node stand side by side, so that a step down is an addition. A leaf is
 * its own left child and compares a feature that no row has (`features`, held as −∞ by whoever walks): a walk of as many
 * steps as the tree may be high ends in the right leaf without ever asking where to end.
 */
export interface IsolationTree {
  /** Which value of a row is compared. */
  readonly feature: Uint16Array
  /** Of an inner node: greater values go right. Of a leaf: the path length that it stands for. */
  readonly split: Float32Array
  /** Number of the left child, the right one is the next. */
  readonly left: Uint16Array
}

/** Rows of numbers, one after the other, each `features` long. */
export interface Rows {
  readonly features: number
  readonly values: Float32Array
}

export const rowCount = ({ features, values }: Rows): number => values.length / features

const EULER_GAMMA = 0.5772156649015329

/**
 * c(n), equation 1: the average length of an unsuccessful search in a binary search tree of n nodes. H(i) is
 * ln(i) + γ as in the paper, and c(2) = 1, where that would be far off.
 */
export const averagePathLength = (n: number): number => {
  if (n <= 1) return 0
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + EULER_GAMMA) - (2 * (n - 1)) / n
}

/** Nodes are numbered by 16 bits. */
export const MAX_SAMPLE = 32_768

interface Growth {
  readonly rows: Rows
  /** Numbers of the sampled rows; those of a node stand together. */
  readonly sample: Uint32Array
  readonly random: Random
  readonly maxHeight: number
  readonly features: Uint16Array
  readonly feature: Uint16Array
  readonly split: Float32Array
  readonly left: Uint16Array
  used: number
}

/** Sets `range` to what the rows of a node have of `feature`. */
const findRange = (
  { rows, sample }: Growth,
  [from, to]: readonly [number, number],
  feature: number,
  range: { low: number; high: number },
): void => {
  let low = Infinity
  let high = -Infinity
  for (let i = from; i < to; i++) {
    const value = rows.values[sample[i]! * rows.features + feature]!
    if (value < low) low = value
    if (value > high) high = value
  }
  range.low = low
  range.high = high
}

/** A feature at random of those that differ within the node, its range in `range`; −1: all rows are the same. */
const chooseFeature = (
  growth: Growth,
  place: readonly [number, number],
  range: { low: number; high: number },
): number => {
  const { features, random } = growth
  for (let left = features.length; left > 0; left--) {
    const at = random.below(left)
    const feature = features[at]!
    features[at] = features[left - 1]!
    features[left - 1] = feature
    findRange(growth, place, feature, range)
    if (range.high > range.low) return feature
  }
  return -1
}

/** Brings the rows up to `split` to the front; where the others begin. */
const partition = (
  { rows, sample }: Growth,
  [from, to]: readonly [number, number],
  feature: number,
  split: number,
): number => {
  let middle = from
  for (let i = from; i < to; i++) {
    const row = sample[i]!
    if (rows.values[row * rows.features + feature]! > split) continue
    sample[i] = sample[middle]!
    sample[middle++] = row
  }
  return middle
}

const growNode = (growth: Growth, node: number, from: number, to: number, depth: number): void => {
  const range = { low: 0, high: 0 }
  const place = [from, to] as const
  const isLeaf = depth >= growth.maxHeight || to - from <= 1
  const feature = isLeaf ? -1 : chooseFeature(growth, place, range)
  if (feature < 0) {
    growth.feature[node] = growth.rows.features
    growth.split[node] = depth + averagePathLength(to - from)
    growth.left[node] = node
    return
  }
  const { low, high } = range
  const drawn = Math.fround(low + growth.random.next() * (high - low))
  // Rounding must not leave the right side empty.
  const split = drawn < high ? drawn : low
  const left = growth.used
  growth.used += 2
  growth.feature[node] = feature
  growth.split[node] = split
  growth.left[node] = left
  const middle = partition(growth, place, feature, split)
  growNode(growth, left, from, middle, depth + 1)
  growNode(growth, left + 1, middle, to, depth + 1)
}

/** Height limit of trees of `sampleSize` rows: about that of the average tree; deeper, rows are ordinary. */
export const heightLimit = (sampleSize: number): number =>
  Math.ceil(Math.log2(Math.max(sampleSize, 2)))

/** A tree of the rows with the numbers of `sample` (at most MAX_SAMPLE), which it brings into another order. */
export const growTree = (rows: Rows, sample: Uint32Array, random: Random): IsolationTree => {
  const most = 2 * sample.length - 1
  const growth: Growth = {
    rows,
    sample,
    random,
    maxHeight: heightLimit(sample.length),
    features: Uint16Array.from({ length: rows.features }, (_, i) => i),
    feature: new Uint16Array(most),
    split: new Float32Array(most),
    left: new Uint16Array(most),
    used: 1,
  }
  growNode(growth, 0, 0, sample.length, 0)
  const { feature, split, left, used } = growth
  return { feature: feature.slice(0, used), split: split.slice(0, used), left: left.slice(0, used) }
}
