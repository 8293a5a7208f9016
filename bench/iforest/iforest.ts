/** Isolation Forest beside scikit-learn's: how well both find anomalies of the same tables, and how fast they are. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  FOREST_DEFAULTS,
  growForest,
  scoreRows,
} from '@netscope/detect/anomaly/isolation-forest.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { interleave, median, minimum, pairedRatio } from '../rig/statistics.ts'
import { atLeast, atMost, figure, type Row, type Table } from '../rig/table.ts'
import { areaUnderCurve } from './auc.ts'
import { generatedDatasets, normalRows, type Dataset } from './datasets.ts'
import { publicDatasets, scoresOfScikit, timeOfScikit } from './scikit-learn.ts'

const FEATURES = 16
/** One seed's area is off by up to 0.05 of the mean: so many make the mean certain within some 0.004. */
const SEEDS = { generated: 60, public: 300 }

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const range = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)}`

const compareAreas = (dataset: Dataset, rounds: number, { folder, quick, say }: Setting): Row => {
  say(dataset.name)
  const seeds = Array.from({ length: quick ? 2 : rounds }, (_, seed) => seed)
  const { features, values, isAnomaly, name } = dataset
  const rows = { features, values }
  const ours = seeds.map((seed) =>
    areaUnderCurve(scoreRows(growForest(rows, { ...FOREST_DEFAULTS, seed }), rows), isAnomaly),
  )
  const theirs = scoresOfScikit(dataset, FOREST_DEFAULTS, seeds, folder).map((scores) =>
    areaUnderCurve(scores, isAnomaly),
  )
  const difference = Math.abs(mean(ours) - mean(theirs))
  return {
    name,
    cells: [
      String(isAnomaly.length),
      String(isAnomaly.filter(Boolean).length),
      mean(ours).toFixed(4),
      mean(theirs).toFixed(4),
      difference.toFixed(4),
      range(ours),
      range(theirs),
    ],
    goal: atMost(difference, 0.01, ''),
  }
}

const timeOfOurs = (path: string): number => {
  const { trees, sampleSize, seed } = FOREST_DEFAULTS
  const script = join(import.meta.dirname, 'fit-and-score.ts')
  const args = ['-c', '0', process.execPath, script, path, FEATURES, trees, sampleSize, seed].map(
    String,
  )
  const printed = execFileSync('taskset', args, { encoding: 'utf8' })
  return (JSON.parse(printed) as { milliseconds: number }).milliseconds
}

const compareTimes = async ({ quick, folder, say }: Setting): Promise<Table> => {
  const rows = quick ? 10_000 : 100_000
  say(`fit and score of ${rows} × ${FEATURES}`)
  const path = join(folder, 'normal')
  writeFileSync(path, normalRows(rows, FEATURES))
  let version = ''
  const { ours, theirs } = await interleave(quick ? 1 : 7, {
    ours: () => timeOfOurs(path),
    theirs: () => {
      const scored = timeOfScikit(path, FEATURES, FOREST_DEFAULTS)
      version = scored.version
      return scored.milliseconds[0]!
    },
  })
  const ratio = pairedRatio(theirs, ours)
  return {
    title: `Fit and score of ${rows} × ${FEATURES}, milliseconds on one core`,
    columns: ['median', 'min', 'times as fast'],
    rows: [
      {
        name: 'NetScope',
        cells: [figure(median(ours)), figure(minimum(ours)), `${figure(ratio)} ×`],
        goal: atLeast(ratio, 2, ' ×'),
      },
      {
        name: `scikit-learn ${version}`,
        cells: [figure(median(theirs)), figure(minimum(theirs)), ''],
      },
    ],
    notes: [
      'Each time a new process bound to one CPU, in turn; reading the table and starting are not counted, compiling of JavaScript is.',
    ],
  }
}

export const iforestBenchmark: Benchmark = {
  name: 'iforest',
  description: 'Isolation Forest: areas under the ROC curve and time, beside scikit-learn',
  async run(setting) {
    const generated = generatedDatasets().map((dataset) =>
      compareAreas(dataset, SEEDS.generated, setting),
    )
    const known = publicDatasets(setting.folder).map((dataset) =>
      compareAreas(dataset, SEEDS.public, setting),
    )
    return [
      {
        title: 'Area under the ROC curve, mean of all seeds (ψ = 256, t = 100)',
        columns: ['rows', 'anomalies', 'NetScope', 'scikit-learn', 'difference', 'ours', 'theirs'],
        rows: [...generated, ...known],
        notes: [
          `${SEEDS.generated} seeds, of public tables ${SEEDS.public}; the last two columns are the least and the greatest area of a seed.`,
        ],
      },
      await compareTimes(setting),
    ]
  },
}
