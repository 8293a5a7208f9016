/** scikit-learn (Debian's python3-sklearn) as a process of its own on one core. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ForestSettings } from '@netscope/detect/anomaly/isolation-forest.ts'
import type { Dataset } from './datasets.ts'

const SCRIPT = join(import.meta.dirname, 'scikit-learn.py')

/** Debian's own Python: another one on the PATH does not have Debian's packages. */
const run = (args: readonly string[]): string =>
  execFileSync('taskset', ['-c', '0', '/usr/bin/python3', SCRIPT, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })

export interface Scored {
  version: string
  /** Of fit and score together, for each seed. */
  milliseconds: number[]
}

const wordsOf = ({ trees, sampleSize }: ForestSettings): string[] => [
  String(trees),
  String(sampleSize),
]

/** Times only; the table is in `path`. */
export const timeOfScikit = (path: string, features: number, settings: ForestSettings): Scored =>
  JSON.parse(
    run(['score', path, String(features), ...wordsOf(settings), String(settings.seed)]),
  ) as Scored

/** The scores of each seed. */
export const scoresOfScikit = (
  { values, features }: Dataset,
  settings: ForestSettings,
  seeds: readonly number[],
  folder: string,
): Float64Array[] => {
  const path = join(folder, 'table')
  writeFileSync(path, values)
  run(['score', path, String(features), ...wordsOf(settings), ...seeds.map(String)])
  return seeds.map(
    (seed) => new Float64Array(new Uint8Array(readFileSync(`${path}.${seed}.scores`)).buffer),
  )
}

/** Public tables that come with it. */
export const publicDatasets = (folder: string): Dataset[] => {
  const sizes = JSON.parse(run(['export', folder])) as Record<string, number>
  return Object.entries(sizes).map(([name, features]) => ({
    name: `${name} (public), ${features} columns`,
    features,
    values: new Float32Array(new Uint8Array(readFileSync(join(folder, `${name}.values`))).buffer),
    isAnomaly: [...readFileSync(join(folder, `${name}.labels`))].map((label) => label === 1),
  }))
}
