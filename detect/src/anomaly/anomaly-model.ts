/** What is ordinary for rows of named numbers: an Isolation Forest over scaled columns, and why a row is not. */
import { quantile, scaled, scaleOf, type ColumnScale } from './column-scale.ts'
import {
  growForest,
  regrowForest,
  scoreRows,
  type ForestSettings,
  type IsolationForest,
} from './isolation-forest.ts'
import type { Rows } from './isolation-tree.ts'
import { widenRows } from './widen-rows.ts'

/** A column of the rows. */
export interface Column {
  name: string
  /** In words: `bytes sent`. */
  label: string
  /** '' where it has none. */
  unit: string
  /** Amounts span decades: compared by their logarithm. */
  isLog?: boolean
  /** The least spread that counts, of the logarithm where it is one. */
  leastSpread: number
  /** More of it than was ever seen is to have a higher score, even if it never moved: see widen-rows.ts. */
  isOpen?: boolean
}

export interface AnomalyModel {
  readonly columns: readonly Column[]
  readonly scales: readonly ColumnScale[]
  readonly forest: IsolationForest
  /** Rows that it was made of. */
  readonly rows: number
  /** 99.9 % of those rows score at most so much. */
  readonly usual: number
}

/** One column's part in a score. */
export interface Cause {
  column: Column
  value: number
  /** 98 % of the rows learned lie within. */
  low: number
  high: number
  /** The greatest of all rows learned. */
  most: number
  median: number
  /** Spreads above the median; negative: below. */
  deviation: number
  /** Of what the score exceeds that of an ordinary row by, 0–1: all causes together are 1, or none is more than 0. */
  share: number
}

const USUAL = 0.999

/** Fewer teach nothing: the tails of a column are made up of one row. */
export const FEWEST_ROWS = 16

const forward = (value: number, { isLog }: Column): number =>
  isLog ? Math.log1p(Math.max(0, value)) : value
const backward = (value: number, { isLog }: Column): number => (isLog ? Math.expm1(value) : value)

/** Row after row, scaled: what the forest sees. */
const rowsFor = (
  { columns, scales }: Pick<AnomalyModel, 'columns' | 'scales'>,
  values: Float64Array,
): Rows => {
  const features = columns.length
  const result = new Float32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const at = i % features
    result[i] = scaled(forward(values[i]!, columns[at]!), scales[at]!)
  }
  return { features, values: result }
}

const scalesOf = (columns: readonly Column[], values: Float64Array): ColumnScale[] =>
  columns.map((column, at) => {
    const count = values.length / columns.length
    const own = Float64Array.from({ length: count }, (_, row) =>
      forward(values[row * columns.length + at]!, column),
    )
    return scaleOf(own, column.leastSpread)
  })

const modelOf = (
  columns: readonly Column[],
  values: Float64Array,
  scales: readonly ColumnScale[],
  seed: number,
  grow: (rows: Rows) => IsolationForest,
): AnomalyModel => {
  const rows = rowsFor({ columns, scales }, values)
  const open = columns.flatMap(({ isOpen }, at) => (isOpen ? [at] : []))
  const forest = grow(widenRows(rows, open, seed))
  const scores = Float64Array.from(scoreRows(forest, rows)).sort()
  return { columns, scales, forest, rows: scores.length, usual: quantile(scores, USUAL) }
}

/** Learns from finite numbers, row after row; at least FEWEST_ROWS rows. */
export const trainModel = (
  columns: readonly Column[],
  values: Float64Array,
  settings: ForestSettings,
): AnomalyModel =>
  modelOf(columns, values, scalesOf(columns, values), settings.seed, (rows) =>
    growForest(rows, settings),
  )

/**
 * The model with its oldest `count` trees grown anew from `values`. Scales of the columns are kept, since the other trees stand
 * on them: what they call the range is renewed.
 */
export const refreshModel = (
  model: AnomalyModel,
  values: Float64Array,
  count: number,
  settings: ForestSettings,
): AnomalyModel => {
  const fresh = scalesOf(model.columns, values)
  const scales = model.scales.map(({ median, spread }, at) => {
    const { low, high, most } = fresh[at]!
    return { median, spread, low, high, most }
  })
  return modelOf(model.columns, values, scales, settings.seed, (rows) =>
    regrowForest(model.forest, rows, count, settings),
  )
}

/** The score of each row, 0 to 1. */
export const scoreValues = (model: AnomalyModel, values: Float64Array): Float32Array =>
  scoreRows(model.forest, rowsFor(model, values))

/** Row with each column in turn at its median, to see what the column did. */
const withoutEach = ({ columns, scales }: AnomalyModel, row: Float64Array): Float64Array => {
  const width = columns.length
  const rows = new Float64Array(width * width)
  columns.forEach((column, at) => {
    rows.set(row, at * width)
    rows[at * width + at] = backward(scales[at]!.median, column)
  })
  return rows
}

/** What each column did to the score of `row`, the greatest part first. */
export const explainRow = (model: AnomalyModel, row: Float64Array): Cause[] => {
  const score = scoreValues(model, row)[0] ?? 0
  const drops = scoreValues(model, withoutEach(model, row)).map((without) =>
    Math.max(0, score - without),
  )
  const all = drops.reduce((sum, drop) => sum + drop, 0)
  return model.columns
    .map((column, at) => {
      const scale = model.scales[at]!
      return {
        column,
        value: row[at]!,
        low: backward(scale.low, column),
        high: backward(scale.high, column),
        most: backward(scale.most, column),
        median: backward(scale.median, column),
        deviation: scaled(forward(row[at]!, column), scale),
        share: all > 0 ? drops[at]! / all : 0,
      }
    })
    .toSorted((a, b) => b.share - a.share || Math.abs(b.deviation) - Math.abs(a.deviation))
}

/** Outside of the range that nearly all learned rows lie in. */
export const isOutside = ({ value, low, high }: Cause): boolean => value < low || value > high
