/** Learning from what `netscope anomaly` was given, and judging it. */
import { NetscopeError } from '@netscope/core/errors.ts'
import {
  explainRow,
  FEWEST_ROWS,
  scoreValues,
  trainModel,
  type AnomalyModel,
  type Cause,
} from '@netscope/detect/anomaly/anomaly-model.ts'
import type { ForestSettings } from '@netscope/detect/anomaly/isolation-forest.ts'
import { ALL, type Models } from '@netscope/detect/anomaly/model-text.ts'
import type { Input, InputRow } from './read-input.ts'

/** Numbers of the rows by what a model is of: each device, and all together. */
const groupsOf = ({ kind, rows }: Input): Map<string, number[]> => {
  const groups = new Map<string, number[]>([[ALL, []]])
  rows.forEach(({ device, isPartial }, at) => {
    if (isPartial) return
    groups.get(ALL)!.push(at)
    if (kind === 'table') return
    const own = groups.get(device)
    if (own) own.push(at)
    else groups.set(device, [at])
  })
  return groups
}

const pick = ({ columns, values }: Input, rows: readonly number[]): Float64Array => {
  const width = columns.length
  const picked = new Float64Array(rows.length * width)
  rows.forEach((row, at) => picked.set(values.subarray(row * width, (row + 1) * width), at * width))
  return picked
}

export interface Learned {
  of: string
  rows: number
  /** Too few rows: there is no model of it. */
  isModel: boolean
}

export interface Trained extends Models {
  learned: Learned[]
}

/** A model of each device with `least` whole windows, and one of all. Throws `anomaly.too-little`. */
export const trainModels = (input: Input, settings: ForestSettings, least: number): Trained => {
  const needed = Math.max(FEWEST_ROWS, least)
  const models = new Map<string, AnomalyModel>()
  const learned: Learned[] = []
  for (const [of, rows] of groupsOf(input)) {
    const isModel = rows.length >= needed
    if (isModel) models.set(of, trainModel(input.columns, pick(input, rows), settings))
    learned.push({ of, rows: rows.length, isModel })
  }
  if (models.size === 0) {
    const what = input.kind === 'flows' ? 'whole windows of five minutes' : 'rows'
    const reason = `${learned[0]?.rows ?? 0} ${what}, where ${needed} are needed`
    throw new NetscopeError('anomaly.too-little', { reason })
  }
  return { kind: input.kind, models, peers: input.peers, learned }
}

export interface Judged extends InputRow {
  /** From 1. */
  row: number
  /** Undefined: neither the device nor all together have a model. */
  score: number | undefined
  /** What it was compared with. */
  model: 'own' | 'all' | ''
  /** 99.9 % of what was learned scores at most so much. */
  usual: number
  causes: Cause[]
}

/** Throws `anomaly.model` where the columns are not those that were learned. */
const inOrderOf = (model: AnomalyModel, input: Input, path: string): number[] => {
  const names = input.columns.map(({ name }) => name)
  return model.columns.map(({ name }) => {
    const at = names.indexOf(name)
    if (at < 0)
      throw new NetscopeError('anomaly.model', { path, reason: `it wants a column ${name}` })
    return at
  })
}

/** Values of the rows in the order of the model's columns. */
const valuesFor = (
  order: readonly number[],
  input: Input,
  rows: readonly number[],
): Float64Array => {
  const width = input.columns.length
  const values = new Float64Array(rows.length * order.length)
  rows.forEach((row, i) =>
    order.forEach((at, j) => (values[i * order.length + j] = input.values[row * width + at]!)),
  )
  return values
}

/** The score of each row, without causes. */
export const judgeRows = ({ kind, models }: Models, input: Input, path: string): Judged[] => {
  if (kind !== input.kind) {
    const reason =
      kind === 'flows' ? 'it is of flows, not of a table' : 'it is of a table, not of flows'
    throw new NetscopeError('anomaly.model', { path, reason })
  }
  const judged: Judged[] = input.rows.map((row, at) => ({
    ...row,
    row: at + 1,
    score: undefined,
    model: '',
    usual: 0,
    causes: [],
  }))
  for (const [of, rows] of Map.groupBy(input.rows.keys(), (at) =>
    keyFor(models, input.rows[at]!),
  )) {
    const model = models.get(of)
    if (!model) continue
    const values = valuesFor(inOrderOf(model, input, path), input, rows)
    scoreValues(model, values).forEach((score, i) =>
      Object.assign(judged[rows[i]!]!, {
        score,
        model: of === ALL ? 'all' : 'own',
        usual: model.usual,
      }),
    )
  }
  return judged
}

const keyFor = (models: Models['models'], { device }: InputRow): string =>
  models.has(device) ? device : ALL

/** With the causes of its score. */
export const explainJudged = (
  { models }: Models,
  input: Input,
  judged: Judged,
  path: string,
): Judged => {
  const model = models.get(keyFor(models, judged))
  if (!model || judged.score === undefined) return judged
  const values = valuesFor(inOrderOf(model, input, path), input, [judged.row - 1])
  return { ...judged, causes: explainRow(model, values) }
}
